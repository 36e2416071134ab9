//! The programs of the system that drive a window.

use std::path::PathBuf;

use anyhow::bail;

/// Where the programs are that drive the app's window and the office's browser.
#[derive(Debug, Clone)]
pub struct Tools {
    /// `tauri-driver`: `WALKBY_TAURI_DRIVER`, the path, or where `cargo xtask test` puts it.
    pub tauri_driver: PathBuf,
    /// WebKitGTK's driver, Debian's `webkit2gtk-driver`: `WALKBY_WEBKIT_DRIVER`, or the path.
    pub webkit_driver: PathBuf,
    /// Chromium's driver, Debian's `chromium-driver`: `WALKBY_CHROMEDRIVER`, or the path.
    pub chromedriver: PathBuf,
    /// Debian's `chromium`: `WALKBY_CHROMIUM`, or the path.
    pub chromium: PathBuf,
    /// A display without a screen, Debian's `xvfb`.
    pub xvfb: PathBuf,
    /// ImageMagick's `import`, which takes pictures of a display.
    pub import: PathBuf,
}

impl Tools {
    /// Finds the programs. Where one is missing it says which, and returns none: a desk need not have them.
    ///
    /// # Errors
    /// When one is missing and `CI` is set: there nothing goes untested.
    pub fn find() -> anyhow::Result<Option<Self>> {
        match Self::look() {
            Ok(tools) => Ok(Some(tools)),
            Err(missing) if std::env::var_os("CI").is_some() => {
                bail!("{missing} is not installed; `cargo xtask test` installs it")
            }
            Err(missing) => {
                eprintln!("not tested: {missing} is not installed; `cargo xtask test` installs it");
                Ok(None)
            }
        }
    }

    fn look() -> Result<Self, &'static str> {
        Ok(Self {
            tauri_driver: tool("WALKBY_TAURI_DRIVER", "tauri-driver")?,
            webkit_driver: tool("WALKBY_WEBKIT_DRIVER", "WebKitWebDriver")?,
            chromedriver: tool("WALKBY_CHROMEDRIVER", "chromedriver")?,
            chromium: tool("WALKBY_CHROMIUM", "chromium")?,
            xvfb: tool("WALKBY_XVFB", "Xvfb")?,
            import: tool("WALKBY_IMPORT", "import")?,
        })
    }
}

/// Returns the program that a variable names, or else the one on the path or among xtask's own tools; its
/// name when there is none.
fn tool(variable: &str, name: &'static str) -> Result<PathBuf, &'static str> {
    if let Some(named) = std::env::var_os(variable) {
        let named = PathBuf::from(named);
        return if named.is_file() { Ok(named) } else { Err(name) };
    }
    let own = std::env::home_dir().map(|home| home.join(".cache/walkby/tools/bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).chain(own).map(|folder| folder.join(name)).find(|at| at.is_file());
    found.ok_or(name)
}
