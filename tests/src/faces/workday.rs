//! A day's work: a server with a tour on it, and what is on the air when it is walked.

use anyhow::Context as _;
use radio_core::demo::{DemoWalk, ExpectedMeter, ExpectedState};
use tempfile::TempDir;

use super::Phone;
use crate::office::{Office, text};
use crate::server::{RunningServer, Setup};

/// A running server with an office, and everything for the demo's walk.
pub struct Workday {
    /// The server.
    pub server: RunningServer,
    /// How it was started.
    pub setup: Setup,
    /// The office, logged in.
    pub office: Office,
    /// The walk and what must come of it.
    pub walk: DemoWalk,
    /// Where the office's files are.
    pub folder: TempDir,
}

/// A line of the tour.
#[derive(Debug, Clone)]
pub struct Line {
    /// The number on the meter.
    pub meter_number: String,
    /// A value one above that of last year.
    pub plausible_value: String,
}

impl Workday {
    /// The tour's name.
    pub const TOUR: &str = "Lindenweg 2026";

    /// Starts a server on which nothing is prepared.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn begin() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let setup = Setup::in_folder(folder.path())?;
        Self::begin_with(folder, setup, &[]).await
    }

    /// Starts a server with a certificate that it signed itself.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn begin_self_signed() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let pair = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        std::fs::write(&certificate, pair.cert.pem())?;
        std::fs::write(&key, pair.signing_key.serialize_pem())?;
        let setup = Setup { tls: Some((certificate, key)), ..Setup::in_folder(folder.path())? };
        Self::begin_with(folder, setup, pair.cert.pem().as_bytes()).await
    }

    /// Starts a server and prepares the tour, its keys too.
    ///
    /// # Errors
    /// When the server does not start, or refuses.
    pub async fn prepare() -> anyhow::Result<Self> {
        let day = Self::begin().await?;
        day.office.create_tour(Self::TOUR, day.walk.tour_csv.clone()).await?;
        day.office.import_keys(day.walk.keys_csv.clone()).await?;
        Ok(day)
    }

    async fn begin_with(folder: TempDir, setup: Setup, certificate: &[u8]) -> anyhow::Result<Self> {
        let server = setup.start()?;
        let office = Office::log_in_trusting(&server.address, &setup.admin_password, certificate).await?;
        Ok(Self { server, setup, office, walk: radio_core::demo::walk(), folder })
    }

    /// Puts the walk's recording on a phone, for training.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_recording_on(&self, phone: &Phone) -> std::io::Result<()> {
        phone.put_recording(&format!("{}.jsonl", Self::TOUR), &self.walk.replay_jsonl)
    }

    /// Assigns the tour to the handheld that was paired last, and releases it.
    ///
    /// # Errors
    /// When no handheld is paired.
    pub async fn hand_out(&self) -> anyhow::Result<()> {
        self.office.release(&self.tour().await?, &self.office.newest_handheld().await?).await
    }

    /// Returns what the server exports of the tour.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn export(&self) -> anyhow::Result<String> {
        self.office.get_text(&format!("readings.csv?tour={}", self.tour().await?)).await
    }

    /// Returns the identity of the one tour that the server knows.
    async fn tour(&self) -> anyhow::Result<String> {
        let answer = self.office.get("tours").await?;
        text(answer.pointer("/tours/0").context("there is no tour")?, "id")
    }

    /// Returns how many lines the tour has.
    pub fn meters(&self) -> usize {
        self.walk.expected.len()
    }

    /// Returns how many of them end the walk in a state.
    pub fn ending(&self, state: ExpectedState) -> usize {
        self.walk.expected.iter().filter(|meter| meter.state == state).count()
    }

    /// Returns the first line of the tour.
    ///
    /// # Errors
    /// When there is none.
    pub fn first_line(&self) -> anyhow::Result<Line> {
        self.line_of(self.walk.expected.first().context("the tour is empty")?)
    }

    /// Returns the first line that ends the walk in a state.
    ///
    /// # Errors
    /// When there is none.
    pub fn line_ending(&self, state: ExpectedState) -> anyhow::Result<Line> {
        let ends_so = |meter: &&ExpectedMeter| meter.state == state;
        self.line_of(self.walk.expected.iter().find(ends_so).context("no meter ends so")?)
    }

    fn line_of(&self, meter: &ExpectedMeter) -> anyhow::Result<Line> {
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(self.walk.tour_csv.as_bytes());
        let headers = reader.headers()?.clone();
        let column = |name: &str| headers.iter().position(|header| header == name).context("no such column");
        let (radio_id, number, previous) = (column("radio_id")?, column("meter_no")?, column("prev_value")?);
        for record in reader.records() {
            let record = record?;
            let field = |index: usize| record.get(index).unwrap_or_default().to_owned();
            if field(radio_id) == meter.radio_id {
                return Ok(Line {
                    meter_number: field(number),
                    plausible_value: one_more(&field(previous))?,
                });
            }
        }
        anyhow::bail!("the tour has no line for {}", meter.radio_id)
    }
}

/// Adds one unit to a decimal.
fn one_more(value: &str) -> anyhow::Result<String> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let whole = whole.parse::<u64>()? + 1;
    Ok(if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") })
}
