//! Key files: what meter manufacturers and offices hand over, read tolerantly.
//!
//! Kamstrup's KEM and KEM2 files are opened with their password, see [`KeyFile::read`].
//!
//! A row of a CSV holds the meter's identification number (or its whole address, `KAM-76349987-1B-16`) and its AES
//! key. UTF-8 with or without byte order mark, LF or CRLF, `;` `,` or tab, quotes, either case, spaces in
//! keys. A header is optional; with one, columns are found by name and the others are ignored. A bad row
//! never costs the good ones. No verdict ever repeats a key.
//!
//! ```
//! use radio_core::keys::{KeyFile, Verdict};
//!
//! let file = KeyFile::parse("id;key\n76349987;00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n76349988;0001\n");
//! assert_eq!(file.rows[0].verdict, Verdict::Accepted);
//! assert_eq!(file.rows[1].verdict, Verdict::KeyLength { digits: 4 });
//! ```

mod columns;
mod file;
mod verdict;

pub use file::KeyFile;
pub use kem_files::KemFileError as KeyFileError;
pub use verdict::{KeyRow, Place, Verdict};
