//! What meters say beyond the standard: names for their values, and alarms in the same words for every
//! maker.
//!
//! A [`Profile`] says what the records of a meter, or of a family of meters, are called, and what the bits
//! of its flags stand for. Profiles are data: TOML files, one for each meter or family, in `profiles/`
//! beside the sources; more can be added at run time ([`Profiles::add`]). A meter that no profile knows
//! gets names by rule, so that no value is lost. `docs/profiles.md` describes names, alarms and files.

#![cfg_attr(
    not(feature = "profiles"),
    allow(dead_code, reason = "without TOML nothing makes a profile; names by rule remain")
)]

mod alarm;
#[cfg(feature = "profiles")]
mod builtin;
#[cfg(feature = "profiles")]
mod error;
mod flags;
pub(crate) mod layouts;
mod names;
mod profile;
mod reading;
mod registry;
#[cfg(feature = "profiles")]
mod schema;
mod selector;
mod template;
mod wmbusmeters;
mod wmbusmeters_keys;

pub use alarm::{Alarm, AlarmCode, AlarmState};
#[cfg(feature = "profiles")]
pub use error::ProfileError;
pub use profile::Profile;
pub use reading::{Field, Reading};
pub use registry::Profiles;
pub use wmbusmeters::FlatValue;
