//! Sources that only send: lines of text, bare frames, or either of the two.

mod either;
mod frames;
mod hearing;
mod lines;

pub use either::StreamDriver;
pub use frames::FrameDriver;
pub use lines::LineDriver;

use hearing::Hearing;
