//! Putting messages together that meters send in several frames, as they are heard.

use alloc::collections::BTreeMap;

use super::fragment::{Fragment, Message};
use super::{DecodeError, Telegram, Warning};
use crate::dll::Frame;
use crate::security::Keys;

/// Puts fragmented messages together, for many meters at once.
///
/// It takes the frames in the order in which they were heard; the fragments of a message may come in any
/// order and repeatedly. At most [`Reassembly::MOST_MESSAGES`] messages are waited for, each of at most
/// 255 fragments: of more, the one that was heard of longest ago is given up. Wired frames are not put
/// together.
///
/// ```
/// use wmbus::encode::{Record, TelegramBuilder};
/// use wmbus::{Content, KeyRing, Reassembly};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let frames = TelegramBuilder::new("KAM-12345678-1B-16".parse()?)
///     .record(Record::int32(6_408).volume(-3))
///     .build_fragments(6)?;
/// let mut reassembly = Reassembly::default();
/// let mut volumes = Vec::new();
/// for frame in &frames {
///     let telegram = reassembly.decode(frame, &KeyRing::default())?;
///     volumes.extend(telegram.content().records().iter().map(ToString::to_string));
/// }
/// assert_eq!((frames.len(), volumes), (2, vec!["volume 6.408 m³".to_owned()]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Reassembly {
    /// What was heard of each sender's message and when, by its M and A fields as transmitted.
    messages: BTreeMap<[u8; 8], (u64, Message)>,
    /// How many fragments were heard: the time, as far as it matters here.
    heard: u64,
}

impl Reassembly {
    /// How many messages are waited for at most.
    pub const MOST_MESSAGES: usize = 64;

    /// Decodes a frame, and where it is the last missing fragment of a message, the message.
    ///
    /// A fragment of a message that is not whole yet stays [`Content::Fragment`](super::Content::Fragment). A message that is whole
    /// stands as if it had been sent in one piece.
    ///
    /// # Errors
    /// Those of [`Telegram::decode`].
    pub fn decode(&mut self, frame: &Frame, keys: &dyn Keys) -> Result<Telegram, DecodeError> {
        let mut telegram = Telegram::decode(frame, keys)?;
        let Some(fragment) = Fragment::of(&telegram) else { return Ok(telegram) };
        let Some(message) = self.take(fragment) else {
            return Ok(telegram);
        };
        match message.decode(keys)? {
            Some(whole) => Ok(whole),
            None => {
                telegram.warnings.push(Warning::FragmentsDoNotFit);
                Ok(telegram)
            }
        }
    }

    /// Keeps a fragment; returns the message if it is whole now.
    fn take(&mut self, fragment: Fragment) -> Option<Message> {
        let sender = fragment.sender;
        self.heard += 1;
        if !self.messages.contains_key(&sender) && self.messages.len() >= Self::MOST_MESSAGES {
            let oldest = self.messages.iter().min_by_key(|(_, (last_heard, _))| *last_heard);
            let oldest = oldest.map(|(sender, _)| *sender)?;
            self.messages.remove(&oldest);
        }
        let (last_heard, message) = self.messages.entry(sender).or_default();
        *last_heard = self.heard;
        message.add(fragment);
        if !message.is_whole() {
            return None;
        }
        self.messages.remove(&sender).map(|(_, message)| message)
    }
}
