//! From what the engine knows to what the window shows. Pure functions.

mod detail;
mod row;
mod sending_window;
mod telegram;

pub(super) use detail::{Heard, detail};
pub(super) use row::{Clock, row, summary};
pub(super) use telegram::explanation;
