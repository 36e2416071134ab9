//! `cargo xtask startup`: how long the app takes until its first screen.

use std::time::Duration;

use crate::app::{Opened, StartedApp};
use crate::display::Display;
use crate::process::{self, cargo, target};
use crate::{packages, test, ui};

/// Measure how long the app takes from its start to its window and to its first screen.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many times to start it. The first start also fills the caches of the operating system.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Measure what the tests run, built without optimisation.
    #[arg(long)]
    debug: bool,
}

/// Builds the app, starts it on an empty home a few times, and prints what each start took.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    packages::ensure(&[packages::PROGRAMS, packages::WINDOW, packages::DISPLAY])?;
    ui::build()?;
    let profile = if arguments.debug { "debug" } else { "release" };
    build(arguments.debug)?;
    let program = target().join(profile).join("walkby");
    let folder = process::fresh_folder("xtask/startup")?;

    println!("start   window    first screen");
    let mut taken = Vec::new();
    for run in 1..=arguments.runs {
        let folder = folder.join(run.to_string());
        let display = Display::open(&folder.join("display"))?;
        let opened = StartedApp::start(&program, &display, &folder)?
            .wait_until_drawn(&display, Duration::from_secs(60))?;
        println!("{run:>5}{}", line(&opened));
        taken.push(opened);
    }
    println!("median{}", line(&median(&taken)));
    Ok(())
}

/// Builds the app's program; without optimisation as the tests do, so that nothing is compiled twice.
pub(crate) fn build(debug: bool) -> anyhow::Result<()> {
    if debug {
        return test::build();
    }
    process::run(&mut cargo(&["build", "--release", "--locked", "-p", "mobile", "--bin", "walkby"]))
}

fn line(opened: &Opened) -> String {
    format!("{:>7} ms{:>9} ms", opened.window.as_millis(), opened.screen.as_millis())
}

fn median(taken: &[Opened]) -> Opened {
    let middle = |value: fn(&Opened) -> Duration| {
        let mut values: Vec<Duration> = taken.iter().map(value).collect();
        values.sort();
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Opened { window: middle(|opened| opened.window), screen: middle(|opened| opened.screen) }
}
