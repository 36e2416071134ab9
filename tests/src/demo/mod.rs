//! The main job from end to end, shown on a terminal: office, handheld, walk, upload, merge, export.
//!
//! Every part is the real one: the server and the handheld's engine run as processes of their own and
//! speak over HTTP.

mod app;
mod signals;
mod table;
mod walk;

pub use app::open_app;
pub use signals::asked_to_end;

use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

use crate::handheld::Handheld;
use crate::office::{Office, text};
use crate::server::{RunningServer, Setup};

/// What is walked.
#[derive(Debug, Clone)]
pub struct Material {
    /// Name of the tour.
    pub name: String,
    /// The tour as CSV.
    pub tour_csv: String,
    /// Keys as CSV, imported before the walk.
    pub keys_csv: Option<String>,
    /// Keys as CSV that reach the office only after the upload.
    pub late_keys_csv: Option<String>,
    /// The recording.
    pub replay: String,
    /// How many times faster than recorded it is replayed; as fast as it can be read when none.
    pub speed: Option<u32>,
}

impl Material {
    /// Returns the project's own walk through two houses.
    pub fn built_in() -> Self {
        let walk = radio_core::demo::walk();
        Self {
            name: "Lindenweg 2026".into(),
            tour_csv: walk.tour_csv,
            keys_csv: Some(walk.keys_csv),
            late_keys_csv: Some(walk.late_keys_csv),
            replay: walk.replay_jsonl,
            speed: Some(60),
        }
    }

    /// Reads a tour and a recording from files.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn from_files(tour: &Path, replay: &Path) -> anyhow::Result<Self> {
        let read = |path: &Path| {
            std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))
        };
        let name = tour.file_stem().unwrap_or(tour.as_os_str()).to_string_lossy().into_owned();
        Ok(Self {
            name,
            tour_csv: read(tour)?,
            keys_csv: None,
            late_keys_csv: None,
            replay: read(replay)?,
            speed: None,
        })
    }
}

/// Returns a password for the office that is made for one demo and short enough to type.
pub fn password() -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    let groups: Vec<&str> = [0, 4, 8].iter().filter_map(|&from| random.get(from..from + 4)).collect();
    groups.join("-")
}

/// Runs the whole job against a new server, with the handheld's data in a folder, and prints what
/// happens. Returns the server, still running.
///
/// # Errors
/// When a part fails; the error says which.
pub async fn run(material: &Material, setup: &Setup, folder: &Path) -> anyhow::Result<RunningServer> {
    let handheld = Handheld::in_folder(&folder.join("handheld"));
    let Stage { server, office, tour } = set_up(material, setup, &handheld).await?;

    heading("The walk, without a network");
    let replay = folder.join("walk.jsonl");
    std::fs::write(&replay, &material.replay)?;
    walk::walk(&handheld, &replay, material.speed)?;

    heading("What the handheld knows");
    print!("{}", handheld.run(&["status"])?);

    heading("Back in the office: one upload");
    print!("{}", handheld.run(&["end"])?);
    print!("{}", handheld.run(&["push"])?);
    print!("{}", handheld.run(&["push"])?);
    print!("{}", handheld.run(&["sync", "status"])?);
    if let Some(late_keys) = &material.late_keys_csv {
        let imported = office.import_keys(late_keys.clone()).await?;
        println!(
            "keys came late: {} accepted, {} stored telegrams decoded again",
            number(&imported, "accepted"),
            number(&imported, "decoded_again")
        );
    }

    heading("The central database");
    let csv = office.get_text(&format!("readings.csv?tour={tour}")).await?;
    table::print(&csv)?;
    let export = folder.join("readings.csv");
    std::fs::write(&export, csv)?;
    println!("\nexported      {}", export.display());
    println!("data          {}", folder.display());
    Ok(server)
}

/// What stands before a walk.
struct Stage {
    server: RunningServer,
    office: Office,
    /// The identity of the tour.
    tour: String,
}

/// Starts a server, prepares a tour, pairs a handheld and lets it fetch the tour.
async fn set_up(material: &Material, setup: &Setup, handheld: &Handheld) -> anyhow::Result<Stage> {
    heading("The office prepares a tour");
    let server = setup.start()?;
    println!("server        {} on {}", server.address, shown(&setup.database));
    let office = Office::log_in(&server.address, &setup.admin_password).await?;
    let tour = prepare(&office, material).await?;

    heading("A handheld is paired and fetches the tour");
    handheld.pair(&server.address, &office.pairing_code().await?, "demo handheld")?;
    office.release(&tour, &office.newest_handheld().await?).await?;
    print!("{}", handheld.run(&["pull"])?);
    print!(
        "{}",
        handheld.run(&["status"])?.lines().take(2).map(|line| format!("{line}\n")).collect::<String>()
    );
    Ok(Stage { server, office, tour })
}

/// Creates the tour, imports the keys and says what became of each row. Returns the tour's identity.
async fn prepare(office: &Office, material: &Material) -> anyhow::Result<String> {
    let created = office.create_tour(&material.name, material.tour_csv.clone()).await?;
    println!(
        "tour          {}: {} meters, {} rows refused",
        material.name,
        number(&created, "accepted"),
        number(&created, "refused")
    );
    print_findings(&created);
    if let Some(keys) = &material.keys_csv {
        let imported = office.import_keys(keys.clone()).await?;
        println!(
            "keys          {} accepted, {} refused",
            number(&imported, "accepted"),
            number(&imported, "refused")
        );
        print_findings(&imported);
    }
    text(&created, "tour").context("no row of the tour could be taken")
}

fn print_findings(import: &Value) {
    let rows = import.get("rows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for row in rows {
        for finding in row.get("findings").and_then(Value::as_array).into_iter().flatten() {
            let message = finding.get("message").and_then(Value::as_str).unwrap_or_default();
            println!("  line {}: {message}", number(row, "line"));
        }
    }
}

fn number(value: &Value, field: &str) -> u64 {
    value.get(field).and_then(Value::as_u64).unwrap_or(0)
}

fn heading(words: &str) {
    println!("\n── {words} {}", "─".repeat(74usize.saturating_sub(words.chars().count())));
}

/// Returns a database's URL without what stands before the host, which may be a password.
fn shown(database: &str) -> String {
    match (database.split_once("://"), database.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://{place}"),
        _ => database.to_owned(),
    }
}
