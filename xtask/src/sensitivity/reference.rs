//! The measured curves of the peers and of the reference receiver (`phy_curves.md`).

use std::fs;
use std::path::Path;

/// The table of one mode.
pub(super) struct Curves {
    columns: Vec<String>,
    rows: Vec<(f64, Vec<Option<f64>>)>,
}

impl Curves {
    /// Reads the table under a mode's heading; `None` where the file or the table is missing.
    pub(super) fn read(path: &Path, mode: &str) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let heading = format!("## {mode}");
        let table: Vec<Vec<String>> = text
            .lines()
            .skip_while(|line| line.trim() != heading)
            .skip(1)
            .take_while(|line| line.starts_with('|'))
            .map(cells)
            .collect();
        let (head, rows) = table.split_first()?;
        let rows = rows.iter().filter_map(|cells| {
            let (ebn0_db, shares) = cells.split_first()?;
            Some((ebn0_db.parse().ok()?, shares.iter().map(|share| share.parse().ok()).collect()))
        });
        Some(Self { columns: head.iter().skip(1).cloned().collect(), rows: rows.collect() })
    }

    /// Returns a column as points of a curve.
    pub(super) fn curve(&self, column: &str) -> Vec<(f64, f64)> {
        let Some(index) = self.columns.iter().position(|name| name == column) else { return Vec::new() };
        let point = |(ebn0_db, shares): &(f64, Vec<Option<f64>>)| {
            Some((*ebn0_db, shares.get(index).copied().flatten()?))
        };
        self.rows.iter().filter_map(point).collect()
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}
