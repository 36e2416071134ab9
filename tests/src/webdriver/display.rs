//! A display of its own, of which pictures are taken.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use super::Tools;

/// A virtual display (Xvfb) that ends when it is dropped.
#[derive(Debug)]
pub struct Display {
    server: Child,
    name: String,
    import: PathBuf,
}

impl Display {
    /// Starts a display of a size in pixels; the server picks a free number.
    ///
    /// # Errors
    /// When Xvfb does not start.
    pub fn start(tools: &Tools, width: u32, height: u32) -> anyhow::Result<Self> {
        let mut server = Command::new(&tools.xvfb)
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("failed to start Xvfb")?;
        let mut number = String::new();
        let stdout = server.stdout.take().context("Xvfb has no standard output")?;
        BufReader::new(stdout).read_line(&mut number)?;
        if number.trim().is_empty() {
            let _ = server.kill();
            bail!("Xvfb did not come up");
        }
        Ok(Self { server, name: format!(":{}", number.trim()), import: tools.import.clone() })
    }

    /// Returns the name for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a picture of the whole display, as PNG.
    ///
    /// # Errors
    /// When ImageMagick fails.
    pub fn picture(&self) -> anyhow::Result<Vec<u8>> {
        let output = Command::new(&self.import)
            .args(["-display", &self.name, "-window", "root", "-strip", "png:-"])
            // The same picture is the same bytes.
            .args(["-define", "png:exclude-chunks=date,time"])
            .output()
            .context("failed to start ImageMagick's import")?;
        if !output.status.success() {
            bail!("import failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(output.stdout)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
