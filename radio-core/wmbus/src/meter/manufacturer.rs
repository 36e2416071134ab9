//! The M field.

use core::{fmt, str::FromStr};

/// A manufacturer: three letters of five bits each (EN 13757-3, FLAG association).
///
/// Bit 15 marks an address that is only unique where the meter is installed; it shows as a `*` behind
/// the letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Manufacturer(u16);

impl Manufacturer {
    const LOCALLY_UNIQUE: u16 = 0x8000;

    /// Takes the M field's value.
    pub const fn from_value(value: u16) -> Self {
        Self(value)
    }

    /// Takes the two bytes as transmitted.
    pub const fn from_wire(bytes: [u8; 2]) -> Self {
        Self(u16::from_le_bytes(bytes))
    }

    /// Makes the field of three capital letters.
    pub(crate) const fn of([a, b, c]: [u8; 3]) -> Self {
        Self(((a - b'@') as u16) << 10 | ((b - b'@') as u16) << 5 | (c - b'@') as u16)
    }

    /// Returns the two bytes as transmitted.
    pub const fn to_wire(self) -> [u8; 2] {
        self.0.to_le_bytes()
    }

    /// Returns the M field's value.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// Tells whether addresses of this manufacturer field are unique in the whole world.
    pub const fn is_globally_unique(self) -> bool {
        self.0 & Self::LOCALLY_UNIQUE == 0
    }

    /// Tells whether another field has the same letters, wherever its addresses are unique.
    pub(crate) const fn has_letters_of(self, other: Self) -> bool {
        (self.0 ^ other.0) & !Self::LOCALLY_UNIQUE == 0
    }

    /// Returns the three letters; a value that is no letter gives one of `@[\]^_`.
    pub fn letters(self) -> [char; 3] {
        [10, 5, 0].map(|shift| char::from(u8::try_from(self.0 >> shift & 0x1F).unwrap_or_default() + b'@'))
    }
}

impl fmt::Display for Manufacturer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.letters();
        write!(f, "{a}{b}{c}{}", if self.is_globally_unique() { "" } else { "*" })
    }
}

impl fmt::Debug for Manufacturer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Manufacturer({self})")
    }
}

/// The text is not three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a manufacturer of three capital letters")]
pub struct ParseManufacturerError;

impl FromStr for Manufacturer {
    type Err = ParseManufacturerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (letters, local) = match text.strip_suffix('*') {
            Some(letters) => (letters, Self::LOCALLY_UNIQUE),
            None => (text, 0),
        };
        let letters: &[u8; 3] = letters.as_bytes().try_into().map_err(|_| ParseManufacturerError)?;
        let mut value = 0;
        for letter in letters {
            if !(b'@'..=b'_').contains(letter) {
                return Err(ParseManufacturerError);
            }
            value = value << 5 | u16::from(letter - b'@');
        }
        Ok(Self(value | local))
    }
}
