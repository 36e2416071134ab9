//! What became of one row of a CSV.

use serde::Serialize;

/// Whether a row was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Taken as it stands.
    Accepted,
    /// Taken; the findings say what was changed or left out.
    AcceptedWithWarnings,
    /// Not taken; the findings say why.
    Refused,
}

/// One thing that is odd about a row. Never repeats a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable code, such as `bad_radio_id`.
    pub code: &'static str,
    /// The column, as the file names it.
    pub column: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    /// Returns a finding about a column.
    pub fn new(code: &'static str, column: &str, message: impl Into<String>) -> Self {
        Self { code, column: column.to_owned(), message: message.into() }
    }
}

/// The verdict on one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowVerdict {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// Whether it was taken.
    pub verdict: Verdict,
    /// What is odd about it.
    pub findings: Vec<Finding>,
}

impl RowVerdict {
    /// Returns the verdict on a row that was taken, with what was odd about it.
    pub fn accepted(line: u64, findings: Vec<Finding>) -> Self {
        let verdict = if findings.is_empty() { Verdict::Accepted } else { Verdict::AcceptedWithWarnings };
        Self { line, verdict, findings }
    }

    /// Returns the verdict on a row that was not taken.
    pub fn refused(line: u64, findings: Vec<Finding>) -> Self {
        Self { line, verdict: Verdict::Refused, findings }
    }

    /// Adds what is odd about a row that is taken all the same.
    pub(crate) fn warn(&mut self, finding: Finding) {
        if self.verdict == Verdict::Accepted {
            self.verdict = Verdict::AcceptedWithWarnings;
        }
        self.findings.push(finding);
    }

    /// Says whether the row was taken.
    pub fn is_accepted(&self) -> bool {
        self.verdict != Verdict::Refused
    }
}
