//! The list of records.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;

use super::expand::expand_profiles;
use super::load_profile::date_load_profiles;
use super::vendor::apply_vendor_tables;
use super::{
    DataRecord, Dib, Qualifier, Quantity, RecordWarning, Unit,
    data::{Data, date_doubts},
    vib::read_vib,
    vif::primary,
};
use crate::explain::{Explainer, Layer, Words, words};
use crate::meter::MeterAddress;
use crate::profiles::layouts::Note;
use crate::value::Value;
use crate::wire::Reader;

/// A byte between records that says nothing.
pub(super) const FILLER: u8 = 0x2F;
/// The manufacturer's own data until the end.
pub(super) const MANUFACTURER_DATA: u8 = 0x0F;
/// The same, and more records follow in the next telegram.
pub(super) const MANUFACTURER_DATA_MORE_FOLLOW: u8 = 0x1F;

/// A request to the meter to send all it has; one byte.
const GLOBAL_READOUT_REQUEST: u8 = 0x7F;

/// As short as records usually are: room for so many is made at once.
const SHORT_RECORD: usize = 4;

/// Parses the records in `range` of a telegram's bytes.
///
/// Nothing is lost: what cannot be parsed becomes a last record of [`Quantity::Unknown`] with the rest
/// as its raw bytes and a warning that says why.
pub fn parse_records(bytes: &[u8], range: Range<usize>) -> Vec<DataRecord> {
    let bytes = bytes.get(..range.end).unwrap_or(bytes);
    let mut records = Vec::with_capacity(range.len() / SHORT_RECORD);
    let mut at = range.start;
    while let Some(&dif) = bytes.get(at) {
        if dif == FILLER {
            at += 1;
            continue;
        }
        // A record is read where it stays: to move its many small fields would take longer than to read them.
        let record = records.push_mut(DataRecord::BLANK);
        read_record(bytes, at, record);
        at += record.raw.len();
    }
    records
}

/// Reads the records in `range` with all that is known of them: what the manufacturer's codes mean, and
/// the values within compact profiles.
pub(crate) fn read_records(
    meter: Option<&MeterAddress>,
    bytes: &[u8],
    range: Range<usize>,
) -> Vec<DataRecord> {
    let mut records = parse_records(bytes, range);
    if let Some(meter) = meter {
        apply_vendor_tables(meter, &mut records);
    }
    if records.iter().any(|record| record.quantity == Quantity::StorageInterval) {
        records = date_load_profiles(records);
    }
    expand_profiles(records)
}

/// Tells whether bytes can be records at all: whether there is a first one that is whole.
///
/// A key is taken as the right one only if this holds, beside the two fillers: the fillers alone let one
/// of 65,536 wrong keys pass.
pub(crate) fn is_plausible(bytes: &[u8], range: Range<usize>) -> bool {
    let bytes = bytes.get(..range.end).unwrap_or(bytes);
    let content = bytes.get(range.start..).unwrap_or_default();
    let Some(fillers) = content.iter().position(|byte| *byte != FILLER) else { return true };
    match content.get(fillers) {
        Some(&(MANUFACTURER_DATA | MANUFACTURER_DATA_MORE_FOLLOW)) => true,
        _ => {
            let mut record = DataRecord::BLANK;
            read_ordinary_record(bytes, range.start + fillers, &mut record).is_ok()
        }
    }
}

/// Reads what lies at `at`, which is within `bytes`, into a blank record; it has at least one byte.
fn read_record(bytes: &[u8], at: usize, record: &mut DataRecord) {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first() {
        Some(&MANUFACTURER_DATA) => *record = DataRecord::raw(at, rest, 1, Quantity::ManufacturerData),
        Some(&MANUFACTURER_DATA_MORE_FOLLOW) => {
            *record = DataRecord::raw(at, rest, 1, Quantity::ManufacturerData);
            record.qualifiers.push(Qualifier::MoreRecordsFollow);
        }
        Some(&GLOBAL_READOUT_REQUEST) => {
            let first = rest.get(..1).unwrap_or_default();
            *record = DataRecord::raw(at, first, 1, Quantity::GlobalReadoutRequest);
        }
        _ => {
            if let Err(fault) = read_ordinary_record(bytes, at, record) {
                *record = DataRecord::raw(at, rest, 0, Quantity::Unknown);
                record.warnings.push(fault);
            }
        }
    }
}

/// Reads DIB, VIB and data at `at` into a blank record.
fn read_ordinary_record(bytes: &[u8], at: usize, record: &mut DataRecord) -> Result<(), RecordWarning> {
    let mut reader = Reader::at(bytes, at);
    record.offset = at;
    let dib = Dib::parse(&mut reader)?;
    let vif = reader.u8()?;
    let meaning = match primary(vif) {
        Some(meaning) => {
            (record.quantity, record.unit) = (meaning.quantity, meaning.unit.clone());
            meaning
        }
        None => read_vib(vif, &mut reader, record)?,
    };
    record.header_length = reader.position() - at;
    let data = Data::parse(dib.data_field, &mut reader)?;
    record.raw.replace(bytes.get(at..reader.position()).unwrap_or_default());
    (record.storage_number, record.tariff, record.subunit) = (dib.storage_number, dib.tariff, dib.subunit);
    record.function = dib.function;
    if record.qualifiers.iter().any(|qualifier| matches!(qualifier, Qualifier::Error(_))) {
        // An error record has data of no meaning.
        record.value = Value::NotAvailable;
    } else if let Some(number) = data.short_number(&meaning) {
        record.value = Value::Number(number);
    } else {
        record.value = data.value(&meaning);
        record.warnings.extend(date_doubts(data, &record.value));
    }
    Ok(())
}

/// Explains records, the fillers between them, and the derived records within them.
pub(crate) fn explain_records(records: &[DataRecord], out: &mut Explainer<'_>) {
    explain_noted_records(records, &[], out);
}

/// Explains records as [`explain_records`] does, with what is known of bytes within them that give no
/// records.
pub(crate) fn explain_noted_records(records: &[DataRecord], notes: &[Note], out: &mut Explainer<'_>) {
    let mut rest = records;
    while let Some((record, after)) = rest.split_first() {
        let count = after.iter().take_while(|record| record.is_derived()).count();
        let (within, after) = after.split_at(count);
        rest = after;
        out.field_to(record.offset, words("filler").named("Fill"));
        let end = record.offset + record.raw.len();
        if record.header_length <= 1 {
            if within.is_empty() {
                out.field(record.raw.len(), about(record));
                continue;
            }
            out.open(Layer::Apl, about(record));
            out.field(record.header_length, words("DIF").named("DIB"));
            explain_within(within, notes, end, words("data").named("Data"), out);
            out.close();
            continue;
        }
        out.open(Layer::Apl, about(record));
        let dib = dib_length(&record.raw);
        let meaning = Dib::parse(&mut Reader::at(&record.raw, 0)).map(|dib| format!("DIB: {dib}"));
        out.field(dib, words(meaning.unwrap_or_else(|_| "DIB".to_owned())).named("DIB"));
        let unit = if record.unit == Unit::None { String::new() } else { format!(" in {}", record.unit) };
        out.field(record.header_length - dib, words(format!("VIB: {}{unit}", record.quantity)).named("VIB"));
        let data = words(format!("data: {}", record.value)).named("Data").valued(&record.value);
        explain_within(within, notes, end, data, out);
        out.close();
    }
}

/// Explains the data of a compact frame: what stands behind its signature and CRC.
pub(crate) fn explain_compact(records: &[DataRecord], end: usize, out: &mut Explainer<'_>) {
    explain_within(records, &[], end, words("filler").named("Fill"), out);
}

/// Explains data up to `end`, and the records that were derived from it where they lie; several may lie
/// in the same bytes. What no record lies in the notes tell.
fn explain_within(within: &[DataRecord], notes: &[Note], end: usize, data: Words, out: &mut Explainer<'_>) {
    let mut within: Vec<&DataRecord> = within.iter().collect();
    within.sort_by_key(|record| record.offset);
    for record in within {
        if record.offset < out.position() || record.offset + record.raw.len() > end {
            out.and(about(record));
        } else {
            explain_notes(notes, record.offset, &data, out);
            out.field(record.raw.len(), about(record));
        }
    }
    explain_notes(notes, end, &data, out);
}

/// Explains data up to `end` with the notes that lie there, which are in the order of their bytes.
fn explain_notes(notes: &[Note], end: usize, data: &Words, out: &mut Explainer<'_>) {
    for Note { range, text } in notes {
        if range.start >= out.position() && range.end <= end {
            out.field_to(range.start, data.clone());
            out.field(range.len(), words(text.clone()).named("Data"));
        }
    }
    out.field_to(end, data.clone());
}

fn dib_length(raw: &[u8]) -> usize {
    const EXTENSION: u8 = 0x80;
    raw.iter().take_while(|byte| **byte & EXTENSION != 0).count() + 1
}

/// Says what a record measures, its value with its unit, and what is odd about it.
fn about(record: &DataRecord) -> Words {
    let text = record.warnings.iter().fold(record.to_string(), |text, warning| format!("{text} — {warning}"));
    let words = words(text).named(record.quantity.as_str()).warning(!record.warnings.is_empty());
    match &record.value {
        Value::Raw => words,
        value if record.unit == Unit::None => words.valued(value),
        value => words.valued(format_args!("{value} {}", record.unit)),
    }
}
