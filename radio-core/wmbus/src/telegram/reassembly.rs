//! Putting messages together that a meter sends in several frames (EN 13757-7, 6.3).

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::{Authentication, Content, DecodeError, Telegram, Warning};
use crate::afl::{Afl, FragmentationControl, MessageControl};
use crate::crc::crc16;
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
    /// What was heard of each sender's message, by its M and A fields as transmitted.
    messages: BTreeMap<[u8; 8], Message>,
    /// How many fragments were heard: the time, as far as it matters here.
    heard: u64,
}

/// The fragments of a message, by their numbers.
#[derive(Debug, Default)]
struct Message {
    fragments: BTreeMap<u8, Fragment>,
    last_heard: u64,
}

/// One fragment, without what is the same in all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fragment {
    /// What comes before the authentication and fragmentation layer, decrypted.
    head: Vec<u8>,
    /// Where in it the payload CRC of the extended link layer lies, if there is one.
    payload_crc_at: Option<usize>,
    afl: Afl,
    mac: Option<Vec<u8>>,
    data: Vec<u8>,
}

impl Reassembly {
    /// How many messages are waited for at most.
    pub const MOST_MESSAGES: usize = 64;

    /// Decodes a frame, and where it is the last missing fragment of a message, the message.
    ///
    /// A fragment of a message that is not whole yet stays [`Content::Fragment`]. A message that is whole
    /// stands as if it had been sent in one piece: with the link layer of its first fragment, and one
    /// authentication and fragmentation layer with the fields of all of them.
    ///
    /// # Errors
    /// Those of [`Telegram::decode`].
    pub fn decode(&mut self, frame: &Frame, keys: &dyn Keys) -> Result<Telegram, DecodeError> {
        let mut telegram = Telegram::decode(frame, keys)?;
        let Some(fragment) = Fragment::of(&telegram) else { return Ok(telegram) };
        let Some(message) = self.take(telegram.lower.link.wire_address, fragment) else {
            return Ok(telegram);
        };
        let announced = message.fragments.values().find_map(|fragment| fragment.afl.message_length);
        let data = message.data();
        if announced.is_some_and(|announced| usize::from(announced) != data.len()) {
            telegram.warnings.push(Warning::FragmentsDoNotFit);
            return Ok(telegram);
        }
        let mut whole = Telegram::decode(&message.to_frame(&data), keys)?;
        whole.fragments = message.fragments.len();
        if announced.is_none() && whole.security().authentication != Authentication::Verified {
            whole.warnings.push(Warning::FragmentsNotProven);
        }
        Ok(whole)
    }

    /// Keeps a fragment; returns the message if it is whole now.
    fn take(&mut self, sender: [u8; 8], fragment: Fragment) -> Option<Message> {
        self.heard += 1;
        if !self.messages.contains_key(&sender) && self.messages.len() >= Self::MOST_MESSAGES {
            let oldest = self.messages.iter().min_by_key(|(_, message)| message.last_heard);
            let oldest = oldest.map(|(sender, _)| *sender)?;
            self.messages.remove(&oldest);
        }
        let message = self.messages.entry(sender).or_default();
        message.last_heard = self.heard;
        message.add(fragment);
        if message.is_whole() { self.messages.remove(&sender) } else { None }
    }
}

impl Message {
    /// Adds a fragment. One that contradicts those before begins another message.
    fn add(&mut self, fragment: Fragment) {
        if self.fragments.values().any(|earlier| earlier.contradicts(&fragment)) {
            self.fragments.clear();
        }
        self.fragments.insert(fragment.number(), fragment);
    }

    fn is_whole(&self) -> bool {
        self.fragments
            .last_key_value()
            .is_some_and(|(number, last)| last.is_last() && self.fragments.len() == usize::from(*number))
    }

    fn data(&self) -> Vec<u8> {
        self.fragments.values().flat_map(|fragment| &fragment.data).copied().collect()
    }

    /// Returns the message in one piece.
    fn to_frame(&self, data: &[u8]) -> Frame {
        let Some((_, first)) = self.fragments.first_key_value() else {
            return Frame::put_together(Vec::new());
        };
        let mut bytes = [&first.head, &self.authentication_layer(), data].concat();
        if let Some((crc, payload)) =
            first.payload_crc_at.and_then(|at| bytes.get_mut(at..)?.split_first_chunk_mut())
        {
            *crc = crc16(payload).to_le_bytes();
        }
        Frame::put_together(bytes)
    }

    /// Returns one layer with the fields of all fragments.
    fn authentication_layer(&self) -> Vec<u8> {
        fn first<T>(message: &Message, field: impl Fn(&Fragment) -> Option<T>) -> Option<T> {
            message.fragments.values().find_map(field)
        }
        let control = first(self, |fragment| fragment.afl.message_control);
        let key_information = first(self, |fragment| fragment.afl.key_information);
        let counter = first(self, |fragment| fragment.afl.message_counter);
        let mac = first(self, |fragment| fragment.mac.clone());
        let length = first(self, |fragment| fragment.afl.message_length);
        let present = FragmentationControl::of_whole(
            control.is_some(),
            length.is_some(),
            counter.is_some(),
            mac.is_some(),
            key_information.is_some(),
        );
        let mut fields = present.0.to_le_bytes().to_vec();
        fields.extend(control.map(|MessageControl(control)| control));
        fields.extend(key_information.into_iter().flatten());
        fields.extend(counter.into_iter().flat_map(u32::to_le_bytes));
        fields.extend(mac.into_iter().flatten());
        fields.extend(length.into_iter().flat_map(u16::to_le_bytes));
        // A fragment without message control may call anything its MAC; it is cut to what can be counted.
        fields.truncate(usize::from(u8::MAX));
        let counted = u8::try_from(fields.len()).unwrap_or(u8::MAX);
        [vec![Afl::CI, counted], fields].concat()
    }
}

impl Fragment {
    /// Returns the fragment that a telegram is, if it is one.
    fn of(telegram: &Telegram) -> Option<Self> {
        let Content::Fragment { number, data, .. } = telegram.content() else { return None };
        let afl = telegram.afl()?;
        if *number == 0 || telegram.lower.link.address.is_none() {
            return None;
        }
        Some(Self {
            head: telegram.bytes.get(..afl.offset)?.to_vec(),
            payload_crc_at: telegram.lower.ell.as_ref().and_then(|ell| ell.payload_crc_at),
            afl: afl.clone(),
            mac: afl.mac_of(&telegram.bytes).map(<[u8]>::to_vec),
            data: data.clone(),
        })
    }

    fn number(&self) -> u8 {
        self.afl.fragmentation.fragment()
    }

    fn is_last(&self) -> bool {
        !self.afl.fragmentation.more_fragments()
    }

    /// Tells whether two fragments cannot be of the same message.
    fn contradicts(&self, other: &Self) -> bool {
        let counters = [self.afl.message_counter, other.afl.message_counter];
        let other_counter = matches!(counters, [Some(one), Some(another)] if one != another);
        let behind_the_last = self.is_last() && other.number() > self.number()
            || other.is_last() && self.number() > other.number();
        // The head may differ: each repetition has its own access number.
        let other_content =
            self.number() == other.number() && (self.data != other.data || self.mac != other.mac);
        other_counter || behind_the_last || other_content
    }
}
