//! Identities. Each is minted once, by the side that first knows the thing, and never reused.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(self.0.as_bytes())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Uuid::from_slice(d.bytes()?)
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("identity is not 16 bytes long"))
            }
        }
    };
}

uuid_id! {
    /// One installed app on one handheld. Given by the server when it is paired.
    ReplicaId
}
uuid_id! {
    /// One life of a replica's local database. Minted anew when the database is created or restored,
    /// so that sequence numbers of two lives are never taken for one another.
    ReplicaEpoch
}
uuid_id! {
    /// One start of the handheld's operating system: monotonic times compare only within one.
    BootId
}
uuid_id! {
    /// One batch. A random UUIDv7, minted when the batch is cut; a counter would repeat after a restore.
    BatchId
}
uuid_id! {
    /// One physical reception of a telegram.
    ReceptionId
}
uuid_id! {
    /// One thing that a person did: a manual reading, a skip, a note, a photo.
    EventId
}
uuid_id! {
    /// One walk of a tour.
    ReadingSessionId
}
uuid_id! {
    /// One tour.
    TourId
}
uuid_id! {
    /// One line of a tour: a meter that is to be read.
    TourMeterId
}

/// The content address of a telegram: SHA-256 of the frame with its link-layer CRCs removed and its
/// L field counting the bytes that follow it.
///
/// The server computes it again from the bytes; a handheld's word is only a check of the transport.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TelegramId(pub [u8; 32]);

impl TelegramId {
    /// Returns the address of a CRC-free frame.
    pub fn of(frame: &[u8]) -> Self {
        Self(Sha256::digest(frame).into())
    }
}

impl fmt::Display for TelegramId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TelegramId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TelegramId({self})")
    }
}

/// A text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a telegram id is 64 hexadecimal digits")]
pub struct ParseTelegramIdError;

impl FromStr for TelegramId {
    type Err = ParseTelegramIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        crate::encoding::hex_array(text).map(Self).ok_or(ParseTelegramIdError)
    }
}

impl Serialize for TelegramId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TelegramId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<C> Encode<C> for TelegramId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for TelegramId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        <[u8; 32]>::try_from(d.bytes()?)
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("telegram id is not 32 bytes long"))
    }
}
