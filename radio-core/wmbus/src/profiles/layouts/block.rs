//! Reads a maker's bytes front to back, and keeps what each of them is.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use super::Field;
use crate::apl::{DataRecord, Quantity, Source, Unit};
use crate::profiles::Alarm;
use crate::value::{Date, DateTime, Decimal, Value};
use crate::wire::Reader;

/// The storage number of values of the due date.
pub(super) const DUE_DATE: u64 = 1;
/// The storage number of values of the end of the last month; the months before have the next ones.
pub(super) const MONTH_END: u64 = 17;

/// What some bytes are that give no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) range: Range<usize>,
    pub(crate) text: Cow<'static, str>,
}

/// What a layout reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    pub(crate) records: Vec<DataRecord>,
    pub(crate) notes: Vec<Note>,
    pub(crate) alarms: Vec<Alarm>,
    /// Whether the maker's own check of the bytes fails.
    pub(crate) is_doubtful: bool,
}

/// A cursor over a maker's bytes.
///
/// Reading ends with `None` where the bytes end: the layout then does not fit.
#[derive(Debug)]
pub(super) struct Block<'a> {
    layout: &'static str,
    bytes: &'a [u8],
    reader: Reader<'a>,
    findings: Findings,
}

impl<'a> Block<'a> {
    /// Begins at `start` of a frame's bytes; the block goes on to their end.
    pub(super) fn new(layout: &'static str, bytes: &'a [u8], start: usize) -> Self {
        Self { layout, bytes, reader: Reader::at(bytes, start), findings: Findings::default() }
    }

    pub(super) fn into_findings(self) -> Findings {
        self.findings
    }

    /// Returns how many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.reader.rest().len()
    }

    /// Returns the bytes that are left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.reader.rest()
    }

    /// Returns the A field of the frame, where the block is part of one.
    pub(super) fn a_field(&self) -> Option<Field<'a>> {
        const A_FIELD: Range<usize> = 4..10;
        Some(Field { offset: A_FIELD.start, bytes: self.bytes.get(A_FIELD)? })
    }

    /// Shows the next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.reader.peek()
    }

    /// Takes the next bytes; what they are a record will say.
    pub(super) fn take(&mut self, length: usize) -> Option<Field<'a>> {
        let offset = self.reader.position();
        let bytes = self.reader.slice(length).ok()?;
        Some(Field { offset, bytes })
    }

    /// Takes the next bytes and says what they are.
    pub(super) fn note(&mut self, length: usize, text: impl Into<Cow<'static, str>>) -> Option<Field<'a>> {
        let field = self.take(length)?;
        if length > 0 {
            self.note_field(field, text);
        }
        Some(field)
    }

    /// Says what bytes are that were taken before and give no record.
    pub(super) fn note_field(&mut self, field: Field<'a>, text: impl Into<Cow<'static, str>>) {
        let range = field.offset..field.offset + field.bytes.len();
        self.findings.notes.push(Note { range, text: text.into() });
    }

    /// Takes all that is left and says what it is.
    pub(super) fn note_rest(&mut self, text: impl Into<Cow<'static, str>>) -> Option<Field<'a>> {
        self.note(self.left(), text)
    }

    /// Takes bytes for as long as they are `filler`.
    pub(super) fn skip(&mut self, filler: u8, text: &'static str) -> Option<()> {
        let count = self.reader.rest().iter().take_while(|byte| **byte == filler).count();
        self.note(count, text).map(|_| ())
    }

    /// Returns the bytes from one field to the end of another.
    pub(super) fn span(&self, first: Field<'a>, last: Field<'a>) -> Field<'a> {
        let range = first.offset..last.offset + last.bytes.len();
        Field { offset: first.offset, bytes: self.bytes.get(range).unwrap_or(first.bytes) }
    }

    /// Adds a record with storage number 0.
    pub(super) fn record(
        &mut self,
        field: Field<'a>,
        (quantity, unit): (Quantity, Unit),
        value: Value,
    ) -> &mut DataRecord {
        let source = Source::Layout(self.layout);
        self.push(DataRecord::derived(source, (field.offset, field.bytes), (quantity, unit), value))
    }

    /// Adds a record that was made otherwise.
    pub(super) fn push(&mut self, record: DataRecord) -> &mut DataRecord {
        self.findings.records.push_mut(record)
    }

    /// Adds the number `mantissa × 10^exponent`.
    pub(super) fn number(
        &mut self,
        field: Field<'a>,
        what: (Quantity, Unit),
        mantissa: impl Into<i128>,
        exponent: i8,
    ) -> &mut DataRecord {
        self.record(field, what, Value::Number(Decimal::new(mantissa.into(), exponent)))
    }

    /// Adds a date.
    pub(super) fn date(&mut self, field: Field<'a>, date: Date) -> &mut DataRecord {
        self.record(field, (Quantity::Date, Unit::None), Value::Date(date))
    }

    /// Adds a date with time.
    pub(super) fn date_time(&mut self, field: Field<'a>, date_time: DateTime) -> &mut DataRecord {
        self.record(field, (Quantity::DateTime, Unit::None), Value::DateTime(date_time))
    }

    /// Adds flags.
    pub(super) fn flags(&mut self, field: Field<'a>, quantity: Quantity, bits: u32) -> &mut DataRecord {
        self.record(field, (quantity, Unit::None), Value::Flags(bits.into()))
    }

    /// Adds an alarm, once.
    pub(super) fn alarm(&mut self, alarm: Alarm) {
        if !self.findings.alarms.contains(&alarm) {
            self.findings.alarms.push(alarm);
        }
    }

    /// Adds the alarms whose bits are set.
    pub(super) fn alarms(&mut self, bits: u32, table: &[(u32, Alarm)]) {
        for (_, alarm) in table.iter().filter(|(bit, _)| bits & bit != 0) {
            self.alarm(*alarm);
        }
    }

    /// Says that the maker's check of the bytes fails.
    pub(super) fn doubt(&mut self) {
        self.findings.is_doubtful = true;
    }
}
