//! Deriving readings again: when a key came late, or the decoder learnt something.

use sync_protocol::{TelegramId, TourId};
use wmbus::{DECODER_VERSION, Frame, FrameFormat};

use super::deriving::Deriving;
use crate::meter::{Decoding, Outcome, key_ring};
use crate::store::{Store, StoreError, facts, formats, readings};

/// Decodes the tour's telegrams again that gave no values yet, or that an older decoder read.
/// Returns how many now give values that did not before.
///
/// # Errors
/// When the database fails; then nothing was changed.
pub fn derive_again(store: &mut Store, tour: TourId) -> Result<usize, StoreError> {
    let keys = key_ring(&store.tour_meters(tour)?);
    let known = readings::of_tour(store.connection(), tour)?;
    let due: Vec<(TelegramId, bool)> = facts::heard_of_tour(store.connection(), tour)?
        .into_iter()
        .map(|telegram| (telegram.id, known.get(&telegram.id)))
        .filter(|(_, known)| known.is_none_or(is_due))
        .map(|(id, known)| (id, known.is_some_and(|known| known.outcome == Outcome::Records)))
        .collect();
    if due.is_empty() {
        return Ok(0);
    }
    let transaction = store.transaction()?;
    let mut deriving = Deriving::new(&transaction, &keys, formats::load(&transaction)?);
    let mut gained = 0;
    for (id, had_values) in due {
        let Some(bytes) = facts::frame(&transaction, id)? else { continue };
        let Ok(frame) = Frame::parse(&bytes, FrameFormat::WithoutCrc) else { continue };
        let outcome = deriving.take(id, &frame)?;
        gained += usize::from(!had_values && outcome == Outcome::Records);
    }
    gained += deriving.finish()?.gained.len();
    transaction.commit()?;
    Ok(gained)
}

fn is_due(known: &Decoding) -> bool {
    known.outcome != Outcome::Records || known.decoder_version < DECODER_VERSION
}
