//! The application layer: data records (EN 13757-3).
//!
//! A record is a DIB (type, function, storage, tariff, subunit), a VIB (quantity, unit, qualifiers) and
//! data. Records lie one behind the other; the first that is damaged hides the rest, which is kept raw.
//!
//! Beside what is sent stands what it holds: the values of a compact profile, the dates of a load profile,
//! and the meaning of manufacturers' codes that are known. A compact frame leaves DIB and VIB out; a
//! [`FormatStore`] has them.

pub mod compact;
mod data;
mod dib;
mod expand;
mod few;
mod format_store;
mod format_text;
mod known_formats;
mod load_profile;
mod meaning;
mod profile;
mod qualifier;
mod quantity;
mod raw_bytes;
mod record;
mod records;
mod unit;
mod vendor;
mod vib;
mod vif;
mod vif_fb;
mod vif_fd;
mod vife;

pub use dib::{DataField, Dib, Function};
pub use few::Few;
pub use format_store::FormatStore;
pub use format_text::{FormatTextError, FormatTextFault};
pub use profile::{CompactProfile, Increment, ProfileOrder, Spacing};
pub use qualifier::{
    Accumulation, Edge, Limit, LimitEvent, Occurrence, Per, Phase, Pulses, Qualifier, RecordError, Times,
};
pub use quantity::Quantity;
pub use raw_bytes::RawBytes;
pub use record::{DataRecord, RecordWarning, Source};
pub use records::parse_records;
pub(crate) use records::{
    explain_compact, explain_noted_records, explain_records, is_plausible, read_records,
};
pub use unit::Unit;
