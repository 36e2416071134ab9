//! A display without a screen (Xvfb), and what is seen on it.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::process;

/// Wide and high enough for the phone-sized window of the app.
const SCREEN: &str = "800x1000x24";

/// A running display; gone when dropped.
pub(crate) struct Display {
    server: Child,
    name: String,
    /// Holds the frame buffer as a file in the format of `xwd`.
    folder: PathBuf,
}

impl Display {
    /// Opens a display on a free number, with its frame buffer in a folder.
    ///
    /// # Errors
    /// When Xvfb does not come up.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        // Without `-noreset` the display starts anew whenever its last client leaves, as `xdotool` does just when
        // the app comes, and then it refuses the app.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset", "-fbdir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("failed to start Xvfb")?;
        let mut number = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut number)?;
        }
        let name = format!(":{}", number.trim());
        let display = Self { server, name, folder: folder.to_path_buf() };
        if number.trim().is_empty() {
            bail!("Xvfb did not come up");
        }
        Ok(display)
    }

    /// Returns the display's name, such as `:99`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether a window of this title is shown.
    pub(crate) fn shows(&self, title: &str) -> bool {
        Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", &format!("^{title}$")])
            .env("DISPLAY", &self.name)
            .stderr(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
    }

    /// Returns how many colours are on the screen. An empty window has one, drawn text dozens.
    ///
    /// # Errors
    /// When the frame buffer cannot be read.
    pub(crate) fn colours(&self) -> anyhow::Result<usize> {
        let dump = fs::read(self.folder.join("Xvfb_screen0")).context("failed to read the frame buffer")?;
        colours(&dump).context("the frame buffer is not what xwd writes")
    }

    /// Takes a picture of the screen.
    ///
    /// # Errors
    /// When ImageMagick fails.
    pub(crate) fn picture(&self, file: &Path) -> anyhow::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        process::output(Command::new("import").args(["-window", "root"]).arg(file).env("DISPLAY", &self.name))
            .map(drop)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Counts the different pixels of a dump of 32 bits a pixel. See X11/XWDFile.h for the header.
fn colours(dump: &[u8]) -> Option<usize> {
    let field = |index: usize| -> Option<usize> {
        let bytes = dump.get(index * 4..index * 4 + 4)?;
        usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
    };
    const HEADER_SIZE: usize = 0;
    const BITS_PER_PIXEL: usize = 11;
    const COLOURS: usize = 19;
    const BYTES_PER_COLOUR: usize = 12;
    if field(BITS_PER_PIXEL)? != 32 {
        return None;
    }
    let pixels = dump.get(field(HEADER_SIZE)? + field(COLOURS)? * BYTES_PER_COLOUR..)?;
    Some(pixels.chunks_exact(4).collect::<HashSet<_>>().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a dump with a header of 100 bytes, one entry in its colour table, and pixels.
    fn dump(pixels: &[u32]) -> Vec<u8> {
        let mut words = [0u32; 25];
        words[0] = 100;
        words[11] = 32;
        words[19] = 1;
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        bytes.extend([0xff; 12]);
        bytes.extend(pixels.iter().flat_map(|pixel| pixel.to_le_bytes()));
        bytes
    }

    #[test]
    fn colours_are_counted_behind_the_header_and_the_colour_table() {
        assert_eq!(colours(&dump(&[])), Some(0));
        assert_eq!(colours(&dump(&[7, 7, 7])), Some(1));
        assert_eq!(colours(&dump(&[7, 8, 7, 9])), Some(3));
    }

    #[test]
    fn what_is_no_dump_of_32_bits_a_pixel_has_no_colours() {
        assert_eq!(colours(b""), None);
        assert_eq!(colours(&dump(&[1])[..90]), None);
        let mut other = dump(&[1]);
        other[47] = 24;
        assert_eq!(colours(&other), None);
    }
}
