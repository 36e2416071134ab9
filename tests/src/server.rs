//! A running `walkby-server`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::programs::program;

/// What a server is started with.
#[derive(Clone)]
pub struct Setup {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Where its log goes.
    pub log: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    pub listen: String,
    /// The file with the master key; made by [`Setup::in_folder`].
    pub master_key_file: PathBuf,
    /// The office's password at the first start; made by [`Setup::in_folder`].
    pub admin_password: String,
    /// The files of the certificate and of its key, in PEM; without them the server speaks plain HTTP.
    pub tls: Option<(PathBuf, PathBuf)>,
}

impl Setup {
    /// Returns a setup with an SQLite database, a log and a master key in a folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        let master_key_file = folder.join("master.key");
        if !master_key_file.exists() {
            std::fs::write(&master_key_file, random_text() + &random_text())
                .with_context(|| format!("failed to write {}", master_key_file.display()))?;
        }
        Ok(Self {
            database: format!("sqlite:{}", folder.join("walkby.db").display()),
            log: folder.join("server.log"),
            listen: "127.0.0.1:0".into(),
            master_key_file,
            admin_password: random_text(),
            tls: None,
        })
    }

    /// Starts the server and waits until it listens.
    ///
    /// # Errors
    /// When it ends before it listens; the error names its log.
    pub fn start(&self) -> anyhow::Result<RunningServer> {
        let log = std::fs::File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(program("walkby-server")?);
        command.args(["serve", "--database", &self.database, "--listen", &self.listen]);
        if let Some((certificate, key)) = &self.tls {
            command.arg("--tls-certificate").arg(certificate).arg("--tls-key").arg(key);
        }
        let mut process = command
            .arg("--master-key-file")
            .arg(&self.master_key_file)
            .env("WALKBY_ADMIN_PASSWORD", &self.admin_password)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("failed to start walkby-server")?;
        let stdout = process.stdout.take().context("walkby-server has no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("listening on ") else {
            let _ = process.kill();
            bail!("walkby-server did not come up (said {line:?}); its log is {}", self.log.display());
        };
        Ok(RunningServer { address: address.to_owned(), process })
    }
}

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct RunningServer {
    /// Its address, such as `http://127.0.0.1:40123`.
    pub address: String,
    process: Child,
}

impl RunningServer {
    /// Ends the server at once, as a power cut would.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(mut self) -> std::io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(drop)
    }

    /// Waits until the server ends by itself.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn wait(mut self) -> std::io::Result<()> {
        self.process.wait().map(drop)
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns 32 random hexadecimal digits.
fn random_text() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
