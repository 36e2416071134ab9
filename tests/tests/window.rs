//! The app's real window, and what drives it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use e2e::faces::{Browser, Phone};
use e2e::webdriver::{Role, css, named, text};
use serde_json::json;

#[tokio::test]
async fn the_app_opens_its_window() -> anyhow::Result<()> {
    let Some(phone) = Phone::switch_on("opens").await? else { return Ok(()) };
    let app = phone.open_app().await?;
    let size = app.page.session().run("return [innerWidth, innerHeight]", &[]).await?;
    assert_eq!(size, json!([412, 892]));
    Ok(())
}

/// A page with what is easily taken for something else.
const PAGE: &str = r##"<!doctype html><meta charset="utf-8"><title>Test</title>
<label for="a">Address</label><input id="a" value="old">
<label>Twice <input type="checkbox" style="opacity:0"></label>
<button aria-label="Save all">S</button><button>Save</button><button hidden>Hidden</button>
<select aria-label="State"><option>Read</option><option>Open</option></select>
<p>some <b>bold</b>
   words</p>
<ul><li>first <a href="#one">go</a></li><li>second <a href="#two">go</a></li></ul>
<dialog id="d"><button onclick="document.title = 'confirmed'">Yes</button></dialog>
<button disabled onclick="document.title = 'too early'">Later</button>
<script>setTimeout(() => document.querySelector('[disabled]').disabled = false, 300)</script>"##;

#[tokio::test]
async fn a_page_is_searched_as_a_person_searches_it() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("page.html");
    std::fs::write(&file, PAGE)?;
    let Some(browser) = Browser::open("searched", &format!("file://{}", file.display())).await? else {
        return Ok(());
    };
    let page = &browser.page;
    let script = async |body: &str| page.session().run(body, &[]).await;

    page.fill("Address", "new, not old").await?;
    assert_eq!(script("return document.querySelector('#a').value").await?, "new, not old");
    page.press(&named(Role::Checkbox, "Twice")).await?;
    assert_eq!(script("return document.querySelector('[type=checkbox]').checked").await?, true);
    page.choose(&named(Role::Select, "State"), "Open").await?;
    assert_eq!(script("return document.querySelector('select').value").await?, "Open");

    assert_eq!(page.count(&named(Role::Button, "Save")).await?, 2);
    assert_eq!(page.count(&named(Role::Button, "Save").exactly()).await?, 1);
    assert_eq!(page.count(&named(Role::Button, "Hidden")).await?, 0);
    assert_eq!(page.words(&text("bold words")).await?, "some bold words");
    assert_eq!(page.words(&css("li").with_text("second")).await?, "second go");
    page.press(&named(Role::Link, "go").with_row("second")).await?;
    assert_eq!(page.place().await?, "#two");

    page.press(&named(Role::Button, "Later")).await?;
    assert_eq!(script("return document.title").await?, "too early");
    script("document.querySelector('dialog').showModal()").await?;
    assert_eq!(page.count(&named(Role::Button, "Save")).await?, 0, "it lies under the dialog");
    page.press(&named(Role::Button, "Yes")).await?;
    assert_eq!(script("return document.title").await?, "confirmed");
    Ok(())
}
