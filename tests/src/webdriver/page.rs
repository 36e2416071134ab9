//! A page in front of a person: looks, waits, presses and types.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use serde_json::Value;

use super::{Display, Element, Locator, Role, Session, WebDriverError, accessibility};

/// How long something may take to come: a slow machine that builds beside the test.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const POLL: Duration = Duration::from_millis(50);
const LOCATE: &str = include_str!("locate.js");
/// Waits for fonts and moving parts, then for two frames: what was asked for is painted then.
const PAINTED: &str = "
    const done = arguments[arguments.length - 1];
    const moving = document.getAnimations().filter((each) => each.effect?.getTiming().iterations !== Infinity);
    Promise.allSettled([document.fonts.ready, ...moving.map((each) => each.finished)])
        .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";

/// What takes the pictures of a page.
#[derive(Debug)]
pub enum Camera {
    /// The display on which the window is.
    Display(Arc<Display>),
    /// The driver.
    Driver,
}

/// A page and how to look at it.
#[derive(Debug)]
pub struct Page {
    session: Session,
    camera: Camera,
    /// Where to leave a picture when something does not come.
    failure: PathBuf,
}

impl Page {
    /// Takes over a window. A picture goes to `failure` when something is not as expected.
    pub fn new(session: Session, camera: Camera, failure: PathBuf) -> Self {
        Self { session, camera, failure }
    }

    /// Returns the window itself.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Waits until something is there.
    ///
    /// # Errors
    /// When it does not come; the error says what is there instead.
    pub async fn see(&self, what: &Locator) -> anyhow::Result<Element> {
        self.wait(&format!("no {what}"), async || Ok(self.find(what).await?.into_iter().next())).await
    }

    /// Waits until something is gone.
    ///
    /// # Errors
    /// When it stays.
    pub async fn see_no(&self, what: &Locator) -> anyhow::Result<()> {
        self.wait(&format!("still {what}"), async || Ok(self.find(what).await?.is_empty().then_some(())))
            .await
    }

    /// Returns how many there are at this moment.
    ///
    /// # Errors
    /// When the page cannot be asked.
    pub async fn count(&self, what: &Locator) -> anyhow::Result<usize> {
        Ok(self.find(what).await?.len())
    }

    /// Presses something once it is there and can be pressed.
    ///
    /// # Errors
    /// When it does not come, or never can be pressed.
    pub async fn press(&self, what: &Locator) -> anyhow::Result<()> {
        self.wait(&format!("cannot press {what}"), async || {
            let Some(element) = self.find_usable(what).await? else { return Ok(None) };
            self.session.click(&element).await.map(Some)
        })
        .await
    }

    /// Types into a field in place of what is in it.
    ///
    /// # Errors
    /// When the field does not come, or does not take it.
    pub async fn fill(&self, label: &str, words: &str) -> anyhow::Result<()> {
        let field = super::named(Role::Field, label);
        self.wait(&format!("cannot type into {field}"), async || {
            let Some(element) = self.type_once(&field, words).await? else { return Ok(None) };
            let holds = self.property(&element, "value").await?;
            Ok((holds.as_str() == Some(words)).then_some(()))
        })
        .await
    }

    /// Types into a field that may make something else of it.
    ///
    /// # Errors
    /// When the field does not come.
    pub async fn type_into(&self, field: &Locator, words: &str) -> anyhow::Result<()> {
        self.wait(&format!("cannot type into {field}"), async || {
            Ok(self.type_once(field, words).await?.map(drop))
        })
        .await
    }

    /// Pastes words into a field in place of what is in it, all at once.
    ///
    /// # Errors
    /// When the field does not come.
    pub async fn paste_into(&self, label: &str, words: &str) -> anyhow::Result<()> {
        const PASTE: &str = "
            arguments[0].focus();
            arguments[0].select();
            document.execCommand('insertText', false, arguments[1]);";
        let field = super::named(Role::Field, label);
        self.wait(&format!("cannot paste into {field}"), async || {
            let Some(element) = self.find_usable(&field).await? else { return Ok(None) };
            self.session.run(PASTE, &[element.argument(), words.into()]).await.map(Some)
        })
        .await
        .map(drop)
    }

    /// Chooses a line of a list.
    ///
    /// # Errors
    /// When the list or the line does not come.
    pub async fn choose(&self, select: &Locator, line: &str) -> anyhow::Result<()> {
        self.wait(&format!("cannot choose “{line}” of {select}"), async || {
            let Some(element) = self.find_usable(select).await? else { return Ok(None) };
            let lines =
                "return [...arguments[0].options].filter((line) => line.label.trim() === arguments[1])";
            let found = self.session.elements(lines, &[element.argument(), line.into()]).await?;
            let Some(line) = found.first() else { return Ok(None) };
            self.session.click(line).await.map(Some)
        })
        .await
    }

    /// Gives a file to the page's file field.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn give_file(&self, path: &Path) -> anyhow::Result<()> {
        let field = Locator::file();
        let path = path.to_str().context("the file's name is not UTF-8")?;
        self.wait("cannot give a file", async || {
            let Some(element) = self.find(&field).await?.into_iter().next() else { return Ok(None) };
            self.session.type_into(&element, path).await.map(Some)
        })
        .await
    }

    /// Returns the words of something, once it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn words(&self, what: &Locator) -> anyhow::Result<String> {
        let element = self.see(what).await?;
        let words = self.property(&element, "innerText").await?;
        Ok(words.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Goes to a place of the page, behind the `#`.
    ///
    /// # Errors
    /// When the page cannot be asked.
    pub async fn go(&self, place: &str) -> anyhow::Result<()> {
        self.session.run("location.hash = arguments[0]", &[place.into()]).await.map(drop)
    }

    /// Returns where the page is, behind the `#`.
    ///
    /// # Errors
    /// When the page cannot be asked.
    pub async fn place(&self) -> anyhow::Result<String> {
        let place = self.session.run("return location.hash", &[]).await?;
        Ok(place.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until everything is painted and leaves a picture in a file.
    ///
    /// # Errors
    /// When the picture cannot be taken.
    pub async fn picture(&self, file: &Path) -> anyhow::Result<()> {
        self.session.run_later(PAINTED, &[]).await?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // The display shows a frame some time after the page painted it: two looks must agree.
        let mut last = self.snapshot().await?;
        let picture = self
            .wait("the picture does not come to rest", async || {
                let next = self.snapshot().await?;
                let same = next == last;
                last = next;
                Ok(same.then(|| last.clone()))
            })
            .await?;
        std::fs::write(file, picture).with_context(|| format!("failed to write {}", file.display()))
    }

    /// Checks the page with axe-core for what a screen reader would stumble over.
    ///
    /// # Errors
    /// When it finds something; the error lists it.
    pub async fn accessible(&self) -> anyhow::Result<()> {
        accessibility::check(&self.session).await
    }

    async fn find(&self, what: &Locator) -> anyhow::Result<Vec<Element>> {
        self.session.elements(LOCATE, &[serde_json::to_value(what)?]).await
    }

    /// Finds something that is not switched off; of a round or square mark the words around it.
    async fn find_usable(&self, what: &Locator) -> anyhow::Result<Option<Element>> {
        // WebKit's driver knows elements only as arguments, not within one.
        const USABLE: &str = "
            const marks = '[type=\"radio\"], [type=\"checkbox\"]';
            return [...arguments].filter((each) => !each.disabled && !each.readOnly)
                .map((each) => each.matches(marks) ? (each.closest('label') ?? each) : each);";
        let found: Vec<Value> = self.find(what).await?.iter().map(Element::argument).collect();
        Ok(self.session.elements(USABLE, &found).await?.into_iter().next())
    }

    async fn type_once(&self, field: &Locator, words: &str) -> anyhow::Result<Option<Element>> {
        let Some(element) = self.find_usable(field).await? else { return Ok(None) };
        // What is typed takes the place of what is selected. WebKit's driver knows no null key, with which
        // a shortcut would end.
        self.session.run("arguments[0].focus(); arguments[0].select()", &[element.argument()]).await?;
        self.session.type_into(&element, words).await?;
        Ok(Some(element))
    }

    async fn property(&self, element: &Element, name: &str) -> anyhow::Result<Value> {
        self.session.run("return arguments[0][arguments[1]]", &[element.argument(), name.into()]).await
    }

    async fn snapshot(&self) -> anyhow::Result<Vec<u8>> {
        match &self.camera {
            Camera::Display(display) => display.picture(),
            Camera::Driver => {
                let picture = self.session.picture().await?;
                Ok(base64::engine::general_purpose::STANDARD.decode(picture)?)
            }
        }
    }

    /// Looks again and again until there is an answer, or patience ends.
    ///
    /// # Errors
    /// When a look fails, or patience ends: `trouble` and what is on the page instead.
    pub async fn wait<T>(
        &self,
        trouble: &str,
        mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let why = match look().await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => String::new(),
                Err(error) if error.downcast_ref().is_some_and(WebDriverError::is_moment) => {
                    format!("{error:#}")
                }
                Err(error) => return Err(error.context(trouble.to_owned())),
            };
            if Instant::now() > deadline {
                bail!("{trouble} {why}\n{}", self.evidence().await);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Says what is on the page and where a picture of it is.
    async fn evidence(&self) -> String {
        let said = self.session.run("return location.hash + '\\n' + document.body.innerText", &[]).await;
        let said = said.as_ref().ok().and_then(Value::as_str).unwrap_or("(the page does not answer)");
        let picture = match self.snapshot().await {
            Ok(picture) => std::fs::write(&self.failure, picture).err().map(|error| error.to_string()),
            Err(error) => Some(format!("{error:#}")),
        };
        let picture = picture.unwrap_or_else(|| self.failure.display().to_string());
        format!("--- the page ---\n{said}\n--- picture: {picture} ---")
    }
}
