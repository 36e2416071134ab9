//! What goes wrong, in the app's real window: each trouble has its own words, and nothing is lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use e2e::faces::{Phone, Workday, screenshot};
use e2e::webdriver::{Locator, Role, css, free_port, named, text};
use radio_core::demo::ExpectedState;

const PASSPHRASE: &str = "linden-7-walk";

/// The notice of a problem, and what it says that is to be done.
fn problem(code: &str, todo: &str) -> Locator {
    css(&format!("[data-problem=\"{code}\"]")).with_text(todo)
}

#[tokio::test]
async fn pairing_that_fails_says_why_in_each_language_and_keeps_what_was_typed() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("pairing-fails").await? else { return Ok(()) };
    let day = Workday::begin().await?;
    let app = phone.open_app().await?;
    let page = &app.page;
    app.choose_passphrase(PASSPHRASE).await?;

    app.pair(&day.server.address, "AAAA-AAAA", "Handheld 3").await?;
    page.see(&problem("wrong_pairing_code", "let the office make a new one")).await?;
    page.picture(&screenshot("pair-wrong-code-en-light")).await?;

    let nobody = format!("http://127.0.0.1:{}", free_port()?);
    page.fill("Address of the server", &nobody).await?;
    page.press(&named(Role::Button, "Pair").exactly()).await?;
    page.see(&problem("unreachable", "Check the network of this handheld")).await?;
    page.fill("Address of the server", "not an address").await?;
    page.press(&named(Role::Button, "Pair").exactly()).await?;
    page.see(&problem("wrong_address", "")).await?;
    let mut said = BTreeSet::new();
    for (language, tag) in [("Deutsch", "de"), ("Русский", "ru"), ("中文", "zh-Hans"), ("English", "en")]
    {
        page.choose(&css("select"), language).await?;
        page.see(&css(&format!("html[lang=\"{tag}\"] h1"))).await?;
        said.insert(page.words(&problem("wrong_address", "")).await?);
    }
    assert_eq!(said.len(), 4, "{said:?}");

    page.fill("Address of the server", &day.server.address).await?;
    page.fill("One-time code", &day.office.pairing_code().await?).await?;
    page.press(&named(Role::Button, "Pair").exactly()).await?;
    page.see(&text("No tour yet")).await?;
    Ok(())
}

#[tokio::test]
async fn a_certificate_is_trusted_only_when_the_office_vouched_for_it() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("certificate").await? else { return Ok(()) };
    let day = Workday::begin_self_signed().await?;
    let app = phone.open_app().await?;
    let page = &app.page;
    app.choose_passphrase(PASSPHRASE).await?;
    app.pair(&day.server.address, "AAAA-AAAA", "Handheld 3").await?;
    page.see(&problem("untrusted_certificate", "Nothing was sent")).await?;
    page.picture(&screenshot("pair-untrusted-en-light")).await?;

    page.paste_into("One-time code", &day.office.pairing_link().await?).await?;
    page.see(&text("Link read")).await?;
    page.press(&named(Role::Button, "Pair").exactly()).await?;
    page.see(&text("No tour yet")).await?;
    Ok(())
}

#[tokio::test]
async fn a_full_disk_is_said_and_what_was_heard_is_there_once_there_is_room() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("full-disk").await? else { return Ok(()) };
    let Some(mut phone) = phone.with_disk(16 * 1024)? else { return Ok(()) };
    // Eight minutes of walk in some twenty seconds.
    phone.replay_at(24);
    let day = Workday::prepare().await?;
    day.put_recording_on(&phone)?;
    let app = phone.open_app().await?;
    let page = &app.page;
    app.choose_passphrase(PASSPHRASE).await?;
    app.fetch_tour(&day).await?;
    let place = page.place().await?;

    let ballast = app.fill_disk()?;
    let first = day.first_line()?;
    page.press(&named(Role::Link, &first.meter_number)).await?;
    page.press(&named(Role::Button, "Enter value")).await?;
    page.fill("Value on the display", &first.plausible_value).await?;
    page.press(&named(Role::Button, "Save value")).await?;
    page.see(&problem("disk_full", "Free some space")).await?;
    page.picture(&screenshot("meter-disk-full-en-light")).await?;
    ballast.remove()?;
    page.press(&named(Role::Button, "Save value")).await?;
    page.see(&text("Value saved")).await?;
    assert_eq!(page.count(&css("[data-event=\"manual_reading\"]")).await?, 1);

    page.go(&place).await?;
    app.sees_progress(1, day.meters()).await?;
    app.start_training().await?;
    app.sees_done(3).await?;
    let ballast = app.fill_disk()?;
    page.see(&problem("disk_full", "Free some space")).await?;
    page.see(&css("[data-receiver=\"idle\"]")).await?;
    page.see(&named(Role::Button, "Go on reading")).await?;
    page.picture(&screenshot("walk-disk-full-en-light")).await?;
    ballast.remove()?;
    app.go_on_training().await?;
    page.see(&text("Recording heard to its end")).await?;
    app.sees_progress(day.ending(ExpectedState::Read), day.meters()).await
}

#[tokio::test]
async fn a_store_of_a_newer_app_is_not_touched() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("newer-store").await? else { return Ok(()) };
    let app = phone.open_app().await?;
    app.choose_passphrase(PASSPHRASE).await?;
    app.page.see(&named(Role::Heading, "Pair with the office")).await?;
    app.kill()?;
    let store = unlocked(&phone.data());
    let version: u32 = store.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    store.pragma_update(None, "user_version", version + 1)?;
    drop(store);
    let before = files(&phone.data());

    let app = phone.open_app().await?;
    app.unlock(PASSPHRASE).await?;
    app.page.see(&named(Role::Heading, "Walkby cannot start")).await?;
    app.page.see(&problem("newer_store", "Nothing was changed or lost")).await?;
    app.page.accessible().await?;
    app.page.picture(&screenshot("failed-en-light")).await?;
    app.kill()?;
    assert_eq!(files(&phone.data()), before);
    Ok(())
}

/// Opens a store as an app of another version would, with the key that the passphrase gives.
fn unlocked(folder: &Path) -> rusqlite::Connection {
    let parameters = std::fs::read(folder.join(field_core::store::PASSPHRASE_FILE)).unwrap();
    let parameters: serde_json::Value = serde_json::from_slice(&parameters).unwrap();
    let number = |name: &str| u32::try_from(parameters[name].as_u64().unwrap()).unwrap();
    let salt = u128::from_str_radix(parameters["salt"].as_str().unwrap(), 16).unwrap().to_be_bytes();
    let parameters = Params::new(number("memory_kib"), number("passes"), number("lanes"), Some(32)).unwrap();
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(PASSPHRASE.as_bytes(), &salt, &mut key)
        .unwrap();
    let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let store = rusqlite::Connection::open(folder.join(field_core::store::DATABASE_FILE)).unwrap();
    store.execute_batch(&format!("PRAGMA key = \"x'{digits}'\"")).unwrap();
    store
}

/// Returns the names and bytes of the files in a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect()
}
