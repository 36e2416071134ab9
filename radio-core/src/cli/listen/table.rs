//! Who is in the air.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use wmbus::{Content, Keys, LinkMode, MeterAddress, Telegram};

use super::status::Status;
use crate::ReceivedFrame;
use crate::cli::memory::Memory;

/// More meters than any street has; beyond them the one that was not heard for longest is forgotten.
const MOST_METERS: usize = 10_000;

/// A terminal that does not tell its size.
const USUAL_SIZE: Size = Size { columns: 100, rows: 40 };

/// How many characters and lines a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// Returns the size of the terminal.
pub(super) fn size() -> Size {
    terminal_size::terminal_size()
        .map_or(USUAL_SIZE, |(columns, rows)| Size { columns: columns.0.into(), rows: rows.0.into() })
}

/// Counts meters.
#[derive(Debug, Default)]
pub(super) struct Table {
    meters: HashMap<MeterAddress, Row>,
    /// When the last frame came.
    latest: Duration,
}

#[derive(Debug)]
struct Row {
    count: u64,
    mode: Option<LinkMode>,
    level: Option<Level>,
    /// When it was heard last, as the frame's offset tells.
    at: Duration,
    content: String,
}

#[derive(Debug, Clone, Copy)]
enum Level {
    Dbm(i16),
    Dbfs(i16),
}

impl Table {
    /// Takes a frame; a second reception of the same transmission only makes its level better.
    pub(super) fn take(
        &mut self,
        frame: &ReceivedFrame,
        is_first: bool,
        memory: &mut Memory,
        keys: &dyn Keys,
    ) {
        let at = frame.offset.unwrap_or_default();
        self.latest = self.latest.max(at);
        let level = frame.rssi_dbm.map(Level::Dbm).or(frame.quality.level_dbfs.map(Level::Dbfs));
        if !is_first {
            let address = wmbus::Addresses::read(&frame.frame).map(|addresses| addresses.meter);
            if let Some(row) = address.ok().and_then(|address| self.meters.get_mut(&address)) {
                row.level = better(row.level, level);
            }
            return;
        }
        let Ok(telegram) = memory.decode(&frame.frame, keys) else { return };
        let address = telegram.meter();
        if self.meters.len() >= MOST_METERS && !self.meters.contains_key(&address) {
            self.forget_one();
        }
        let row = self.meters.entry(address).or_insert_with(|| Row {
            count: 0,
            mode: None,
            level: None,
            at,
            content: String::new(),
        });
        row.count += 1;
        row.at = at;
        row.mode = frame.link_mode.or(row.mode);
        row.level = level;
        row.content = content(&telegram);
    }

    fn forget_one(&mut self) {
        let oldest = self.meters.iter().min_by_key(|(_, row)| row.at).map(|(address, _)| *address);
        if let Some(address) = oldest {
            self.meters.remove(&address);
        }
    }

    /// Writes a page that replaces the last one: receivers, then meters, those heard last first. `silence` is how long
    /// nothing was heard.
    pub(super) fn page<'a>(
        &self,
        receivers: impl Iterator<Item = &'a Status>,
        telegrams: u64,
        silence: Duration,
        size: Size,
    ) -> String {
        let mut lines: Vec<String> = receivers.map(Status::line).collect();
        lines.push(format!("{} meters, {telegrams} telegrams", self.meters.len()));
        lines.push(String::new());
        lines.push(format!(
            "{:<12} {:<3} {:<3} {:<26} {:>6} {:<4} {:>9} {:>7}  {}",
            "ID", "BY", "VER", "TYPE", "COUNT", "MODE", "LEVEL", "LAST", "CONTENT"
        ));
        let mut rows: Vec<_> = self.meters.iter().collect();
        rows.sort_by_key(|(address, row)| (std::cmp::Reverse(row.at), address.identification_number));
        lines.extend(rows.into_iter().map(|(address, row)| self.line(address, row, silence)));

        let mut page = "\x1b[H".to_owned();
        for line in lines.iter().take(size.rows.saturating_sub(1)) {
            let line: String = line.chars().take(size.columns).collect();
            let _ = write!(page, "{line}\x1b[K\r\n");
        }
        page + "\x1b[J"
    }

    fn line(&self, address: &MeterAddress, row: &Row, silence: Duration) -> String {
        let level = match row.level {
            Some(Level::Dbm(level)) => format!("{level} dBm"),
            Some(Level::Dbfs(level)) => format!("{level} dBFS"),
            None => String::new(),
        };
        let ago = self.latest.saturating_sub(row.at).saturating_add(silence).as_secs();
        format!(
            "{:<12} {:<3} {:02X}  {:<26} {:>6} {:<4} {:>9} {:>5} s  {}",
            address.identification_number.to_string(),
            address.manufacturer.to_string(),
            address.version,
            address.device_type_name(),
            row.count,
            row.mode.map_or("", LinkMode::as_str),
            level,
            ago,
            row.content
        )
    }
}

fn better(one: Option<Level>, other: Option<Level>) -> Option<Level> {
    match (one, other) {
        (Some(Level::Dbm(one)), Some(Level::Dbm(other))) => Some(Level::Dbm(one.max(other))),
        (Some(Level::Dbfs(one)), Some(Level::Dbfs(other))) => Some(Level::Dbfs(one.max(other))),
        // A level in dBm means the same at every receiver.
        (_, Some(level @ Level::Dbm(_))) | (Some(level), _) | (None, Some(level)) => Some(level),
        (None, None) => None,
    }
}

/// Returns whether a telegram is open, in a word or two.
fn content(telegram: &Telegram) -> String {
    match telegram.content() {
        Content::Sealed(reason) => format!("sealed: {}", reason.as_str().replace('_', " ")),
        Content::Records(_) => "open".to_owned(),
        content => content.kind().replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use wmbus::{FormatStore, Frame, FrameFormat, KeyRing};

    use super::*;

    /// EN 13757-4, annex example of T1.
    const T1: &str = "0F44AE0C785634120107780B13436587";

    fn heard(hex: &str, at: u64, rssi_dbm: i16) -> ReceivedFrame {
        let frame = Frame::parse(&crate::hex::parse(hex).unwrap(), FrameFormat::WithoutCrc).unwrap();
        ReceivedFrame {
            link_mode: Some(LinkMode::T1),
            rssi_dbm: Some(rssi_dbm),
            offset: Some(Duration::from_secs(at)),
            ..ReceivedFrame::new(frame, FrameFormat::WithoutCrc)
        }
    }

    #[test]
    fn the_table_tells_who_was_heard_how_often_how_loud_and_how_long_ago() {
        let (mut table, mut memory) = (Table::default(), Memory::new(FormatStore::new()));
        let other = T1.replacen("78563412", "21436587", 1);
        for (hex, at, rssi, is_first) in
            [(T1, 1, -80, true), (T1, 1, -60, false), (other.as_str(), 5, -90, true), (T1, 9, -71, true)]
        {
            table.take(&heard(hex, at, rssi), is_first, &mut memory, &KeyRing::default());
        }
        let page = table.page(std::iter::empty(), 3, Duration::from_secs(2), Size { columns: 120, rows: 24 });
        let lines: Vec<_> = page.split("\x1b[K\r\n").collect();
        assert_eq!(lines[0], "\x1b[H2 meters, 3 telegrams");
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(lines[3])[..3], ["12345678", "CEN", "01"]);
        assert!(words(lines[3]).ends_with(&["2", "T1", "-71", "dBm", "2", "s", "open"].map(str::to_owned)));
        assert!(words(lines[4]).ends_with(&["1", "T1", "-90", "dBm", "6", "s", "open"].map(str::to_owned)));
    }

    #[test]
    fn a_page_is_never_larger_than_the_terminal() {
        let (mut table, mut memory) = (Table::default(), Memory::new(FormatStore::new()));
        for number in 10..60 {
            let hex = T1.replacen("78563412", &format!("785634{number}"), 1);
            table.take(&heard(&hex, 1, -80), true, &mut memory, &KeyRing::default());
        }
        let page = table.page(std::iter::empty(), 50, Duration::ZERO, Size { columns: 20, rows: 10 });
        let lines: Vec<_> = page.trim_start_matches("\x1b[H").split("\x1b[K\r\n").collect();
        assert_eq!(lines.len(), 10);
        assert!(lines.iter().all(|line| line.trim_end_matches("\x1b[J").chars().count() <= 20));
    }
}
