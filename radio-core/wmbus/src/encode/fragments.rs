//! A message cut into fragments (EN 13757-7, 6.3).

use super::EncodeError;
use super::cipher::cmac;
use super::layers::{DerivedKey, derive};
use crate::{AesKey, MeterAddress};
use alloc::vec;
use alloc::vec::Vec;

const CI: u8 = 0x90;
const MORE_FRAGMENTS: u16 = 0x4000;
const MESSAGE_CONTROL_PRESENT: u16 = 0x2000;
const MESSAGE_LENGTH_PRESENT: u16 = 0x1000;
const MESSAGE_COUNTER_PRESENT: u16 = 0x0800;
const MAC_PRESENT: u16 = 0x0400;
/// Length and counter are in the message; CMAC of 8 bytes.
const MESSAGE_CONTROL: u8 = 0x65;
const MAC_LENGTH: usize = 8;

/// Cuts a message into fragments, each behind its authentication and fragmentation layer.
///
/// The first one carries length, message control and counter, the last one the MAC.
pub(super) fn cut(
    message: &[u8],
    size: usize,
    authentication: Option<(&AesKey, u32)>,
    meter: &MeterAddress,
) -> Result<Vec<Vec<u8>>, EncodeError> {
    let too_long = EncodeError::TooLong { length: message.len(), limit: usize::from(u16::MAX) };
    let length = u16::try_from(message.len()).map_err(|_| too_long)?.to_le_bytes();
    let mac = authentication.map(|(key, counter)| {
        let key = derive(key, DerivedKey::Authentication, counter, meter);
        cmac(&key, &[&[MESSAGE_CONTROL], &counter.to_le_bytes(), &length, message])
    });

    let pieces: Vec<&[u8]> = message.chunks(size.max(1)).collect();
    let last = pieces.len() - 1;
    let fragments = pieces.len();
    let cut_one = |(index, piece): (usize, &[u8])| {
        let number = u8::try_from(index + 1).map_err(|_| EncodeError::TooManyFragments { fragments })?;
        let mut control = u16::from(number);
        let mut fields = Vec::new();
        if index < last {
            control |= MORE_FRAGMENTS;
        }
        if let Some((_, counter)) = authentication.filter(|_| index == 0) {
            control |= MESSAGE_CONTROL_PRESENT | MESSAGE_COUNTER_PRESENT;
            fields.push(MESSAGE_CONTROL);
            fields.extend(counter.to_le_bytes());
        }
        if let Some(mac) = mac.filter(|_| index == last) {
            control |= MAC_PRESENT;
            fields.extend(mac.iter().take(MAC_LENGTH));
        }
        if index == 0 {
            control |= MESSAGE_LENGTH_PRESENT;
            fields.extend(length);
        }
        let counted = u8::try_from(fields.len() + 2).unwrap_or_default();
        Ok([vec![CI, counted], control.to_le_bytes().to_vec(), fields, piece.to_vec()].concat())
    };
    pieces.into_iter().enumerate().map(cut_one).collect()
}
