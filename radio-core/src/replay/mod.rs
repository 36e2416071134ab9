//! Recordings: text files with one frame a line, in the formats that people have.
//!
//! | line | written by |
//! |---|---|
//! | `T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x1844AE…` | rtl_wmbus; ESPHome with the RSSI in dBm and empty fields |
//! | `1844AE4C…`, `0x18 44 AE…`, `1844_AE4C…` | anything; with or without block CRCs |
//! | `telegram=\|1844AE4C…\|+12` | wmbusmeters' log and simulation files |
//! | `{"time":"…","model":"Wireless-MBus","mode":"T","data":"1844AE…"}` | rtl_433 with `-F json`; its lines of other models are skipped |
//! | `{"t":1.25,"mode":"T1","frame":"A","hex":"…"}` | `wmbus demod` |
//! | `{"at":"…","mode":"T1","rssi_dbm":-71,"hex":"…"}` | Walkby itself, see [`write_line`] |
//!
//! Blank lines and lines that begin with `#` or `//` are comments. A bad line is an error with its place
//! and never ends a [`Replay`].

mod error;
mod hex_line;
mod jsonl;
mod line;
mod offset;
mod reader;
mod rtl_433;
mod rtl_wmbus;
mod telegram_log;

pub use error::{LineError, LineErrorKind, ReplayError, ReplayErrorKind};
pub use jsonl::write_line;
pub use line::{parse_line, parse_line_in};
pub use reader::Replay;
