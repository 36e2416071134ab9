//! The arrows between the packages are those that `docs/architecture.md` draws.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Who may depend on whom. A new arrow comes with a page in `docs/decisions/`.
const ARROWS: &[(&str, &[&str])] = &[
    ("wmbus", &[]),
    ("sync-protocol", &[]),
    ("demodulator", &["wmbus"]),
    ("kem-files", &["wmbus"]),
    ("radio-core", &["demodulator", "kem-files", "wmbus"]),
    ("walkby-properties", &["demodulator", "radio-core", "wmbus"]),
    ("walkby-emulators", &["radio-core", "wmbus"]),
    ("metering", &["sync-protocol", "wmbus"]),
    ("field-core", &["metering", "radio-core", "sync-protocol", "wmbus"]),
    ("sync-server", &["kem-files", "metering", "sync-protocol", "wmbus"]),
    ("mobile", &["field-core"]),
    ("e2e", &["demodulator", "field-core", "radio-core", "sync-protocol", "sync-server", "wmbus"]),
    ("xtask", &["demodulator", "wmbus"]),
];

/// What must hold for any bytes, and receivers that are not there: tests of those that they are about depend on them.
const TEST_TOOLS: &[&str] = &["walkby-properties", "walkby-emulators"];

/// Crates that the pure middle must never see: I/O, clocks, databases, JSON, windows.
const IMPURE: &[&str] =
    &["tokio", "reqwest", "warp", "hyper", "rusqlite", "tokio-postgres", "tauri", "jiff", "serde_json"];

#[derive(Default)]
struct Package {
    ours: BTreeSet<String>,
    foreign: BTreeSet<String>,
}

fn packages() -> BTreeMap<String, Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let mut found = Package::default();
            for dependency in package["dependencies"].as_array().unwrap() {
                let name = dependency["name"].as_str().unwrap().to_owned();
                if TEST_TOOLS.contains(&name.as_str()) && dependency["kind"] == "dev" {
                    continue;
                }
                if dependency.get("path").is_some() {
                    found.ours.insert(name);
                } else if dependency["kind"].is_null() {
                    found.foreign.insert(name);
                }
            }
            (package["name"].as_str().unwrap().to_owned(), found)
        })
        .collect()
}

#[test]
fn every_package_depends_only_on_those_that_the_architecture_allows() {
    let packages = packages();
    let known: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(packages.keys().cloned().collect::<BTreeSet<_>>(), known);
    for (name, allowed) in ARROWS {
        let allowed: BTreeSet<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let extra: Vec<_> = packages[*name].ours.difference(&allowed).collect();
        assert!(extra.is_empty(), "{name} depends on {extra:?}");
    }
}

#[test]
fn the_meaning_and_the_worth_of_a_telegram_know_no_outside_world() {
    let packages = packages();
    for pure in ["wmbus", "demodulator", "kem-files", "metering"] {
        let found: Vec<_> = IMPURE.iter().filter(|name| packages[pure].foreign.contains(**name)).collect();
        assert!(found.is_empty(), "{pure} depends on {found:?}");
    }
}

#[test]
fn the_server_knows_no_radio_and_no_window() {
    let server = &packages()["sync-server"];
    assert!(!server.ours.contains("radio-core"));
    assert!(!server.foreign.contains("tauri"));
}
