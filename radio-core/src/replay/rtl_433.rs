//! JSON lines of rtl_433, `-F json` with its decoders 104 and 105.
//!
//! `{"time":"2026-01-05 09:00:01","model":"Wireless-MBus","mode":"T","data":"1844AE…","mic":"CRC",…}`; `data` begins
//! with the L field and has no CRCs, and L may still count them. With `-M level` the signal is described, too.

use jiff::tz::TimeZone;
use wmbus::{Frame, FrameFormat};

use super::LineError;
use super::jsonl::Members;
use super::rtl_wmbus::moment;
use crate::{LinkMode, ReceivedFrame};

/// The decoder's name for every meter.
const MODEL: &str = "Wireless-MBus";

/// Reads a line of which it is known that it names a model; none where the model is a weather station's.
pub(super) fn parse(
    members: &Members<'_>,
    zone: Option<&TimeZone>,
) -> Result<Option<ReceivedFrame>, LineError> {
    if members.text("model")? != Some(MODEL) {
        return Ok(None);
    }
    let mut bytes = members.bytes("data")?;
    let follow = u8::try_from(bytes.len().saturating_sub(1));
    if let (Some(length), Ok(follow)) = (bytes.first_mut(), follow) {
        *length = follow;
    }
    let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc)
        .map_err(|error| members.error_of_frame("data", error, &bytes))?;

    let mut received = ReceivedFrame::new(frame, FrameFormat::WithoutCrc);
    received.link_mode = members.text("mode")?.and_then(link_mode);
    // It also counts samples instead of telling times, which is no reason to lose the frame.
    received.received_at = members.text("time")?.and_then(|time| moment(time, zone).ok().flatten());
    received.quality.level_dbfs = members.rounded("rssi", "a number of dB")?;
    received.quality.snr_db = members.rounded("snr", "a number of dB")?;
    Ok(Some(received))
}

/// Reads the mode, of which rtl_433 tells the letter.
fn link_mode(name: &str) -> Option<LinkMode> {
    match name {
        "S" => Some(LinkMode::S1),
        "T" => Some(LinkMode::T1),
        "C" => Some(LinkMode::C1),
        "R" => Some(LinkMode::R2),
        name => name.parse().ok(),
    }
}
