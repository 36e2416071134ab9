//! The app's real window, under a virtual display.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use e2e::programs::program;

/// A child process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a virtual display and returns its name, or nothing where Xvfb is not installed.
fn virtual_display() -> Option<(Running, String)> {
    let spawned = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "800x1000x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut xvfb) = spawned else {
        assert!(std::env::var_os("CI").is_none(), "Xvfb is not installed; `cargo xtask test` installs it");
        eprintln!("not tested: Xvfb is not installed");
        return None;
    };
    let mut number = String::new();
    BufReader::new(xvfb.stdout.take().unwrap()).read_line(&mut number).unwrap();
    Some((Running(xvfb), format!(":{}", number.trim())))
}

#[test]
fn the_app_opens_its_window() {
    let Some((_xvfb, display)) = virtual_display() else { return };
    let home = tempfile::tempdir().unwrap();
    let app = Command::new(program("walkby").unwrap())
        .env("DISPLAY", &display)
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _app = Running(app);
    // xdotool returns when the window is there; timeout bounds a window that never comes.
    let found = Command::new("timeout")
        .args(["120", "xdotool", "search", "--sync", "--onlyvisible", "--name", "^Walkby$"])
        .env("DISPLAY", &display)
        .output()
        .unwrap();
    assert!(found.status.success(), "no window named Walkby appeared");
    let window = String::from_utf8(found.stdout).unwrap().lines().next().unwrap().to_owned();
    let geometry = Command::new("xdotool")
        .args(["getwindowgeometry", "--shell", &window])
        .env("DISPLAY", &display)
        .output()
        .unwrap();
    let geometry = String::from_utf8(geometry.stdout).unwrap();
    assert!(geometry.contains("WIDTH=412"), "{geometry}");
    assert!(geometry.contains("HEIGHT=892"), "{geometry}");
}
