//! Putting messages together from a heap of frames, whatever order they came in.

use alloc::vec::Vec;

use super::fragment::{Fragment, Message};
use super::{Authentication, Telegram, Warning};
use crate::dll::Frame;
use crate::security::Keys;

/// As many different fragments with one number are looked at.
const MOST_VARIANTS: usize = 32;
/// As many ways to put one message together are tried.
const MOST_WAYS: usize = 1_024;

/// Puts the messages together that are among stored frames, in whatever order they stand.
///
/// Returns for each frame the message of which it is the last fragment, if all others are there: what a
/// message says depends on the set of frames alone. The same frames heard live go through
/// [`Reassembly`](super::Reassembly).
///
/// Where several messages of a sender are there, a MAC that fits says which fragments belong together,
/// otherwise access numbers that are the same or consecutive. What neither tells is not put together.
///
/// ```
/// use wmbus::encode::{Record, TelegramBuilder};
/// use wmbus::{KeyRing, whole_messages};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut frames = TelegramBuilder::new("KAM-12345678-1B-16".parse()?)
///     .record(Record::int32(6_408).volume(-3))
///     .build_fragments(6)?;
/// frames.reverse();
/// let messages = whole_messages(&frames, &KeyRing::default());
/// let volume = messages[0].as_ref().map(|message| message.content().records()[0].to_string());
/// assert_eq!((volume.as_deref(), messages[1].is_none()), (Some("volume 6.408 m³"), true));
/// # Ok(())
/// # }
/// ```
pub fn whole_messages<'f>(
    frames: impl IntoIterator<Item = &'f Frame>,
    keys: &dyn Keys,
) -> Vec<Option<Telegram>> {
    let fragments: Vec<Option<Fragment>> = frames
        .into_iter()
        .map(|frame| Telegram::decode(frame, keys).ok().as_ref().and_then(Fragment::of))
        .collect();
    let message = |last: &Fragment| {
        let of_sender = fragments.iter().flatten().filter(|fragment| fragment.sender == last.sender);
        Variants::before(last, of_sender)?.message(keys)
    };
    fragments
        .iter()
        .map(|fragment| fragment.as_ref().filter(|fragment| fragment.is_last()).and_then(message))
        .collect()
}

/// All fragments that may come before a last one.
struct Variants<'f> {
    last: &'f Fragment,
    /// Of each number from 1 what was heard, one of those that say the same.
    before: Vec<Vec<&'f Fragment>>,
}

impl<'f> Variants<'f> {
    /// Returns `None` where a number is missing.
    fn before(last: &'f Fragment, of_sender: impl Iterator<Item = &'f Fragment>) -> Option<Self> {
        let mut before: Vec<Vec<&Fragment>> = (1..last.number()).map(|_| Vec::new()).collect();
        for fragment in of_sender.filter(|fragment| !fragment.is_last() && !fragment.contradicts(last)) {
            let index = usize::from(fragment.number()).checked_sub(1);
            let Some(variants) = index.and_then(|index| before.get_mut(index)) else { continue };
            match variants.iter_mut().find(|known| known.repeats(fragment)) {
                // Of repetitions the one that was sent with the last fragment.
                Some(known) if fragment.is_sent_with(last) => *known = fragment,
                Some(_) => {}
                None => {
                    if variants.len() < MOST_VARIANTS {
                        variants.push(fragment);
                    }
                }
            }
        }
        before.iter().all(|variants| !variants.is_empty()).then_some(Self { last, before })
    }

    fn message(&self, keys: &dyn Keys) -> Option<Telegram> {
        if let Some(only) = self.only(|_| true) {
            let is_odd = only.iter().any(|fragment| fragment.is_sent_apart_from(self.last));
            let mut message = decode(only, keys)?;
            if is_odd && !is_proven(&message) && !message.is_doubtful() {
                message.warnings.push(Warning::FragmentsNotProven);
            }
            return Some(message);
        }
        let sent_together = self.only(|fragment| fragment.is_sent_with(self.last));
        let sent_together = sent_together.and_then(|fragments| decode(fragments, keys));
        if sent_together.as_ref().is_some_and(is_proven) {
            return sent_together;
        }
        self.ways().filter_map(|way| decode(way, keys)).find(is_proven).or(sent_together)
    }

    /// Returns the fragments of a message if there is but one of each number that is wanted.
    fn only(&self, is_wanted: impl Fn(&Fragment) -> bool) -> Option<Vec<&'f Fragment>> {
        let only = self.before.iter().map(|variants| {
            let mut wanted = variants.iter().filter(|fragment| is_wanted(fragment));
            let first = wanted.next()?;
            wanted.next().is_none().then_some(*first)
        });
        only.chain([Some(self.last)]).collect()
    }

    /// Returns ways to put the message together.
    fn ways(&self) -> impl Iterator<Item = Vec<&'f Fragment>> {
        (0..MOST_WAYS).map_while(|way| {
            let mut rest = way;
            let mut fragments = Vec::with_capacity(self.before.len() + 1);
            for variants in &self.before {
                fragments.push(*variants.get(rest % variants.len())?);
                rest /= variants.len();
            }
            fragments.push(self.last);
            (rest == 0).then_some(fragments)
        })
    }
}

fn is_proven(message: &Telegram) -> bool {
    message.security().authentication == Authentication::Verified
}

fn decode(fragments: Vec<&Fragment>, keys: &dyn Keys) -> Option<Telegram> {
    let mut message = Message::default();
    fragments.into_iter().for_each(|fragment| message.add(fragment.clone()));
    if !message.is_whole() {
        return None;
    }
    message.decode(keys).ok()?
}
