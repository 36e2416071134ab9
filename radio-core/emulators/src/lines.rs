//! What programs and bridges in the network say: a line for each telegram (receivers.md §6).

use std::fmt::Write as _;
use std::time::Duration;

use wmbus::{FrameFormat, LinkMode};

use crate::family::Family;
use crate::{AirTelegram, Emulator, Heard};

/// Says a line for each telegram and listens to nobody.
#[derive(Debug, Clone, Copy)]
pub struct LineSource {
    format: LineFormat,
}

/// Names how a telegram is written in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineFormat {
    /// `T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x1844AE…`, levels in a scale of their own.
    RtlWmbus,
    /// A JSON object as `rtl_433 -F json` prints it.
    Rtl433,
    /// Small hexadecimal digits and nothing else: ESPHome's format HEX.
    EsphomeHex,
    /// ESPHome's format RTLWMBUS: the level is in dBm, other members are empty.
    EsphomeRtlWmbus,
}

impl LineSource {
    /// Makes a source of lines.
    pub fn new(format: LineFormat) -> Self {
        Self { format }
    }
}

impl LineFormat {
    /// Writes a telegram that was heard at `now` after midnight, with the end of its line.
    pub fn line(self, telegram: &AirTelegram, now: Duration) -> String {
        match self {
            Self::RtlWmbus => rtl_wmbus(telegram, now),
            Self::Rtl433 => rtl_433(telegram, now),
            Self::EsphomeHex => format!("{}\n", hex(&telegram.bytes).to_lowercase()),
            Self::EsphomeRtlWmbus => esphome(telegram, now),
        }
    }
}

impl Emulator for LineSource {
    fn receive(&mut self, _: &[u8], _: Duration) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, telegram: &AirTelegram, now: Duration) -> Option<Heard> {
        Some(Heard::whole(self.format.line(telegram, now).into_bytes()))
    }
}

fn rtl_wmbus(telegram: &AirTelegram, now: Duration) -> String {
    let mode = mode_name(telegram.link_mode);
    let level = telegram.rssi_dbm.saturating_add(170);
    let (time, hex) = (time_of_day(now), hex(&telegram.bytes));
    let identification = identification(&telegram.bytes);
    format!("{mode};1;1;2019-04-03 {time}.{:03};{level};148;{identification};0x{hex}\n", now.subsec_millis())
}

fn esphome(telegram: &AirTelegram, now: Duration) -> String {
    let mode = mode_name(telegram.link_mode);
    let (time, hex) = (time_of_day(now), hex(&telegram.bytes).to_lowercase());
    format!("{mode};1;1;2019-04-03 {time}.00Z;{};;;0x{hex}\n", telegram.rssi_dbm)
}

/// L in the data is what lay on the air; in frame format B it counts CRCs that are not in the data.
fn rtl_433(telegram: &AirTelegram, now: Duration) -> String {
    let mut data = telegram.bytes.clone();
    let counted_crcs = match (telegram.frame_format, data.len()) {
        (FrameFormat::B, ..=126) => 2,
        (FrameFormat::B, _) => 4,
        _ => 0,
    };
    if let Some(length) = data.first_mut() {
        *length = length.wrapping_add(counted_crcs);
    }
    let at = |index: usize| telegram.bytes.get(index).copied().unwrap_or_default();
    let (version, device_type, c, ci) = (at(8), at(9), at(1), at(10));
    let mode = mode_name(telegram.link_mode).chars().next().unwrap_or('T');
    let (time, identification, hex) = (time_of_day(now), identification(&telegram.bytes), hex(&data));
    let manufacturer = manufacturer(u16::from_le_bytes([at(2), at(3)]));
    format!(
        "{{\"time\" : \"2019-04-03 {time}\", \"model\" : \"Wireless-MBus\", \"mode\" : \"{mode}\", \
         \"M\" : \"{manufacturer}\", \"id\" : \"{identification}\", \"version\" : {version}, \
         \"type\" : {device_type}, \"type_string\" : \"Water\", \"C\" : \"0x{c:02x}\", \
         \"data_length\" : {}, \"data\" : \"{hex}\", \"CI\" : \"0x{ci:02x}\", \"mic\" : \"CRC\"}}\n",
        data.len(),
    )
}

/// Returns the name that the programs write, which know no second variants.
fn mode_name(mode: LinkMode) -> &'static str {
    match Family::from(mode) {
        Family::S => "S1",
        Family::C => "C1",
        _ => "T1",
    }
}

fn identification(bytes: &[u8]) -> String {
    let reversed: Vec<u8> = bytes.get(4..8).unwrap_or_default().iter().rev().copied().collect();
    hex(&reversed)
}

/// Returns the three letters of a manufacturer.
fn manufacturer(code: u16) -> String {
    [code >> 10, code >> 5, code]
        .iter()
        .filter_map(|letter| u8::try_from(letter & 0x1F).ok())
        .map(|letter| char::from(letter + 64))
        .collect()
}

fn time_of_day(now: Duration) -> String {
    let seconds = now.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A String takes everything.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telegram(format: FrameFormat) -> AirTelegram {
        let bytes = vec![0x0B, 0x44, 0xAE, 0x4C, 0x44, 0x55, 0x22, 0x33, 0x68, 0x07, 0x7A, 0x55];
        AirTelegram { rssi_dbm: -73, ..AirTelegram::new(LinkMode::T1, format, bytes) }
    }

    fn line(format: LineFormat) -> String {
        format.line(&telegram(FrameFormat::A), Duration::from_millis(68_442_000))
    }

    #[test]
    fn the_lines_are_the_documented_ones() {
        assert_eq!(
            line(LineFormat::RtlWmbus),
            "T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x0B44AE4C4455223368077A55\n"
        );
        assert_eq!(
            line(LineFormat::EsphomeRtlWmbus),
            "T1;1;1;2019-04-03 19:00:42.00Z;-73;;;0x0b44ae4c4455223368077a55\n"
        );
        assert_eq!(line(LineFormat::EsphomeHex), "0b44ae4c4455223368077a55\n");
    }

    #[test]
    fn rtl_433_s_length_counts_crcs_that_are_not_there() {
        let line = LineFormat::Rtl433.line(&telegram(FrameFormat::B), Duration::ZERO);
        assert!(line.contains("\"data\" : \"0D44AE4C4455223368077A55\""), "{line}");
        assert!(
            line.contains("\"M\" : \"SEN\", \"id\" : \"33225544\", \"version\" : 104, \"type\" : 7"),
            "{line}"
        );
    }
}
