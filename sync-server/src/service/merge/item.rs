//! Checking one item on its own: what it says must be what it is.

use sync_protocol::{
    BatchId, Event, EventKind, Item, Reception, ReplicaEpoch, ReplicaId, Telegram, TelegramId, Timestamp,
};
use wmbus::{Addresses, Frame, FrameFormat};

use crate::store::rows::{EventRow, HeardMeter, TelegramRow, ToldReception};

/// From whom and in what an item came.
pub(super) struct Arrival {
    pub(super) replica: ReplicaId,
    pub(super) epoch: ReplicaEpoch,
    pub(super) batch: BatchId,
    pub(super) arrived_at: Timestamp,
}

/// An item that was checked. Commit numbers are not known yet: they are 0.
pub(super) enum Checked {
    Telegram(Box<(TelegramRow, HeardMeter)>),
    Reception(Box<ToldReception>),
    Event(Box<EventRow>),
    /// It cannot be taken for what it says it is.
    Bad {
        code: &'static str,
        item: Vec<u8>,
    },
}

/// Checks one item.
pub(super) fn check_item(item: Item, arrival: &Arrival) -> Checked {
    let checked = match &item {
        Item::Telegram(telegram) => check_telegram(telegram, arrival),
        Item::Reception(reception) => check_reception(reception).map(|()| {
            Checked::Reception(Box::new(ToldReception {
                replica: arrival.replica,
                epoch: arrival.epoch,
                reception: reception.clone(),
                commit: 0,
                arrived_at: arrival.arrived_at,
            }))
        }),
        Item::Event(event) => check_event(event).map(|()| {
            Checked::Event(Box::new(EventRow {
                replica: arrival.replica,
                epoch: arrival.epoch,
                event: event.clone(),
                commit: 0,
                arrived_at: arrival.arrived_at,
            }))
        }),
    };
    checked.unwrap_or_else(|code| Checked::Bad { code, item: as_cbor(&item) })
}

/// Writes an item as it travelled.
pub(super) fn as_cbor(item: &Item) -> Vec<u8> {
    minicbor::to_vec(item).unwrap_or_else(|_| {
        debug_assert!(false, "writing to memory cannot fail");
        Vec::new()
    })
}

/// Computes the address from the bytes: a handheld's word is only a check of the transport.
fn check_telegram(telegram: &Telegram, arrival: &Arrival) -> Result<Checked, &'static str> {
    if TelegramId::of(&telegram.frame) != telegram.id {
        return Err("telegram_id_mismatch");
    }
    let frame = Frame::parse(&telegram.frame, FrameFormat::WithoutCrc).map_err(|_| "bad_frame")?;
    if frame.bytes() != telegram.frame {
        return Err("frame_not_normalised");
    }
    let Addresses { link, meter } = Addresses::read(&frame).map_err(|_| "no_address")?;
    let heard = HeardMeter {
        meter: meter.to_string(),
        link: link.to_string(),
        meter_id: meter.identification_number.to_string(),
        link_id: link.identification_number.to_string(),
    };
    let row = TelegramRow {
        meter: heard.meter.clone(),
        telegram: telegram.id,
        frame: telegram.frame.clone(),
        commit: 0,
        arrived_at: arrival.arrived_at,
    };
    Ok(Checked::Telegram(Box::new((row, heard))))
}

fn check_reception(reception: &Reception) -> Result<(), &'static str> {
    check_number(reception.monotonic_ms)?;
    check_number(reception.sequence)?;
    check_text(reception.link_mode.as_deref())?;
    check_text(reception.receiver.as_deref())
}

fn check_event(event: &Event) -> Result<(), &'static str> {
    check_number(event.monotonic_ms)?;
    check_number(event.sequence)?;
    match &event.kind {
        EventKind::ManualReading { value, unit, reason, confirmed, note } => {
            let texts = [value, unit, reason].into_iter().chain(confirmed).chain(note);
            texts.into_iter().try_for_each(|text| check_text(Some(text)))
        }
        EventKind::Skip { reason, note } => {
            check_text(Some(reason))?;
            check_text(note.as_deref())
        }
        EventKind::Note { text } => check_text(Some(text)),
        EventKind::Photo { media_type, .. } => check_text(Some(media_type)),
    }
}

/// Databases count to 2^63.
fn check_number(number: u64) -> Result<(), &'static str> {
    i64::try_from(number).map(drop).map_err(|_| "number_out_of_range")
}

/// PostgreSQL keeps no NUL in a text.
fn check_text(text: Option<&str>) -> Result<(), &'static str> {
    if text.is_some_and(|text| text.contains('\0')) { Err("text_with_nul") } else { Ok(()) }
}
