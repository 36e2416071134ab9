//! One profile: which meters it is about, and what their records are called.

use super::flags::FlagRule;
use super::selector::Selector;
use super::template::{Expression, Template};
use crate::apl::Unit;
use crate::meter::{Manufacturer, MeterAddress};
use alloc::string::String;
use alloc::vec::Vec;

/// What is known about a meter or a family of meters.
#[derive(Debug, Clone)]
pub struct Profile {
    pub(super) name: String,
    pub(super) title: String,
    /// What wmbusmeters calls the meter.
    pub(super) driver: Option<String>,
    /// What wmbusmeters calls the medium, where the device type says something else.
    pub(super) media: Option<String>,
    pub(super) meters: Vec<MeterMatch>,
    pub(super) fields: Vec<FieldRule>,
    pub(super) flags: Vec<FlagRule>,
}

/// Meters that a profile is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MeterMatch {
    pub(super) manufacturer: Manufacturer,
    /// Empty for every version.
    pub(super) versions: Vec<u8>,
    /// Empty for every device type.
    pub(super) device_types: Vec<u8>,
}

/// An entry of a profile about a value.
#[derive(Debug, Clone)]
pub(super) struct FieldRule {
    pub(super) selector: Selector,
    /// The name; by rule where there is none.
    pub(super) name: Option<Template>,
    pub(super) index: Option<Expression>,
    /// The keys of wmbusmeters, which has had more than one for some values.
    pub(super) keys: Vec<Template>,
    /// Unit and power of ten of a number to which the standard gives neither.
    pub(super) scale: Option<Scale>,
    /// Whether wmbusmeters has the value as a text.
    pub(super) is_text: bool,
    /// Whether wmbusmeters writes a time with its seconds.
    pub(super) with_seconds: bool,
}

/// What a manufacturer's own number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) unit: Unit,
    pub(super) exponent: i8,
}

impl Profile {
    /// Returns the profile's name: that of its file, without the ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the profile is about, for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns what wmbusmeters calls such meters.
    pub fn driver(&self) -> Option<&str> {
        self.driver.as_deref()
    }

    /// Tells whether the profile is about a meter.
    pub fn is_about(&self, meter: &MeterAddress) -> bool {
        self.meters.iter().any(|meters| meters.contain(meter))
    }
}

impl MeterMatch {
    fn contain(&self, meter: &MeterAddress) -> bool {
        self.manufacturer.has_letters_of(meter.manufacturer)
            && (self.versions.is_empty() || self.versions.contains(&meter.version))
            && (self.device_types.is_empty() || self.device_types.contains(&meter.device_type))
    }
}
