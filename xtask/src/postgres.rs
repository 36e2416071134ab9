//! A throw-away PostgreSQL cluster, made with initdb as an unprivileged user and gone when dropped.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::{packages, process};

/// The user that a root shell hands the cluster to: PostgreSQL refuses to run as root.
const UNPRIVILEGED_USER: &str = "postgres";

/// A running cluster.
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    server: Child,
    port: u16,
}

impl Cluster {
    /// Makes a cluster in a new folder and starts it on a free port of the loopback interface.
    ///
    /// With `durable`, commits reach the disk as in production; tests that do not pull the plug can do
    /// without.
    pub(crate) fn start(durable: bool) -> anyhow::Result<Self> {
        packages::ensure(&[packages::POSTGRES])?;
        let programs = programs()?;
        let folder = PathBuf::from(process::output(as_unprivileged("mktemp").args([
            "-d",
            "-t",
            "walkby-postgres-XXXXXXXX",
        ]))?);
        process::output(
            as_unprivileged(programs.join("initdb")).current_dir(&folder).arg("-D").arg(&folder).args([
                "--username=walkby",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ]),
        )?;
        let port = free_port()?;
        let log = std::fs::File::create(std::env::temp_dir().join(format!("walkby-postgres-{port}.log")))?;
        let server = as_unprivileged(programs.join("postgres"))
            .current_dir(&folder)
            .arg("-D")
            .arg(&folder)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={port}")])
            .args(["-c", &format!("unix_socket_directories={}", folder.display())])
            .args(["-c", &format!("fsync={}", if durable { "on" } else { "off" })])
            .args(["-c", "max_connections=200"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("failed to start postgres")?;
        let mut cluster = Self { folder, programs, server, port };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Returns the URL of the cluster's maintenance database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://walkby@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        // pg_isready waits by itself for up to a second a call.
        for _ in 0..60 {
            if let Some(status) = self.server.try_wait()? {
                bail!("postgres ended with {status}; its log is {}", self.log().display());
            }
            let ready = Command::new(self.programs.join("pg_isready"))
                .args(["-q", "-t", "1", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()?;
            if ready.success() {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(250));
        }
        bail!("postgres did not come up within a minute; its log is {}", self.log().display())
    }

    fn log(&self) -> PathBuf {
        std::env::temp_dir().join(format!("walkby-postgres-{}.log", self.port))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = as_unprivileged(self.programs.join("pg_ctl"))
            .current_dir("/")
            .args(["stop", "-s", "-m", "immediate", "-D"])
            .arg(&self.folder)
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = std::fs::remove_file(self.log());
    }
}

/// Returns a command that runs as an unprivileged user, and ends when this process ends.
fn as_unprivileged(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if packages::is_root() {
        command.args(["--reuid", UNPRIVILEGED_USER, "--regid", UNPRIVILEGED_USER, "--clear-groups"]);
    }
    command.arg("--").arg(program.as_ref());
    command
}

/// Returns the folder of Debian's newest server programs, which are not on the path.
fn programs() -> anyhow::Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .context("failed to find /usr/lib/postgresql, where Debian keeps PostgreSQL's programs")?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").is_file())
        .collect();
    versions.sort();
    versions
        .pop()
        .map(|(_, programs)| programs)
        .context("no PostgreSQL server is installed; install `postgresql`")
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
