//! Why a profile is refused.

use alloc::string::String;

/// Why a profile is refused.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The text is no TOML, or a member is missing, unknown or of the wrong type.
    #[error("{0}")]
    Syntax(String),
    /// A profile or field has a name that is not lower snake case.
    #[error("{0:?} is no name; write lower snake case, such as total_volume")]
    Name(String),
    /// A profile of this name was added before.
    #[error("there is already a profile {0}")]
    Duplicate(String),
    /// There is no entry in `meters`.
    #[error("meters is empty; name at least one manufacturer")]
    NoMeters,
    /// A manufacturer is not three letters.
    #[error("{0:?} is no manufacturer; write its three letters")]
    Manufacturer(String),
    /// An entry does not say which records it is about.
    #[error("an entry has neither quantity nor header; say which records it is about")]
    NoSelector,
    /// There is no such quantity.
    #[error("{0:?} is no quantity; see docs/profiles.md")]
    Quantity(String),
    /// There is no such function.
    #[error("{0:?} is no function; write instantaneous, maximum, minimum or during_error")]
    Function(String),
    /// There is no such unit.
    #[error("{0:?} is no unit; write it as `wmbus decode` prints it")]
    Unit(String),
    /// A header is not DIB and VIB in hexadecimal.
    #[error("{0:?} is no record header; write DIB and VIB in hexadecimal, such as 02FF20")]
    Header(String),
    /// A range of storages, tariffs or subunits is wrong.
    #[error("{0:?} is no range; write a number, \"2..17\", \"2..\" or \"any\"")]
    Range(String),
    /// Braces or the expression in them are wrong.
    #[error("{0:?} is no template; write expressions such as {{storage-1}}, {{tariff}} or {{subunit}}")]
    Template(String),
    /// There is no such alarm, or it is given as present and as past at once.
    #[error("{0:?} is no alarm code, or stands beside a second one; see docs/profiles.md")]
    Alarm(String),
    /// A source of flags other than the status byte is named.
    #[error("the source of flags is \"status\" or a record; leave source out for a record")]
    FlagSource,
    /// More than one of bits, values and sums is given.
    #[error("flags have bits, values or sums, only one of them")]
    FlagCodings,
    /// An entry of `bits` names no bit.
    #[error("an entry of bits has value 0; name the bit")]
    NoBit,
}
