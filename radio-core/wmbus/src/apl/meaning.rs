//! What a VIF says about the data behind it.

use super::{Quantity, Unit};

/// How many codes a table of VIFs has.
pub(super) const CODES: usize = 0x80;

/// How the data bytes of a record are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Signed (type B); the most negative value means "not available".
    Signed,
    /// Unsigned (type C); all ones mean "not available".
    Unsigned,
    /// The manufacturer's or an unknown coding: the number that the DIF says, every value taken as it is.
    Unspecified,
    /// Flags (type D).
    Bits,
    /// Date, time or both, by length (types F, G, I, J).
    Moment,
    /// Bytes in their natural order that are not interpreted.
    Opaque,
}

/// The meaning of a VIF: value = data × multiplier × 10^exponent unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) quantity: Quantity,
    pub(super) unit: &'static Unit,
    pub(super) multiplier: u16,
    pub(super) exponent: i8,
    pub(super) coding: Coding,
}

impl Meaning {
    /// A number of type B in steps of 10^exponent.
    pub(super) const fn number(quantity: Quantity, unit: &'static Unit, exponent: i8) -> Self {
        Self { quantity, unit, multiplier: 1, exponent, coding: Coding::Signed }
    }

    /// A duration in whole units.
    pub(super) const fn duration(quantity: Quantity, unit: &'static Unit) -> Self {
        Self::number(quantity, unit, 0)
    }

    /// A bare number of type C: identifications, versions, counters.
    pub(super) const fn unsigned(quantity: Quantity) -> Self {
        Self { quantity, unit: &Unit::None, multiplier: 1, exponent: 0, coding: Coding::Unsigned }
    }

    pub(super) const fn bits(quantity: Quantity) -> Self {
        Self { coding: Coding::Bits, ..Self::unsigned(quantity) }
    }

    pub(super) const fn moment(quantity: Quantity) -> Self {
        Self { coding: Coding::Moment, ..Self::unsigned(quantity) }
    }

    pub(super) const fn opaque(quantity: Quantity) -> Self {
        Self { coding: Coding::Opaque, ..Self::unsigned(quantity) }
    }

    /// A number whose meaning the standard does not give.
    pub(super) const fn unspecified(quantity: Quantity) -> Self {
        Self { coding: Coding::Unspecified, ..Self::unsigned(quantity) }
    }

    pub(super) const fn times(self, multiplier: u16) -> Self {
        Self { multiplier, ..self }
    }
}
