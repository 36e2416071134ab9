//! `cargo xtask test` and `cargo xtask bench`.

use crate::npm::npm;
use crate::postgres::Cluster;
use crate::process::{self, cargo, screenshots, target};
use crate::steps::Steps;
use crate::{npm, packages, tools, ui};

/// Run every test: of the pages in a browser, of the programs on SQLite and on a throw-away PostgreSQL, of
/// the app's window on a display without a screen.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run one part only.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// What to hand to `cargo test`, such as `-p e2e` or a part of a test's name; then the pages' own tests
    /// are left out. Without it: everything.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_arguments: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// What cargo runs, but for the window.
    Rust,
    /// The pages: Vitest, and Playwright with Debian's Chromium.
    Ui,
    /// The app's real window and the office's page, driven from outside.
    Window,
}

/// Run the benchmarks.
#[derive(clap::Args)]
pub(crate) struct BenchArguments {
    /// What to hand to `cargo bench`, such as `-p wmbus`. Without it: everything but the window.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_arguments: Vec<String>,
}

/// The tests of the window begin with this word; these patterns fit the names of all others.
const WINDOW: &[&str] = &["--test", "window*"];
const ALL_BUT_WINDOW: &[&str] =
    &["--lib", "--bins", "--test", "[!w]*", "--test", "w[!i]*", "--test", "wi[!n]*"];

/// Runs the parts that are asked for.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    let with_pages = match arguments.only {
        Some(part) => part == Part::Ui,
        None => arguments.cargo_arguments.is_empty(),
    };
    if with_pages {
        pages(&mut steps)?;
    }
    match arguments.only {
        Some(Part::Ui) => Ok(()),
        part => programs(&mut steps, part, &arguments.cargo_arguments),
    }
}

/// The pages on their in-memory backends. One browser at a time: two share two processors badly.
fn pages(steps: &mut Steps) -> anyhow::Result<()> {
    steps.run("packages", || {
        packages::ensure(&[packages::BROWSER])?;
        npm::ensure()
    })?;
    steps.run("pages", ui::build)?;
    steps.run("tests of the pages' code", || process::run(&mut npm(&["test"])))?;
    for (step, workspace, pictures) in [
        ("field app in a browser", "@walkby/field-app", "app"),
        ("office page in a browser", "@walkby/office-page", "office"),
    ] {
        steps.run(step, || {
            process::run(
                npm(&["run", "e2e", "-w", workspace]).env("WALKBY_SCREENSHOTS", screenshots(pictures)),
            )
        })?;
    }
    Ok(())
}

/// Builds every program, then runs cargo's tests against a cluster that lives as long as they do.
fn programs(steps: &mut Steps, part: Option<Part>, words: &[String]) -> anyhow::Result<()> {
    let with_window = part != Some(Part::Rust);
    steps.run("packages", || {
        packages::ensure(&[packages::PROGRAMS, packages::WINDOW, packages::POSTGRES])?;
        if with_window {
            packages::ensure(&[packages::DISPLAY, packages::DRIVERS, packages::BROWSER])?;
        }
        Ok(())
    })?;
    steps.run("pages", ui::build)?;
    let path = with_window.then(|| steps.run("tools", tools::ensure)).transpose()?;
    steps.run("programs and tests", build)?;
    if with_window && words.is_empty() {
        steps.run("office page on the real server", office_page)?;
    }
    let cluster = Cluster::start(false)?;
    let mut test = |name, selection: &[&str]| {
        let mut command = cargo(&["test", "--locked"]);
        if words.is_empty() || part.is_some() {
            command.arg("--workspace");
        }
        command.args(selection).args(words).env("TEST_DB_URL", cluster.url());
        if let Some(path) = &path {
            command.env("PATH", path).env("WALKBY_SCREENSHOTS", screenshots("window"));
        }
        steps.run(name, || process::run(&mut command))
    };
    match part {
        Some(Part::Window) => test("window tests", WINDOW),
        Some(Part::Rust) => {
            test("tests", ALL_BUT_WINDOW)?;
            test("examples in the documentation", &["--doc"])
        }
        _ => test("tests", &[]),
    }
}

/// The office's page as the real server serves it, with a real handheld that pairs and uploads.
fn office_page() -> anyhow::Result<()> {
    npm::ensure()?;
    let programs = target().join("debug");
    process::run(
        npm(&["run", "e2e-real", "-w", "@walkby/office-page"])
            .env("WALKBY_SERVER", programs.join("walkby-server"))
            .env("WALKBY_FIELD", programs.join("walkby-field")),
    )
}

/// Builds every program and every test: the tests of the whole chain run the real programs, which `cargo test`
/// does not build for them. Together, because cargo would otherwise compile what they share twice, with the
/// features that only the tests need and without.
pub(crate) fn build() -> anyhow::Result<()> {
    process::run(&mut cargo(&["build", "--workspace", "--bins", "--tests", "--locked"]))
}

/// Runs the benchmarks against a cluster whose commits reach the disk.
pub(crate) fn bench(arguments: &BenchArguments) -> anyhow::Result<()> {
    packages::ensure(&[packages::PROGRAMS, packages::POSTGRES])?;
    ui::build()?;
    let cluster = Cluster::start(true)?;
    let mut command = cargo(&["bench", "--locked"]);
    if arguments.cargo_arguments.is_empty() {
        command.args(["-p", "wmbus", "-p", "field-core", "-p", "sync-server", "--benches"]);
    }
    process::run(command.args(&arguments.cargo_arguments).env("TEST_DB_URL", cluster.url()))
}
