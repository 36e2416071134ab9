//! `cargo xtask demo --app` opens the app's real window, and leaves nothing running.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use e2e::office::Office;
use e2e::programs::program;
use e2e::webdriver::{Display, Tools};

/// Returns the windows of the app on a display; waits for one to come if asked.
fn windows(display: &Display, wait: bool) -> String {
    // timeout bounds a window that never comes.
    let mut search = Command::new("timeout");
    search.args(["120", "xdotool", "search", "--onlyvisible"]).args(wait.then_some("--sync"));
    let found = search.args(["--name", "^Walkby$"]).env("DISPLAY", display.name()).output().unwrap();
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn the_demo_opens_the_app_beside_a_server_and_ends_both() {
    let Some(tools) = Tools::find().unwrap() else { return };
    let display = Display::start(&tools, 412, 892).unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut demo = Command::new(program("walkby-demo").unwrap())
        .arg("--app")
        .arg("--folder")
        .arg(home.path().join("demo"))
        .env("DISPLAY", display.name())
        .env("HOME", home.path())
        .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines().map(Result::unwrap);
    let shown: Vec<String> = lines.take_while(|line| !line.starts_with("Close the window")).collect();
    let said = |what: &str| shown.iter().find_map(|line| line.strip_prefix(what)).unwrap().trim().to_owned();
    let (address, password) = (said("office page"), said("password"));

    assert!(!windows(&display, true).is_empty(), "no window named Walkby appeared");
    let office = Office::log_in(&address, &password).await.unwrap();
    assert_eq!(office.get("handhelds").await.unwrap()["handhelds"][0]["name"], "demo handheld");
    assert!(home.path().join("demo/recordings/Lindenweg 2026.jsonl").is_file());

    // What a terminal sends on Ctrl-C, but to the demo alone: it ends what it has started.
    let interrupted = Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert!(demo.wait().unwrap().success());
    assert_eq!(windows(&display, false), "", "the window is still open");
    assert!(office.get("handhelds").await.is_err(), "the server still runs");
}
