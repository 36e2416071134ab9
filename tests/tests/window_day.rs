//! A reader's day in the app's real window, with a real server behind it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use e2e::faces::{Phone, Workday};
use e2e::webdriver::{Role, css, named, text};
use radio_core::demo::ExpectedState;

const PASSPHRASE: &str = "linden-7-walk";

#[tokio::test]
async fn a_reader_pairs_walks_types_a_value_and_sees_its_receipt() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("day").await? else { return Ok(()) };
    let day = Workday::prepare().await?;
    day.put_recording_on(&phone)?;
    let app = phone.open_app().await?;
    let page = &app.page;
    app.choose_passphrase(PASSPHRASE).await?;
    app.fetch_tour(&day).await?;

    app.start_training().await?;
    page.see(&text("Recording heard to its end")).await?;
    let read = day.ending(ExpectedState::Read);
    app.sees_progress(read, day.meters()).await?;
    let foreign = page.words(&css("[data-receiver] .foreign")).await?;
    assert!(foreign.ends_with(&format!(": {}", day.walk.foreign_frames)), "{foreign}");
    for state in ["open", "heard_no_key", "heard_wrong_key", "heard_undecodable", "implausible"] {
        page.see(&css(&format!("[data-state=\"{state}\"]"))).await?;
    }

    let silent = day.line_ending(ExpectedState::Open)?;
    page.press(&named(Role::Link, &silent.meter_number)).await?;
    page.see(&css(".state").with_text("Missing")).await?;
    page.press(&named(Role::Button, "Enter value")).await?;
    page.fill("Value on the display", "12,5,3").await?;
    page.press(&named(Role::Button, "Save value")).await?;
    page.see(&text("Digits with at most one comma or point.")).await?;
    page.fill("Value on the display", &silent.plausible_value).await?;
    page.press(&named(Role::Button, "Save value")).await?;
    page.see(&text("Value saved")).await?;
    page.see(&css("[data-event=\"manual_reading\"]")).await?;
    page.press(&named(Role::Button, "Back to the tour")).await?;
    app.sees_progress(read + 1, day.meters()).await?;

    page.press(&named(Role::Button, "Back to the tours")).await?;
    page.press(&named(Role::Link, "Sync")).await?;
    page.see(&named(Role::Heading, "Sync")).await?;
    let waiting = app.facts("waiting").await?;
    assert!(waiting > read, "{waiting} facts wait of {read} meters that were read");
    page.press(&named(Role::Button, "Sync now")).await?;
    page.see(&text("Everything has a receipt")).await?;
    page.see(&css("[data-stage=\"waiting\"] .number").with_text("0")).await?;
    assert_eq!(app.facts("waiting").await?, 0);
    assert_eq!(app.facts("receipted").await? + app.facts("safe").await?, waiting);

    let export = day.export().await?;
    let manual = export.lines().find(|line| line.contains(&silent.meter_number)).unwrap();
    assert!(manual.contains(&silent.plausible_value), "{manual}");
    Ok(())
}

#[tokio::test]
async fn a_killed_app_opens_where_it_was_and_has_lost_nothing() -> anyhow::Result<()> {
    let Some(mut phone) = Phone::switch_on("killed").await? else { return Ok(()) };
    let day = Workday::prepare().await?;
    day.put_recording_on(&phone)?;
    // Eight minutes of walk in some twenty seconds.
    phone.replay_at(24);
    let app = phone.open_app().await?;
    app.choose_passphrase(PASSPHRASE).await?;
    app.fetch_tour(&day).await?;
    app.start_training().await?;
    let shown = app.sees_done(4).await?;
    let place = app.page.place().await?;
    app.kill()?;

    let app = phone.open_app().await?;
    app.unlock("a guess").await?;
    app.page.see(&text("This passphrase does not fit")).await?;
    app.unlock(PASSPHRASE).await?;
    app.page.see(&css(".counter")).await?;
    assert_eq!(app.page.place().await?, place);
    let kept = app.done().await?;
    let whole = day.ending(ExpectedState::Read);
    assert!(shown <= kept && kept < whole, "{shown} were shown, {kept} are kept of {whole}");
    app.go_on_training().await?;
    app.page.see(&text("Recording heard to its end")).await?;
    app.sees_progress(whole, day.meters()).await
}
