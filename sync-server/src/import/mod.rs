//! Tolerant reading of the office's files: every row gets a verdict, and a bad one never loses the good
//! ones.
//!
//! CSV in UTF-8 with or without BOM; CRLF or LF; `;`, `,` or tab, found out from the header; quoted fields
//! with line breaks; decimal comma or point; leading zeros and hexadecimal digits of either case in
//! identification numbers; spaces in keys.

mod encoding;
mod field;
mod kem;
mod key_file;
mod keys;
mod quotes;
mod table;
mod tour;
mod verdict;

pub use encoding::Encoding;
pub use key_file::{KeyFileError, KeyUpload, read_keys};
pub use keys::{KeyFile, KeyRow};
pub use table::{Column, Table, TableError};
pub use tour::{TourFile, TourRowContent, read_tour};
pub use verdict::{Finding, RowVerdict, Verdict};
