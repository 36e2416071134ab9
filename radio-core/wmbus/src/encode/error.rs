//! What cannot be encoded.

use core::error::Error;
use core::fmt;

/// Tells why a telegram cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A record cannot be written.
    Record {
        /// Which one, from 0, in the order in which they were added.
        index: usize,
        /// Why.
        error: RecordError,
    },
    /// The telegram is longer than its L field can count.
    TooLong {
        /// Bytes that L would have to count.
        length: usize,
        /// The most that L can count in this frame format, CRCs included where L counts them.
        limit: usize,
    },
    /// More blocks are to be encrypted than the configuration field can count (15).
    TooManyBlocks {
        /// Blocks of 16 bytes.
        blocks: usize,
    },
    /// A message is cut into more fragments than can be numbered (255).
    TooManyFragments {
        /// Fragments.
        fragments: usize,
    },
    /// A security mode needs a transport header that carries a configuration field.
    NoConfigurationField,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record { index, error } => write!(f, "record {index}: {error}"),
            Self::TooLong { length, limit } => {
                write!(f, "the telegram has {length} bytes after L, more than {limit}; use fewer records")
            }
            Self::TooManyBlocks { blocks } => {
                write!(f, "{blocks} blocks to encrypt, more than 15; leave records in clear or use ELL-CTR")
            }
            Self::TooManyFragments { fragments } => {
                write!(f, "{fragments} fragments, more than 255; make them longer")
            }
            Self::NoConfigurationField => {
                f.write_str("a security mode needs a short or long transport header")
            }
        }
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Record { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// Tells why a record cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// The record says nothing about what its value means.
    NoVif,
    /// No VIF has this power of ten for this quantity.
    Exponent {
        /// The power of ten that was asked for.
        exponent: i8,
    },
    /// The value does not fit into its data field, or is the coding of "invalid" there.
    Value,
    /// The text has a character outside ISO 8859-1, or more than 191 of them.
    Text,
    /// The year has no coding in this type.
    Year {
        /// The year.
        year: u16,
    },
    /// Storage number, tariff or subunit are larger than 10 DIFE can carry.
    TooManyDife,
    /// More than 10 VIFE.
    TooManyVife,
    /// The data has another length than its data field.
    Length {
        /// Bytes that the data field has.
        expected: usize,
    },
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVif => f.write_str("no quantity; name one, such as .volume(-3)"),
            Self::Exponent { exponent } => {
                write!(f, "no VIF means 10^{exponent} of this quantity's unit")
            }
            Self::Value => f.write_str("the value does not fit into the data field"),
            Self::Text => f.write_str("a text has at most 191 characters of ISO 8859-1"),
            Self::Year { year } => {
                write!(f, "the year {year} has no coding; use 1981 to 2080 (2099 with a time)")
            }
            Self::TooManyDife => {
                f.write_str("storage below 2^41, tariff below 2^20 and subunit below 2^10 can be coded")
            }
            Self::TooManyVife => f.write_str("at most 10 VIFE can follow a VIF"),
            Self::Length { expected } => write!(f, "the data field has {expected} bytes"),
        }
    }
}

impl Error for RecordError {}
