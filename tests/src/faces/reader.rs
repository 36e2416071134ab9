//! What a reader does with the app, by hand and in English.

use super::{App, Workday};
use crate::webdriver::{Role, css, named, text};

impl App {
    /// Chooses the passphrase of a new store.
    ///
    /// # Errors
    /// When the app does not ask for it.
    pub async fn choose_passphrase(&self, passphrase: &str) -> anyhow::Result<()> {
        self.page.see(&named(Role::Heading, "Choose a passphrase")).await?;
        self.page.fill("Passphrase", passphrase).await?;
        self.page.press(&named(Role::Button, "Use this passphrase")).await
    }

    /// Opens the store with its passphrase.
    ///
    /// # Errors
    /// When the app does not ask for it.
    pub async fn unlock(&self, passphrase: &str) -> anyhow::Result<()> {
        self.page.see(&named(Role::Heading, "Unlock")).await?;
        self.page.fill("Passphrase", passphrase).await?;
        self.page.press(&named(Role::Button, "Unlock")).await
    }

    /// Fills in the screen of the pairing and sends it.
    ///
    /// # Errors
    /// When the screen is not there.
    pub async fn pair(&self, server: &str, code: &str, name: &str) -> anyhow::Result<()> {
        self.page.see(&named(Role::Heading, "Pair with the office")).await?;
        self.page.fill("Address of the server", server).await?;
        self.page.fill("One-time code", code).await?;
        self.page.fill("Name of this handheld", name).await?;
        self.page.press(&named(Role::Button, "Pair").exactly()).await
    }

    /// Pairs with a workday's server, and fetches and opens its tour.
    ///
    /// # Errors
    /// When a screen is not there.
    pub async fn fetch_tour(&self, day: &Workday) -> anyhow::Result<()> {
        self.pair(&day.server.address, &day.office.pairing_code().await?, "Handheld 3").await?;
        self.page.see(&text("No tour yet")).await?;
        day.hand_out().await?;
        self.page.press(&named(Role::Button, "Fetch tours")).await?;
        self.page.press(&named(Role::Link, Workday::TOUR)).await?;
        self.sees_progress(0, day.meters()).await
    }

    /// Begins or goes on with the walk, on the training recording.
    ///
    /// # Errors
    /// When there is no recording.
    pub async fn start_training(&self) -> anyhow::Result<()> {
        self.page.press(&named(Role::Button, "Start reading")).await?;
        self.page.press(&named(Role::Button, "Recording, for training")).await
    }

    /// Goes on with the walk that was interrupted.
    ///
    /// # Errors
    /// When there is none.
    pub async fn go_on_training(&self) -> anyhow::Result<()> {
        self.page.press(&named(Role::Button, "Go on reading")).await
    }

    /// Waits until the big counter says how many meters of how many are done.
    ///
    /// # Errors
    /// When it never does.
    pub async fn sees_progress(&self, done: usize, meters: usize) -> anyhow::Result<()> {
        let words = format!("{done} of {meters} {} missing", meters - done);
        self.page.see(&css(".counter .numbers").with_text(&words)).await.map(drop)
    }

    /// Waits until the big counter says that at least so many meters are done, and returns how many.
    ///
    /// # Errors
    /// When it never does.
    pub async fn sees_done(&self, least: usize) -> anyhow::Result<usize> {
        self.page
            .wait(&format!("fewer than {least} are done"), async || {
                Ok(Some(self.done().await?).filter(|done| *done >= least))
            })
            .await
    }

    /// Returns how many meters the big counter says are done.
    ///
    /// # Errors
    /// When there is no counter.
    pub async fn done(&self) -> anyhow::Result<usize> {
        Ok(self.page.words(&css(".counter .done")).await?.parse()?)
    }

    /// Returns how many facts are at a stage of their way to the office; the screen of the sync is open.
    ///
    /// # Errors
    /// When there is no such stage.
    pub async fn facts(&self, stage: &str) -> anyhow::Result<usize> {
        let number = self.page.words(&css(&format!("[data-stage=\"{stage}\"] .number"))).await?;
        Ok(number.replace(',', "").parse()?)
    }
}
