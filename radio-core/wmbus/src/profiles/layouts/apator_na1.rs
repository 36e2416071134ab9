//! Apator's water module NA-1: one encrypted block with the totals of now and of a moment before.

use super::calendar::seconds_since_2000;
use super::{Block, Context, Layout, MONTH_END, Meters, Opened, Place};
use crate::apl::{Quantity, Unit};
use crate::profiles::{Alarm, AlarmCode};
use crate::security::{Keys, cipher, default_keys};
use crate::telegram::SealedReason;

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);
/// What a decrypted block begins with.
const MARK: u8 = 0x2F;
/// Where in the content the block stands, and how long it is.
const BLOCK_AT: usize = 2;
const BLOCK: usize = 16;
const FRAME_ALARMS: [(u32, Alarm); 3] = [
    (0x04, Alarm::present(AlarmCode::Overflow)),
    (0x08, Alarm::present(AlarmCode::AccessError)),
    (0x40, Alarm::present(AlarmCode::MeasurementError)),
];
const ALARMS: [(u32, AlarmCode); 7] = [
    (0x80, AlarmCode::Underflow),
    (0x40, AlarmCode::Overflow),
    (0x20, AlarmCode::ReverseFlow),
    (0x10, AlarmCode::NoConsumption),
    (0x08, AlarmCode::Leak),
    (0x04, AlarmCode::Removal),
    (0x02, AlarmCode::Magnetic),
];
const BATTERY: u32 = 0x01;

pub(super) static LAYOUT: Layout = Layout {
    name: "apatorna1",
    meters: &[Meters::of(*b"APA", &[0x14], &[0x07])],
    place: Place::Content(&[0xA0, 0xA1]),
    open: Some(open),
    read,
};

fn open(frame: &mut [u8], context: &Context<'_>, keys: &dyn Keys) -> Result<Opened, SealedReason> {
    let start = context.start + BLOCK_AT;
    let range = start..start + BLOCK;
    let (Some(&access_number), Some(sealed)) = (frame.get(context.start), frame.get(range.clone())) else {
        return Ok(Opened::nothing(context));
    };
    let iv = cipher::mode_5_iv(context.sender_wire, access_number);
    let own = keys.candidates(&context.sender);
    let reason = if own.is_empty() { SealedReason::NoKey } else { SealedReason::WrongKey };
    let published = default_keys(&context.sender).iter().map(|key| (key, true));
    for (key, default_key) in own.into_iter().map(|key| (key, false)).chain(published) {
        let mut trial = [0; BLOCK];
        trial.copy_from_slice(sealed);
        cipher::cbc_decrypt(key, iv, &mut trial);
        if is_plausible(&trial) {
            if let Some(sealed) = frame.get_mut(range.clone()) {
                sealed.copy_from_slice(&trial);
            }
            return Ok(Opened { range, default_key });
        }
    }
    Err(reason)
}

/// Tells whether the mark stands where it should and the moment before lies before now.
fn is_plausible(plain: &[u8; BLOCK]) -> bool {
    let mut block = Block::new(LAYOUT.name, plain, 0);
    plain.first() == Some(&MARK) && read_block(&mut block).is_some()
}

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    block.note(1, "access number")?;
    let frame_status = block.take(1)?;
    block.flags(frame_status, Quantity::StatusFlags, frame_status.unsigned());
    block.alarms(frame_status.unsigned(), &FRAME_ALARMS);
    read_block(block)
}

fn read_block(block: &mut Block<'_>) -> Option<()> {
    block.note(1, "mark of a decrypted block")?;
    let total = block.take(4)?;
    let clock = block.take(4)?;
    let age = block.take(2)?;
    let delta = block.take(3)?;
    let status = block.take(1)?;
    let status_before = block.take(1)?;

    // Two bits say how many zeros follow the digits.
    let packed = total.unsigned();
    let step = 10u64.pow(packed >> 4 & 3);
    let litres = u64::from((packed >> 8) * 16 + (packed & 15)) * step;
    let [low, high] = [age.at(0), age.at(1)];
    let hours = u32::from(high >> 2) * 256 + u32::from(low);
    let used = u64::from(delta.unsigned() << 2 | u32::from(high & 3)) * step;
    let before = litres.checked_sub(used)?;
    let seconds_before = clock.unsigned().checked_sub(hours * 3600)?;

    block.number(total, VOLUME, litres, -3);
    block.date_time(clock, seconds_since_2000(clock.unsigned())?);
    block.flags(status, Quantity::ErrorFlags, status.unsigned());
    let from_total_to_delta = block.span(total, delta);
    block.number(from_total_to_delta, VOLUME, before, -3).storage_number = MONTH_END;
    let moment_before = seconds_since_2000(seconds_before)?;
    block.date_time(block.span(clock, age), moment_before).storage_number = MONTH_END;
    block.number(age, (Quantity::ActualityDuration, Unit::Hour), hours, 0).storage_number = MONTH_END;
    let flags = block.flags(status_before, Quantity::ErrorFlags, status_before.unsigned());
    flags.storage_number = MONTH_END;

    for (_, code) in ALARMS.iter().filter(|(bit, _)| status.unsigned() & bit != 0) {
        block.alarm(Alarm::present(*code));
    }
    for (_, code) in ALARMS.iter().filter(|(bit, _)| status_before.unsigned() & bit != 0) {
        block.alarm(Alarm::past(*code));
    }
    block.alarms(status.unsigned(), &[(BATTERY, Alarm::present(AlarmCode::LowBattery))]);
    block.alarms(status_before.unsigned(), &[(BATTERY, Alarm::past(AlarmCode::EndOfLife))]);
    Some(())
}
