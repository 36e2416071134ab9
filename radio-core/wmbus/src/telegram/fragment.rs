//! Fragments of a message, and what they are together (EN 13757-7, 6.3).

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::{Authentication, Content, DecodeError, Telegram, Warning};
use crate::afl::{Afl, FragmentationControl, MessageControl};
use crate::crc::crc16;
use crate::dll::Frame;
use crate::security::Keys;

/// The fragments of a message, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Message {
    fragments: BTreeMap<u8, Fragment>,
}

/// One fragment, without what is the same in all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fragment {
    /// The sender's M and A fields as transmitted.
    pub(super) sender: [u8; 8],
    /// The access number of the extended link layer: fragments of a message have the same or consecutive ones.
    pub(super) access_number: Option<u8>,
    /// What comes before the authentication and fragmentation layer, decrypted.
    head: Vec<u8>,
    /// Where in it the payload CRC of the extended link layer lies, if there is one.
    payload_crc_at: Option<usize>,
    afl: Afl,
    mac: Option<Vec<u8>>,
    data: Vec<u8>,
}

impl Message {
    /// Adds a fragment. One that contradicts those before begins another message.
    pub(super) fn add(&mut self, fragment: Fragment) {
        if self.fragments.values().any(|earlier| earlier.contradicts(&fragment)) {
            self.fragments.clear();
        }
        self.fragments.insert(fragment.number(), fragment);
    }

    pub(super) fn is_whole(&self) -> bool {
        self.fragments
            .last_key_value()
            .is_some_and(|(number, last)| last.is_last() && self.fragments.len() == usize::from(*number))
    }

    /// Decodes the message as if it had been sent in one piece: with the link layer of its first fragment, and
    /// one authentication and fragmentation layer with the fields of all of them. `None` where its length is
    /// not the announced one.
    pub(super) fn decode(&self, keys: &dyn Keys) -> Result<Option<Telegram>, DecodeError> {
        let announced = self.fragments.values().find_map(|fragment| fragment.afl.message_length);
        let data = self.data();
        if announced.is_some_and(|announced| usize::from(announced) != data.len()) {
            return Ok(None);
        }
        let mut whole = Telegram::decode(&self.to_frame(&data), keys)?;
        whole.fragments = self.fragments.len();
        if announced.is_none() && whole.security().authentication != Authentication::Verified {
            whole.warnings.push(Warning::FragmentsNotProven);
        }
        Ok(Some(whole))
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
    pub(super) fn of(telegram: &Telegram) -> Option<Self> {
        let Content::Fragment { number, data, .. } = telegram.content() else { return None };
        let afl = telegram.afl()?;
        if *number == 0 || telegram.lower.link.address.is_none() {
            return None;
        }
        Some(Self {
            sender: telegram.lower.link.wire_address,
            access_number: telegram.lower.ell.as_ref().map(|ell| ell.access_number),
            head: telegram.bytes.get(..afl.offset)?.to_vec(),
            payload_crc_at: telegram.lower.ell.as_ref().and_then(|ell| ell.payload_crc_at),
            afl: afl.clone(),
            mac: afl.mac_of(&telegram.bytes).map(<[u8]>::to_vec),
            data: data.clone(),
        })
    }

    /// Returns the number, from 1.
    pub(super) fn number(&self) -> u8 {
        self.afl.fragmentation.fragment()
    }

    pub(super) fn is_last(&self) -> bool {
        !self.afl.fragmentation.more_fragments()
    }

    /// Tells by access numbers that a fragment was sent in one go with the last one of its message.
    pub(super) fn is_sent_with(&self, last: &Self) -> bool {
        self.has_neighbouring_access_number(last) == Some(true)
    }

    /// Tells by access numbers that a fragment was not sent in one go with the last one of a message.
    pub(super) fn is_sent_apart_from(&self, last: &Self) -> bool {
        self.has_neighbouring_access_number(last) == Some(false)
    }

    /// Fragments have the same access number or consecutive ones; `None` where they have none.
    fn has_neighbouring_access_number(&self, last: &Self) -> Option<bool> {
        let behind = last.number().wrapping_sub(self.number());
        let (own, of_last) = self.access_number.zip(last.access_number)?;
        Some(own == of_last || own.wrapping_add(behind) == of_last)
    }

    /// Tells whether two fragments say the same, each perhaps with an access number of its own.
    pub(super) fn repeats(&self, other: &Self) -> bool {
        (&self.afl, &self.mac, &self.data) == (&other.afl, &other.mac, &other.data)
    }

    /// Tells whether two fragments cannot be of the same message.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
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
