//! Apator's water module 16-2: blocks of a tag and data, the total and month ends among them.

use super::{Block, Context, Layout, MONTH_END, Meters, Place};
use crate::apl::{Quantity, Unit};
use crate::crc::crc16;
use alloc::format;

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);
const CHECKSUM: usize = 2;
const TOTAL: u8 = 0x10;
const PADDING: u8 = 0xFF;

pub(super) static LAYOUT: Layout = Layout {
    name: "apator162",
    meters: &[Meters::of(*b"APA", &[0x05], &[0x06, 0x07])],
    place: Place::Content(&[0x7A]),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    if block.note(2, "filler")?.bytes != [0x2F, 0x2F] {
        return None;
    }
    let content = block.rest();
    block.note(8, "status")?;
    let mut has_total = false;
    while let Some(tag) = block.peek().filter(|tag| *tag != PADDING) {
        let Some(length) = data_length(tag) else { break };
        if block.left() < 1 + length + CHECKSUM {
            break;
        }
        block.note(1, format!("tag {tag:02X}"))?;
        match tag {
            TOTAL => {
                let litres = block.take(length)?;
                block.number(litres, VOLUME, litres.unsigned(), -3);
                has_total = true;
            }
            0x71..=0x7C => month_ends(block, length)?,
            _ => _ = block.note(length, format!("data of tag {tag:02X}, not known"))?,
        }
    }
    block.skip(PADDING, "padding")?;
    if !has_checksum(content) {
        block.doubt();
    }
    block.note_rest("checksum")?;
    has_total.then_some(())
}

/// Adds the totals at the ends of months, the youngest first.
fn month_ends(block: &mut Block<'_>, length: usize) -> Option<()> {
    block.note(1, "head of the month ends")?;
    for storage_number in (MONTH_END..).take((length - 1) / 4) {
        let litres = block.take(4)?;
        block.number(litres, VOLUME, litres.unsigned(), -3).storage_number = storage_number;
    }
    Some(())
}

/// Tells whether the CRC fits that ends the content; some modules send two bytes behind it.
fn has_checksum(content: &[u8]) -> bool {
    [0, 2].into_iter().any(|behind| {
        let end = content.len().saturating_sub(behind);
        let checked = content.get(..end).and_then(|content| content.split_last_chunk());
        checked.is_some_and(|(data, checksum)| crc16(data).to_be_bytes() == *checksum)
    })
}

/// Returns how many bytes follow a tag.
fn data_length(tag: u8) -> Option<usize> {
    Some(match tag {
        0xA2 | 0xA5 | 0xA9 | 0xAF => 1,
        0x11 | 0x41 | 0x43 | 0xA7 | 0xA8 | 0xAA..=0xAD | 0xB4 => 2,
        0x01 | 0x44 | 0xA6 | 0xB6..=0xBF | 0xC0..=0xC7 | 0xD0 | 0xD3 => 3,
        0x00 | TOTAL | 0x42 | 0xA0 | 0xA1 | 0xA4 | 0xF0 => 4,
        0xB0 => 5,
        0x40 | 0x8B | 0x8C => 6,
        0x8E | 0xA3 => 7,
        0xB1 | 0xB3 => 8,
        0x8A => 9,
        0x80..=0x84 | 0x86 | 0x87 => 10,
        0x85 | 0x88 | 0x8F => 11,
        0xB2 | 0xB5 => 16,
        0x71..=0x7C => 1 + 4 * usize::from(tag - 0x6F),
        _ => return None,
    })
}
