//! What is improbable in a telegram whose checks fit: one damaged frame in 65,536 passes a block's CRC.

use core::ops::Range;

use super::Warning;
use crate::Function;
use crate::apl::{DataRecord, Unit};
use crate::dll::{LinkHeader, is_control};
use crate::value::{Decimal, Value};

/// More than any meter has shown: months, weeks and profiles of months lie far below.
const MOST_STORAGES: u64 = 4_095;
const MOST_TARIFFS: u32 = 15;
const MOST_SUBUNITS: u32 = 15;
/// The place of the leading digit of what a meter counts or measures, in whatever unit: below 10^9, and only
/// a floating-point number that was never one comes nearer to nothing than 10^-12.
const PLACES: Range<i64> = -12..9;
/// Some heat meters fill a temperature that they lack with nines.
const PLACES_OF_DEGREES: Range<i64> = i64::MIN..4;

/// Returns what the link layer has that no meter sends.
pub(super) fn of_link(link: &LinkHeader) -> impl Iterator<Item = Warning> {
    let control = link.control;
    let is_radio = link.address.is_some();
    let reserved = (is_radio && !is_control(control)).then_some(Warning::ReservedControl { control });
    let nobody = link
        .address
        .filter(|sender| !sender.manufacturer.letters().iter().all(char::is_ascii_uppercase))
        .map(|_| Warning::NoManufacturer);
    reserved.into_iter().chain(nobody)
}

/// Returns the first record that is well-formed but that no meter would send.
///
/// A block that was decrypted with the right key from damaged bytes looks like this: its bytes are records
/// by chance.
pub(super) fn of_records(records: &[DataRecord]) -> Option<Warning> {
    let improbable = records.iter().find(|record| !record.is_derived() && is_improbable(record))?;
    Some(Warning::ImprobableRecord { offset: improbable.offset })
}

fn is_improbable(record: &DataRecord) -> bool {
    if record.storage_number > MOST_STORAGES || record.tariff > MOST_TARIFFS || record.subunit > MOST_SUBUNITS
    {
        return true;
    }
    match &record.value {
        Value::Number(number) => is_improbable_number(*number, &record.unit),
        // Meters write zeroes or ones where they have nothing, and show letters during an error.
        Value::Invalid(bytes) => {
            let is_blank = [0x00, 0xFF].iter().any(|blank| bytes.iter().all(|byte| byte == blank));
            !is_blank && record.function != Function::DuringError
        }
        _ => false,
    }
}

fn is_improbable_number(number: Decimal, unit: &Unit) -> bool {
    let places = match unit {
        Unit::None => return false,
        Unit::Celsius | Unit::Kelvin => PLACES_OF_DEGREES,
        _ => PLACES,
    };
    number.leading_place().is_some_and(|place| !places.contains(&place))
}
