//! Many meters that send by chance.

use wmbus::phy::sync::Header;
use wmbus::phy::{self, Band, Preamble};
use wmbus::{Frame, FrameError, FrameFormat, LinkMode};

use super::{Air, Emission, Random, Transmitter};

/// Draws the transmissions of many ordinary meters, one after the other in time.
#[derive(Debug, Clone)]
pub struct Traffic {
    kinds: Vec<(LinkMode, FrameFormat)>,
    telegrams_per_s: f64,
    ebn0_db: core::ops::Range<f64>,
    random: Random,
    next_s: f64,
}

/// What was sent, to be compared with what is heard.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The frame.
    pub frame: Frame,
    /// The mode in which it was sent.
    pub link_mode: LinkMode,
    /// Its format on the air.
    pub format: FrameFormat,
    /// The transmission.
    pub emission: Emission,
}

impl Traffic {
    /// Draws from these modes and formats, at random times with so many telegrams a second on average (a Poisson
    /// process, so they overlap as in a real street), and with so much energy per bit.
    pub fn new(
        kinds: &[(LinkMode, FrameFormat)],
        telegrams_per_s: f64,
        ebn0_db: core::ops::Range<f64>,
        random: Random,
    ) -> Self {
        Self { kinds: kinds.to_vec(), telegrams_per_s, ebn0_db, random, next_s: 0.0 }
    }

    /// Begins at another time than 0, in seconds since the first sample.
    #[must_use]
    pub fn starting_at(self, start_s: f64) -> Self {
        Self { next_s: start_s, ..self }
    }

    /// Hands the air everything that begins before `until_s`, and tells what it was.
    pub fn send_until(&mut self, until_s: f64, air: &mut Air) -> Vec<Sent> {
        let mut all = Vec::new();
        while self.next_s < until_s {
            let Some(sent) = self.draw(air) else { break };
            air.send(sent.emission.clone());
            all.push(sent);
            self.next_s -= (1.0 - self.random.unit()).ln() / self.telegrams_per_s.max(1e-9);
        }
        all
    }

    /// `None` if there is nothing to draw from, or no meter sends it.
    fn draw(&mut self, air: &Air) -> Option<Sent> {
        let (link_mode, format) = self.random.choose(&self.kinds)?;
        let band = link_mode.band()?;
        let length = 24 + self.random.below(40);
        let frame = random_frame(length, &mut self.random).ok()?;
        let chips = phy::chips(&frame, link_mode, format, Preamble::Shortest).ok()?;
        let transmitter = Transmitter::ordinary(band, &mut self.random);
        let ebn0_db = self.random.between(self.ebn0_db.start, self.ebn0_db.end);
        let amplitude = air.amplitude_at_ebn0_db(band, ebn0_db);
        let emission = Emission::new(&chips, band, &transmitter, &mut self.random).at(self.next_s, amplitude);
        Some(Sent { frame, link_mode, format, emission })
    }
}

/// Makes a mode's shortest headers without frames, one after the other for so many seconds: the worst that a
/// receiver's detector can meet. Of a mode that no meter sends near 868 MHz it is mode T's.
pub fn sync_flood(link_mode: LinkMode, seconds: f64, random: &mut Random) -> Emission {
    let band = link_mode.band().unwrap_or(&Band::T);
    let chips = (seconds.max(0.0) * f64::from(band.chip_rate_hz)) as usize;
    let header: Vec<bool> =
        Header::shortest(link_mode, FrameFormat::A).into_iter().flat_map(Header::chips).collect();
    let all: Vec<bool> = header.iter().copied().cycle().take(chips).collect();
    Emission::from_chips(&all, band, &Transmitter::ordinary(band, random), random)
}

/// Draws a frame that a meter could have sent, encrypted, with this many bytes, L included: 11 to 256.
///
/// # Errors
/// When no frame has such a length.
pub fn random_frame(length: usize, random: &mut Random) -> Result<Frame, FrameError> {
    const MAKERS: [[u8; 2]; 6] =
        [*b"\x2D\x2C", *b"\xA7\x32", *b"\xAE\x4C", *b"\x93\x44", *b"\x01\x06", *b"\x72\x49"];
    const DEVICE_TYPES: [u8; 5] = [0x04, 0x06, 0x07, 0x08, 0x1A];
    let [low, high] = random.choose(&MAKERS).unwrap_or_default();
    let mut digits = || (random.below(10) << 4 | random.below(10)) as u8;
    let identification = [digits(), digits(), digits(), digits()];
    let mut bytes = vec![length.saturating_sub(1) as u8, 0x44, low, high];
    bytes.extend(identification);
    bytes.extend([random.byte(), random.choose(&DEVICE_TYPES).unwrap_or_default(), 0x7A]);
    bytes.resize_with(length, || random.byte());
    Frame::parse(&bytes, FrameFormat::WithoutCrc)
}
