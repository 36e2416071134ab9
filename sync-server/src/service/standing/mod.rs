//! How each line of a tour stands: state, value, alarms. A function of the facts, the keys and what the
//! tour says of the meter, kept because the office asks for it all the time.
//!
//! ```text
//! facts come → lines are stale → derived again, in the transaction that derives readings → told
//! ```
//!
//! The order of precedence of the states is the handheld's, and so are the rules that judge a value
//! ([`metering`]).

mod assess;
mod detail;
mod facts;
mod history;
mod list;
mod model;
mod query;
mod readings;
mod refresh;
mod row;
mod summary;
mod touched;

pub use model::{
    AlarmDetail, HistoryPoint, HistorySeries, HouseProgress, LineDetail, LineEvent, LinePage, LineReading,
    LineRow, LineTelegram, MeterHistory, Progress, TourHandheld, TourOverview,
};
pub use query::{LineQuery, LineSort, StateFilter};

pub(super) use model::Standing;
pub(super) use row::standings_by_line;
pub(super) use summary::Summaries;
pub(super) use touched::{Touched, note_contact};
