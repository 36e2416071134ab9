//! What must hold for any bytes.
//!
//! Each function takes what a fuzzer or a property test makes up and panics where a promise of the decoder is
//! broken. The fuzz targets of `radio-core/fuzz` and the tests of `wmbus` and `radio-core` call the same
//! functions, so that what one finds the other keeps.

#![allow(clippy::panic, clippy::indexing_slicing)]

mod capture_file;
mod driver;
mod frame;
mod key_file;
mod profile_file;
mod replay_line;
mod samples;
mod stream;
mod tiling;
mod wired;

pub use capture_file::capture_file;
pub use driver::{driver, driver_noise};
pub use frame::{KEY, frame, telegram};
pub use key_file::key_file;
pub use profile_file::profile_file;
pub use replay_line::replay_line;
pub use samples::samples;
pub use stream::stream;
pub use tiling::{assert_explanation_tiles, assert_parts_tile};
pub use wired::wired;
