//! A meter of the demonstration: its line of the tour, and what it sends.

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Decimal, Frame, FrameFormat, MeterAddress};

use super::expected::{ExpectedMeter, ExpectedState};
use super::layout::{DueDateValue, Layout, Snapshot};
use crate::LinkMode;

/// How a meter protects its telegrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    Plain,
    Mode5,
    Mode7,
    EllCtr,
}

/// Where the meter's key is before the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyPlace {
    /// The meter needs none.
    NotNeeded,
    /// In the tour's own column.
    Tour,
    /// In the office's key file.
    File,
    /// The tour's column holds another meter's key; the right one arrives later.
    Wrong,
    /// It arrives after the walk.
    Late,
}

/// What happens to the meter on the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Heard this many times.
    Heard(u8),
    /// Heard, but it sends compact frames, and nobody ever heard their format.
    CompactOnly(u8),
    /// Its value is lower than the last reading.
    Implausible(u8),
    Silent,
}

/// One line of the tour and the meter behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meter {
    pub(super) house: &'static str,
    pub(super) floor: &'static str,
    pub(super) flat: &'static str,
    pub(super) place: &'static str,
    pub(super) meter_number: &'static str,
    /// Manufacturer, identification number, version and device type that the radio sends.
    pub(super) address: &'static str,
    /// The radio converter in front of the meter, where the meter has no radio of its own.
    pub(super) converter: Option<&'static str>,
    pub(super) medium: &'static str,
    pub(super) layout: Layout,
    pub(super) security: Security,
    pub(super) link_mode: LinkMode,
    pub(super) frame_format: FrameFormat,
    pub(super) key: KeyPlace,
    pub(super) fate: Fate,
    pub(super) previous: i64,
    pub(super) due: i64,
    pub(super) current: i64,
    pub(super) note: &'static str,
}

impl Meter {
    /// Returns the address that the radio sends.
    pub(super) fn address(&self) -> Option<MeterAddress> {
        self.address.parse().ok()
    }

    /// Returns the identification number as the tour writes it.
    pub(super) fn radio_id(&self) -> &'static str {
        self.address.get(4..12).unwrap_or_default()
    }

    /// Returns the manufacturer's three letters.
    pub(super) fn manufacturer(&self) -> &'static str {
        self.address.get(..3).unwrap_or_default()
    }

    /// Returns version and device type as the tour writes them, in hexadecimal.
    pub(super) fn version_and_type(&self) -> [String; 2] {
        self.address().map_or_else(Default::default, |address| {
            [address.version, address.device_type].map(|byte| format!("0x{byte:02X}"))
        })
    }

    /// Returns a value as a decimal in the unit that is billed.
    pub(super) fn decimal(&self, steps: i64) -> Decimal {
        Decimal::new(i128::from(steps), self.layout.exponent())
    }

    /// Returns how often the meter is heard.
    pub(super) fn sends(&self) -> u8 {
        match self.fate {
            Fate::Heard(times) | Fate::CompactOnly(times) | Fate::Implausible(times) => times,
            Fate::Silent => 0,
        }
    }

    /// Returns the key's digits, made up from the meter's number.
    fn key_digits(&self) -> String {
        key_digits(self.radio_id())
    }

    /// Returns the key in the tour's column.
    pub(super) fn key_in_tour(&self) -> Option<String> {
        match self.key {
            KeyPlace::Tour => Some(self.key_digits()),
            KeyPlace::Wrong => Some(key_digits("00000000")),
            _ => None,
        }
    }

    /// Returns number and key, if the office's key file has it.
    pub(super) fn key_in_file(&self) -> Option<(&'static str, String)> {
        (self.key == KeyPlace::File).then(|| (self.radio_id(), self.key_digits()))
    }

    /// Returns number and key, if it arrives after the walk.
    pub(super) fn late_key(&self) -> Option<(&'static str, String)> {
        matches!(self.key, KeyPlace::Late | KeyPlace::Wrong).then(|| (self.radio_id(), self.key_digits()))
    }

    /// Returns the frame that the meter sends for the `number`th time, in this minute.
    pub(super) fn frame(&self, number: u8, minute: u8) -> Option<Frame> {
        let meter = self.address()?;
        let key: AesKey = self.key_digits().parse().ok()?;
        let snapshot = Snapshot { current: self.current, due: self.due, minute };
        let access_number = self.radio_id().bytes().fold(number, u8::wrapping_add);
        let builder = match self.converter {
            Some(converter) => TelegramBuilder::new(converter.parse().ok()?).long_header(meter),
            None => TelegramBuilder::new(meter),
        };
        let builder = builder.access_number(access_number).records(self.layout.records(&snapshot));
        let builder = match self.fate {
            // A record that no meter of this maker is known to send: the format stays unknown.
            Fate::CompactOnly(_) => {
                builder.record(Record::int16(215).pressure(-2).storage(2)).compact_frame()
            }
            _ => builder,
        };
        let builder = match self.security {
            Security::Plain => builder,
            Security::Mode5 => builder.mode5(key),
            Security::Mode7 => {
                builder.extended_link(0x20, access_number).mode7(key, 2_700 + u32::from(access_number))
            }
            Security::EllCtr => {
                let session_number = (28_081_000 + u32::from(minute)) << 4 | u32::from(number & 0x0F);
                builder.no_header().ell_ctr(key, access_number, session_number)
            }
        };
        builder.build().ok()
    }

    /// Returns what the tour's line must end in.
    pub(super) fn expected(&self, frames: (usize, usize)) -> ExpectedMeter {
        let state = match (self.fate, self.key) {
            (Fate::Silent, _) => ExpectedState::Open,
            (_, KeyPlace::Late) => ExpectedState::HeardNoKey,
            (_, KeyPlace::Wrong) => ExpectedState::HeardWrongKey,
            (Fate::CompactOnly(_), _) => ExpectedState::HeardUndecodable,
            (Fate::Implausible(_), _) => ExpectedState::Implausible,
            (Fate::Heard(_), _) => ExpectedState::Read,
        };
        let is_read = matches!(state, ExpectedState::Read | ExpectedState::Implausible);
        let due = is_read && self.layout.due() != DueDateValue::None;
        let due_date = is_read && self.layout.due() == DueDateValue::WithDate;
        ExpectedMeter {
            radio_id: self.radio_id().to_owned(),
            state,
            current: is_read.then(|| (self.decimal(self.current).to_string(), self.layout.unit().to_owned())),
            due: due.then(|| self.decimal(self.due).to_string()),
            due_date: due_date.then(|| super::DUE_DATE.to_owned()),
            frames: frames.0,
            telegrams: frames.1,
        }
    }
}

/// Makes up a key: different for every number, and of no use to anyone.
fn key_digits(number: &str) -> String {
    let digits = number.repeat(4);
    digits
        .bytes()
        .enumerate()
        .map(|(index, digit)| format!("{:X}", (usize::from(digit) * 7 + index * 5 + index / 16 * 3) % 16))
        .collect()
}
