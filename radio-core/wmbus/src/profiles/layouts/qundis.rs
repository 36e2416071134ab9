//! The walk-by data set of Qundis and Siemens: now, due date, last month end and a year of months.

use alloc::vec::Vec;
use core::ops::Range;

use super::calendar::{date_g_fixed, month_end_before};
use super::{Block, Context, DUE_DATE, Field, Layout, MONTH_END, Opened, Place};
use crate::apl::{DataRecord, Function, Per, Qualifier, Quantity, Source, Unit, parse_records};
use crate::security::{Keys, cipher};
use crate::telegram::SealedReason;
use crate::value::{Date, Value};

/// A record of 53 bytes: variable length, the manufacturer's VIF with VIFE 5F.
pub(super) const HEADER: &[u8] = &[0x0D, 0xFF, 0x5F, 0x35];
const MARK: u8 = 0x82;
/// Which bytes of the block may be encrypted.
const SEALED: Range<usize> = 5..53;
/// What the byte before them says.
const CLEAR: u8 = 0x00;
const AES_CBC: u8 = 0x35;
/// The kinds of meter.
const HEAT_COST: u8 = 0xB0;
const HEAT: u8 = 0xC0;
const WATER: u8 = 0xC1;

pub(super) static LAYOUT: Layout =
    Layout { name: "qundis_walk_by", meters: &[], place: Place::Record(HEADER), open: Some(open), read };

fn open(frame: &mut [u8], context: &Context<'_>, keys: &dyn Keys) -> Result<Opened, SealedReason> {
    let start = context.start;
    let Some(&[_, MARK, counter, _, encryption, ..]) = frame.get(start..start + SEALED.end) else {
        return Ok(Opened::nothing(context));
    };
    match encryption {
        CLEAR => return Ok(Opened::nothing(context)),
        AES_CBC => {}
        other => return Err(SealedReason::UnsupportedMode(other)),
    }
    let known = keys.candidates(&context.meter);
    let known: Vec<_> = known.into_iter().chain(keys.candidates(&context.sender)).collect();
    if known.is_empty() {
        return Err(SealedReason::NoKey);
    }
    let addresses = [context.sender_wire, context.meter.to_link_bytes()];
    for key in known {
        for address in addresses {
            let mut trial = frame.get(start..start + SEALED.end).unwrap_or_default().to_vec();
            let iv = cipher::mode_5_iv(address, counter);
            cipher::cbc_decrypt(key, iv, trial.get_mut(SEALED).unwrap_or_default());
            let mut decrypted = Block::new(LAYOUT.name, &trial, 0);
            if read_data(&mut decrypted).is_some() {
                let range = start + SEALED.start..start + SEALED.end;
                if let (Some(sealed), Some(plain)) = (frame.get_mut(range.clone()), trial.get(SEALED)) {
                    sealed.copy_from_slice(plain);
                }
                return Ok(Opened { range, default_key: false });
            }
        }
    }
    Err(SealedReason::WrongKey)
}

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    read_data(block)
}

fn read_data(block: &mut Block<'_>) -> Option<()> {
    block.note(1, "not known")?;
    if block.note(1, "kind of block")?.byte() != MARK {
        return None;
    }
    block.note(1, "counter")?;
    block.note(1, "not known")?;
    block.note(1, "encryption")?;
    block.note(2, "flags")?;
    block.note(1, "not known")?;
    let kind = block.note(1, "kind of meter")?.byte();
    let vif = block.note(1, "VIF of all values")?.byte();
    if !is_vif_of(kind, vif) {
        return None;
    }
    let error = block.take(2)?;
    let current = block.take(4)?;
    let due_date = block.take(2)?;
    let at_due_date = block.take(4)?;
    let month_end = block.take(2)?;
    let at_month_end = block.take(4)?;

    value(block, vif, current)?;
    date(block, error)?.function = Function::DuringError;
    date(block, due_date)?.storage_number = DUE_DATE;
    value(block, vif, at_due_date)?.storage_number = DUE_DATE;
    date(block, month_end)?.storage_number = MONTH_END;
    value(block, vif, at_month_end)?.storage_number = MONTH_END;
    if kind == HEAT_COST {
        block.note(24, "not known")?;
    } else {
        differences(block, kind, vif, date_g_fixed(month_end))?;
    }
    block.note(1, "padding")?;
    Some(())
}

fn is_vif_of(kind: u8, vif: u8) -> bool {
    match kind {
        HEAT_COST => vif == 0x6E,
        HEAT => vif <= 0x0F,
        WATER => matches!(vif, 0x10..=0x17),
        _ => false,
    }
}

/// Adds what was used in each of twelve months, of which the last ends at the month end.
///
/// Water meters count tenfold there: in telegrams of six meters the months since the due date make up
/// the difference between the month end's value and the due date's only in steps ten times as large.
fn differences(block: &mut Block<'_>, kind: u8, vif: u8, month_end: Option<Date>) -> Option<()> {
    let vif = if kind == WATER { vif + 1 } else { vif };
    for months in (0..12u16).rev() {
        let field = block.take(2)?;
        let record = block.push(read_as(&[0x02, vif], field)?);
        record.storage_number = MONTH_END + u64::from(months);
        record.date = month_end.and_then(|end| month_end_before(end, months));
        record.qualifiers.push(Qualifier::Per(Per::Month));
    }
    Some(())
}

/// Adds eight digits with the block's VIF; `None` if they are not decimal.
fn value<'b, 'a>(block: &'b mut Block<'a>, vif: u8, field: Field<'a>) -> Option<&'b mut DataRecord> {
    let record = read_as(&[0x0C, vif], field)?;
    record.value.number()?;
    Some(block.push(record))
}

/// Adds a date of type G, which may say that there is none.
fn date<'b, 'a>(block: &'b mut Block<'a>, field: Field<'a>) -> Option<&'b mut DataRecord> {
    if field.word() == 0xFFFF {
        return Some(block.record(field, (Quantity::Date, Unit::None), Value::NotAvailable));
    }
    Some(block.date(field, date_g_fixed(field)?))
}

/// Reads a field as the data of a record with this DIF and VIF.
fn read_as(header: &[u8; 2], field: Field<'_>) -> Option<DataRecord> {
    let record = [header, field.bytes].concat();
    let record = parse_records(&record, 0..record.len()).into_iter().next()?;
    let (offset, raw) = (field.offset, field.bytes.to_vec());
    Some(DataRecord {
        offset,
        raw: raw.as_slice().into(),
        header_length: 0,
        source: Source::Layout(LAYOUT.name),
        ..record
    })
}
