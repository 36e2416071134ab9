//! What a CSV would do, before it does it. Nothing is stored.

use serde::Serialize;

use crate::import::{Column, RowVerdict, TableError, Verdict};

/// Rows that are shown; those with a finding come first.
const ROWS: usize = 1_000;

/// The verdict on a file that was not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview<What> {
    /// Why the file as a whole cannot be read; then there are no rows.
    pub refused_file: Option<FileRefusal>,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its rows: refused ones, then those with warnings, then the rest, each by line.
    pub rows: Vec<PreviewRow<What>>,
    /// Rows that are not shown, because there are too many.
    pub rows_left_off: usize,
    /// How many rows have which verdict, with those that are not shown.
    pub counts: VerdictCounts,
}

/// Why a file as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRefusal {
    /// A stable code, such as `csv_encoding`.
    pub code: &'static str,
    /// The line that is meant, from 1, where one is.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub message: String,
}

/// One row: the verdict on it and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewRow<What> {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: RowVerdict,
    /// What it says; none when it is refused.
    pub what: Option<What>,
}

/// How many rows have which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VerdictCounts {
    /// Taken as they stand.
    pub accepted: usize,
    /// Taken with warnings.
    pub accepted_with_warnings: usize,
    /// Not taken.
    pub refused: usize,
}

impl<What> Preview<What> {
    /// A file that cannot be read.
    pub(super) fn refused(error: &TableError) -> Self {
        Self::without_rows(error.code(), error.line(), error.to_string())
    }

    /// The rows of a file.
    pub(super) fn of(columns: Vec<Column>, mut rows: Vec<PreviewRow<What>>) -> Self {
        if rows.is_empty() {
            let message = "there is no row below the header".to_owned();
            return Self { columns, ..Self::without_rows(TableError::Empty.code(), None, message) };
        }
        let mut counts = VerdictCounts::default();
        for row in &rows {
            *match row.verdict.verdict {
                Verdict::Accepted => &mut counts.accepted,
                Verdict::AcceptedWithWarnings => &mut counts.accepted_with_warnings,
                Verdict::Refused => &mut counts.refused,
            } += 1;
        }
        rows.sort_by_key(|row| (std::cmp::Reverse(row.verdict.verdict), row.verdict.line));
        let rows_left_off = rows.len().saturating_sub(ROWS);
        rows.truncate(ROWS);
        Self { refused_file: None, columns, rows, rows_left_off, counts }
    }

    /// A file that cannot be read, for this reason.
    pub(super) fn without_rows(code: &'static str, line: Option<u64>, message: String) -> Self {
        Self {
            refused_file: Some(FileRefusal { code, line, message }),
            columns: Vec::new(),
            rows: Vec::new(),
            rows_left_off: 0,
            counts: VerdictCounts::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Finding;

    fn row(line: u64, verdict: Verdict) -> PreviewRow<()> {
        let findings = vec![Finding::new("code", "", "words")];
        let verdict = match verdict {
            Verdict::Accepted => RowVerdict::accepted(line, Vec::new()),
            Verdict::AcceptedWithWarnings => RowVerdict::accepted(line, findings),
            Verdict::Refused => RowVerdict::refused(line, findings),
        };
        PreviewRow { verdict, what: None }
    }

    #[test]
    fn refused_rows_come_first_then_warnings_then_the_rest_and_all_are_counted() {
        let rows = vec![
            row(2, Verdict::Accepted),
            row(3, Verdict::AcceptedWithWarnings),
            row(4, Verdict::Refused),
            row(5, Verdict::AcceptedWithWarnings),
            row(6, Verdict::Refused),
        ];
        let preview = Preview::of(Vec::new(), rows);
        let lines: Vec<u64> = preview.rows.iter().map(|row| row.verdict.line).collect();
        assert_eq!(lines, [4, 6, 3, 5, 2]);
        let counts = VerdictCounts { accepted: 1, accepted_with_warnings: 2, refused: 2 };
        assert_eq!((preview.counts, preview.rows_left_off), (counts, 0));
    }

    #[test]
    fn a_long_file_shows_what_is_odd_and_counts_the_rest() {
        let rows = (2..1_503).map(|line| row(line, Verdict::Accepted));
        let preview = Preview::of(Vec::new(), rows.chain([row(1_503, Verdict::Refused)]).collect());
        assert_eq!((preview.rows.len(), preview.rows_left_off), (1_000, 502));
        assert_eq!(preview.rows[0].verdict.line, 1_503);
        assert_eq!(preview.counts.accepted, 1_501);
    }

    #[test]
    fn a_file_with_a_header_only_is_empty() {
        let preview = Preview::<()>::of(Vec::new(), Vec::new());
        assert_eq!(preview.refused_file.unwrap().code, "csv_empty");
    }
}
