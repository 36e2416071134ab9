//! One story through both faces: the office's page in Chromium, the app in its own window, and the real
//! server between them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use e2e::faces::{Browser, Phone, Workday, screenshot};
use e2e::webdriver::{Page, Role, css, named, text};
use radio_core::demo::ExpectedState;

const PASSPHRASE: &str = "linden-7-walk";
/// Far below what the meter showed last year.
const TYPED: &str = "1";

/// The office's files: the tour with a row in it that is no meter's, and the keys.
fn files(day: &Workday) -> std::io::Result<[PathBuf; 2]> {
    let [tour, keys] =
        [format!("{}.csv", Workday::TOUR), "keys.csv".into()].map(|name| day.folder.path().join(name));
    let columns = day.walk.tour_csv.lines().next().unwrap().split(';');
    let bad: Vec<&str> = columns
        .map(|column| match column {
            "meter_no" => "4711",
            "radio_id" => "no number",
            _ => "",
        })
        .collect();
    std::fs::write(&tour, format!("{}{}\n", day.walk.tour_csv, bad.join(";")))?;
    std::fs::write(&keys, &day.walk.keys_csv)?;
    Ok([tour, keys])
}

/// The office's first visit: from nothing to the code for a handheld, which it returns.
async fn prepare(office: &Page, day: &Workday) -> anyhow::Result<String> {
    office.fill("Password", &day.setup.admin_password).await?;
    office.press(&named(Role::Button, "Sign in")).await?;
    office.see(&named(Role::Heading, "From nothing to the first tour")).await?;
    let [tour, keys] = files(day)?;
    office.give_file(&tour).await?;
    office.see(&text("one is left out")).await?;
    office.see(&css("tr.refused").with_text("the radio number needs 8 digits")).await?;
    office.picture(&screenshot("office-tour-preview-en-light")).await?;
    office.press(&named(Role::Button, "Create tour without one row")).await?;
    office.see(&text(&format!("{}: {} meters", Workday::TOUR, day.meters()))).await?;
    office.give_file(&keys).await?;
    office.press(&named(Role::Button, "Import ")).await?;
    office.press(&named(Role::Button, "Go on without these keys")).await?;
    office.press(&named(Role::Button, "Show a code")).await?;
    office.words(&css(".pairing .digits")).await
}

#[tokio::test]
async fn what_the_office_prepares_a_reader_walks_and_the_office_sees_it_come_in() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("both-faces").await? else { return Ok(()) };
    let day = Workday::begin().await?;
    day.put_recording_on(&phone)?;
    let Some(browser) = Browser::open("both-faces", &day.server.address).await? else { return Ok(()) };
    let office = &browser.page;
    let code = prepare(office, &day).await?;

    let app = phone.open_app().await?;
    app.choose_passphrase(PASSPHRASE).await?;
    app.pair(&day.server.address, &code, "Anna's handheld").await?;
    app.page.see(&text("No tour yet")).await?;

    // Nobody loads the office's page again from here on: it hears by itself.
    office.session().run("window.stayed = true", &[]).await?;
    office.press(&named(Role::Button, "Assign and release")).await?;
    office.see(&text("Ready for the first walk")).await?;
    office.picture(&screenshot("office-first-visit-en-light")).await?;
    office.press(&named(Role::Link, "Watch the tour")).await?;
    office.see(&text("not fetched yet")).await?;
    app.page.press(&named(Role::Button, "Fetch tours")).await?;
    app.page.press(&named(Role::Link, Workday::TOUR)).await?;
    app.sees_progress(0, day.meters()).await?;
    office.see_no(&text("not fetched yet")).await?;

    app.start_training().await?;
    app.page.see(&text("Recording heard to its end")).await?;
    let silent = day.line_ending(ExpectedState::Open)?;
    app.page.press(&named(Role::Link, &silent.meter_number)).await?;
    app.page.press(&named(Role::Button, "Enter value")).await?;
    app.page.fill("Value on the display", TYPED).await?;
    app.page.press(&named(Role::Button, "Save value")).await?;
    app.page.see(&text("Please look again")).await?;
    app.page.see(&css("[data-verdict=\"below_previous\"]")).await?;
    app.page.picture(&screenshot("story-implausible-en-light")).await?;
    app.page.press(&named(Role::Button, "It is right")).await?;
    app.page.see(&text("Value saved")).await?;

    let row = css("tr").with_row(&silent.meter_number);
    office.see(&row.clone().with_text("Missing")).await?;
    app.page.go("#/sync").await?;
    app.page.press(&named(Role::Button, "Sync now")).await?;
    app.page.see(&text("Everything has a receipt")).await?;
    app.page.picture(&screenshot("story-receipt-en-light")).await?;

    office.see(&row.clone().with_text("By hand Below the previous value")).await?;
    office.see(&row.with_text(&format!("{TYPED} m³"))).await?;
    let read = format!("{} of {}", day.ending(ExpectedState::Read) + 1, day.meters());
    office.see(&css(".counter").with_text(&read)).await?;
    office.accessible().await?;
    office.picture(&screenshot("office-tour-walked-en-light")).await?;
    office.press(&named(Role::Link, &silent.meter_number)).await?;
    office.see(&text("The value is below the previous one.")).await?;
    office.see(&text("confirmed in spite of: Below the previous value")).await?;
    office.picture(&screenshot("office-meter-implausible-en-light")).await?;
    assert_eq!(office.session().run("return window.stayed", &[]).await?, true);
    Ok(())
}
