//! The demo ends as its walk must: the program, as `cargo xtask demo` runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use e2e::office::Office;
use e2e::programs::program;
use radio_core::demo::{ExpectedState, walk};

/// The export's rows: radio id → (kind → value), and the quality of the row that has no value.
struct Export {
    values: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    without_value: BTreeMap<String, String>,
}

fn read_export(text: &str) -> Export {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (radio_id, value, unit) = (column("radio_id"), column("value"), column("unit"));
    let (kind, quality) = (column("value_kind"), column("quality"));
    let mut export = Export { values: BTreeMap::new(), without_value: BTreeMap::new() };
    for record in reader.records() {
        let record = record.unwrap();
        let id = record[radio_id].to_owned();
        if record[value].is_empty() {
            export.without_value.insert(id, record[quality].to_owned());
        } else {
            let shown = format!("{} {}", &record[value], &record[unit]);
            export.values.entry(id).or_default().entry(record[kind].to_owned()).or_default().insert(shown);
        }
    }
    export
}

#[test]
fn the_demo_ends_with_every_reading_of_the_walk_in_the_central_database() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let output = Command::new(program("walkby-demo").unwrap()).arg("--folder").arg(&data).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(shown.contains("the engine was killed"), "{shown}");
    assert!(shown.contains(&data.join("readings.csv").display().to_string()), "{shown}");

    let export = read_export(&std::fs::read_to_string(data.join("readings.csv")).unwrap());
    let walk = walk();
    assert!(shown.contains(&format!("{} foreign frames counted", walk.foreign_frames)), "{shown}");
    for meter in &walk.expected {
        match &meter.current {
            Some((value, unit)) => {
                let kinds = &export.values[&meter.radio_id];
                assert!(
                    kinds["current"].contains(&format!("{value} {unit}")),
                    "{}: {kinds:?}",
                    meter.radio_id
                );
                if let (Some(due), Some(_)) = (&meter.due, &meter.due_date) {
                    assert!(kinds["due"].contains(&format!("{due} {unit}")), "{}: {kinds:?}", meter.radio_id);
                }
            }
            // The keys that came late open what the walk could not.
            None if matches!(meter.state, ExpectedState::HeardNoKey | ExpectedState::HeardWrongKey) => {
                assert!(export.values.contains_key(&meter.radio_id), "{} has no value", meter.radio_id);
            }
            None => {
                assert_eq!(export.without_value[&meter.radio_id], meter.state.as_str(), "{}", meter.radio_id)
            }
        }
    }
}

#[test]
fn the_demo_leaves_a_folder_alone_that_is_not_empty() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("precious"), "data").unwrap();
    let output =
        Command::new(program("walkby-demo").unwrap()).arg("--folder").arg(folder.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not empty"));
    assert_eq!(std::fs::read_to_string(folder.path().join("precious")).unwrap(), "data");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn the_demo_serves_the_office_page_until_it_is_asked_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Command::new(program("walkby-demo").unwrap())
        .arg("--serve")
        .arg("--folder")
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(demo.stdout.take().unwrap()).lines().map(Result::unwrap);
    let shown: Vec<String> = lines.take_while(|line| line != "Ctrl-C ends the server.").collect();
    let said = |what: &str| shown.iter().find_map(|line| line.strip_prefix(what)).unwrap().trim().to_owned();
    let (address, password) = (said("office page"), said("password"));

    let office = Office::log_in(&address, &password).await.unwrap();
    assert_eq!(office.get("tours").await.unwrap()["tours"][0]["name"], "Lindenweg 2026");
    let page = reqwest::get(&address).await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");

    // What a terminal sends on Ctrl-C.
    let interrupted = Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert!(demo.wait().unwrap().success());
    assert!(reqwest::get(&address).await.is_err(), "the server still runs");
}
