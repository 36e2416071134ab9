//! A picture of every screen of the app's real window, in English and German, light and dark, each looked
//! at by axe-core.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use e2e::faces::{App, Phone, Workday, screenshot};
use e2e::server::Setup;
use e2e::webdriver::{Locator, Role, css, named, text};
use radio_core::demo::ExpectedState;

const PASSPHRASE: &str = "linden-7-walk";
const LOOKS: [(&str, &str); 4] = [("en", "light"), ("de", "dark"), ("en", "dark"), ("de", "light")];

/// Takes the picture of a screen that is there, and lets axe-core look at it.
async fn take(app: &App, screen: &str, look: (&str, &str)) -> anyhow::Result<()> {
    app.page.picture(&screenshot(&format!("{screen}-{}-{}", look.0, look.1))).await?;
    app.page.accessible().await.map_err(|found| found.context(format!("{screen} in {look:?}")))
}

/// Chooses how the app speaks and looks, on its own screen of settings.
async fn dress(app: &App, (language, theme): (&str, &str)) -> anyhow::Result<()> {
    app.page.go("#/settings").await?;
    for value in [language, theme] {
        app.page.press(&css(&format!("input[type=\"radio\"][value=\"{value}\"]"))).await?;
    }
    app.page.see(&css(&format!("html[lang=\"{language}\"][data-theme=\"{theme}\"] h1"))).await.map(drop)
}

/// A button by its place, as its words differ by language.
fn main_action() -> Locator {
    css(".actions button.primary")
}

async fn close_sheet(app: &App) -> anyhow::Result<()> {
    app.page.press(&css("dialog[open] header button")).await?;
    app.page.see_no(&css("dialog[open]")).await
}

/// Every screen that a walked tour has, from the list of tours to the settings.
async fn screens(app: &App, tour: &str, lines: &Lines, look: (&str, &str)) -> anyhow::Result<()> {
    let page = &app.page;
    dress(app, look).await?;
    take(app, "settings", look).await?;
    page.go("#/tours").await?;
    page.see(&css("[data-tour]")).await?;
    take(app, "tours", look).await?;

    page.go(tour).await?;
    page.see(&css(".counter")).await?;
    take(app, "walk", look).await?;
    page.press(&main_action()).await?;
    page.see(&css("dialog[open] [data-source]")).await?;
    take(app, "walk-source", look).await?;
    close_sheet(app).await?;
    page.press(&css(".actions button:last-child")).await?;
    page.see(&css("dialog[open] fieldset")).await?;
    take(app, "walk-filter", look).await?;
    close_sheet(app).await?;

    page.go(&lines.read).await?;
    page.see(&css("main section:last-child button")).await?;
    take(app, "meter", look).await?;
    page.press(&css("main section:last-child button")).await?;
    page.see(&css("dialog[open] .content *")).await?;
    take(app, "meter-telegram", look).await?;
    close_sheet(app).await?;

    page.go(&lines.silent).await?;
    page.see(&css(".state [data-state=\"open\"]")).await?;
    take(app, "meter-missing", look).await?;
    page.press(&main_action()).await?;
    page.type_into(&css("dialog[open] input[inputmode=\"decimal\"]"), "1").await?;
    take(app, "meter-enter", look).await?;
    page.press(&css("dialog[open] footer button")).await?;
    page.see(&css("[data-verdict]")).await?;
    take(app, "meter-implausible", look).await?;
    close_sheet(app).await?;
    page.press(&css(".actions button:last-child")).await?;
    page.see(&css("dialog[open] .parts button")).await?;
    take(app, "meter-more", look).await?;
    page.press(&css("dialog[open] .parts button")).await?;
    page.see(&css("dialog[open] input[type=\"radio\"]")).await?;
    take(app, "meter-skip", look).await?;
    close_sheet(app).await?;

    page.go("#/sync").await?;
    page.see(&css("[data-stage=\"waiting\"]")).await?;
    take(app, "sync", look).await
}

/// Where two lines of the tour are: one that was read, one that was not heard.
struct Lines {
    read: String,
    silent: String,
}

async fn line(app: &App, tour: &str, number: &str) -> anyhow::Result<String> {
    app.page.go(tour).await?;
    app.page.press(&css("[data-meter]").with_text(number)).await?;
    app.page.see(&css(".state [data-state]")).await?;
    app.page.place().await
}

#[tokio::test]
async fn every_screen_can_be_seen_and_heard_in_two_languages_light_and_dark() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("screens").await? else { return Ok(()) };
    let day = Workday::prepare().await?;
    day.put_recording_on(&phone)?;
    let app = phone.open_app().await?;
    let page = &app.page;
    page.see(&named(Role::Heading, "Choose a passphrase")).await?;
    take(&app, "unlock-choose", LOOKS[0]).await?;
    app.choose_passphrase(PASSPHRASE).await?;
    page.see(&named(Role::Heading, "Pair with the office")).await?;
    take(&app, "pair", LOOKS[0]).await?;
    page.choose(&css("select"), "Deutsch").await?;
    page.see(&text("Mit dem Büro koppeln")).await?;
    take(&app, "pair", ("de", "light")).await?;
    page.choose(&css("select"), "English").await?;
    app.pair(&day.server.address, &day.office.pairing_code().await?, "Handheld 3").await?;
    page.see(&text("No tour yet")).await?;
    for look in LOOKS {
        dress(&app, look).await?;
        page.go("#/tours").await?;
        page.see(&css(".tours")).await?;
        take(&app, "tours-empty", look).await?;
    }

    dress(&app, LOOKS[0]).await?;
    page.go("#/tours").await?;
    day.hand_out().await?;
    page.press(&named(Role::Button, "Fetch tours")).await?;
    page.press(&named(Role::Link, Workday::TOUR)).await?;
    app.start_training().await?;
    page.see(&text("Recording heard to its end")).await?;
    let tour = page.place().await?;
    let lines = Lines {
        read: line(&app, &tour, &day.line_ending(ExpectedState::Read)?.meter_number).await?,
        silent: line(&app, &tour, &day.line_ending(ExpectedState::Open)?.meter_number).await?,
    };
    for look in LOOKS {
        screens(&app, &tour, &lines, look).await?;
    }
    let Workday { server, setup, folder: _folder, .. } = day;
    let setup = Setup { listen: server.address.replace("http://", ""), ..setup };
    server.kill()?;
    app.page.go("#/sync").await?;
    page.press(&main_action()).await?;
    page.see(&css("[data-problem=\"unreachable\"]")).await?;
    take_in_all_looks(&app, "sync-failed", "[data-problem]").await?;
    let _server = setup.start()?;
    page.press(&main_action()).await?;
    page.see(&css("[data-stage=\"waiting\"].empty")).await?;
    take_in_all_looks(&app, "sync-receipt", "[data-stage=\"waiting\"].empty").await?;

    dress(&app, LOOKS[0]).await?;
    app.kill()?;
    let app = phone.open_app().await?;
    app.page.see(&named(Role::Heading, "Unlock")).await?;
    take(&app, "unlock", LOOKS[0]).await
}

/// Takes the pictures of a state of the sync.
async fn take_in_all_looks(app: &App, screen: &str, shows: &str) -> anyhow::Result<()> {
    for look in LOOKS {
        dress(app, look).await?;
        app.page.go("#/sync").await?;
        app.page.see(&css(shows)).await?;
        take(app, screen, look).await?;
    }
    Ok(())
}
