//! Tolerant reading of the office's CSV files: every row gets a verdict, and a bad one never loses
//! the good ones.

mod verdict;

pub use verdict::{Finding, RowVerdict, Verdict};
