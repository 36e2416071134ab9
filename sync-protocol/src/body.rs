//! The body of a push: one batch as CBOR with integer keys (RFC 8949), compressed with zstd.
//!
//! CBOR because old and new versions must read one another: unknown keys are skipped, and a key that
//! is added later is optional. Encrypted telegrams do not compress, so no encoding is much smaller.

use std::fmt;
use std::io::Read;

use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

use crate::{BatchId, ClockSample, Item, ReplicaEpoch, ReplicaId, SCHEMA};

/// The media type of a batch.
pub const MEDIA_TYPE: &str = "application/vnd.walkby.batch.v1+cbor";

/// zstd level: encrypted telegrams gain nothing above it.
const COMPRESSION_LEVEL: i32 = 3;

/// Facts that travel together: the server keeps all of them or none.
///
/// A batch never changes once it is cut; every attempt sends the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Batch {
    /// Version of the schema that wrote this batch.
    #[n(0)]
    pub schema: u32,
    /// Identity of the batch.
    #[n(1)]
    pub id: BatchId,
    /// Who cut it.
    #[n(2)]
    pub replica: ReplicaId,
    /// Which life of the replica's database cut it.
    #[n(3)]
    pub epoch: ReplicaEpoch,
    /// Comparisons with the server's clock since the last batch.
    #[n(4)]
    pub clock: Vec<ClockSample>,
    /// The facts.
    #[n(5)]
    pub items: Vec<Item>,
}

impl Batch {
    /// Returns an empty batch of the present schema.
    pub fn new(id: BatchId, replica: ReplicaId, epoch: ReplicaEpoch) -> Self {
        Self { schema: SCHEMA, id, replica, epoch, clock: Vec::new(), items: Vec::new() }
    }
}

/// SHA-256 over the bytes of a body as they travel.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Returns the digest of a body.
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits")]
pub struct ParseDigestError;

impl std::str::FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        crate::encoding::hex_array(text).map(Self).ok_or(ParseDigestError)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a reader of bodies takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// Bytes of a body as it travels.
    pub compressed: usize,
    /// Bytes of a body after decompression.
    pub decoded: usize,
    /// Items in a batch.
    pub items: usize,
}

impl BodyLimits {
    /// The limits of this version of the protocol.
    pub const DEFAULT: Self = Self { compressed: 1 << 20, decoded: 8 << 20, items: 5_000 };
}

/// Why a body was refused as a whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is larger than the limit, before or after decompression.
    #[error("the batch is larger than {limit} bytes; cut it into smaller ones")]
    TooLarge {
        /// The limit that was passed.
        limit: usize,
    },
    /// The batch has more items than the limit.
    #[error("the batch has {items} items, more than {limit}; cut it into smaller ones")]
    TooManyItems {
        /// Items found.
        items: usize,
        /// The limit that was passed.
        limit: usize,
    },
    /// The bytes are not a zstd frame, or it was cut short.
    #[error("the batch is not a whole zstd frame")]
    Compression,
    /// The decompressed bytes are not a batch.
    #[error("the batch is not valid CBOR near byte {position}")]
    Encoding {
        /// Where reading stopped, in the decompressed bytes.
        position: usize,
    },
    /// A newer version than this one wrote the batch.
    #[error("the batch has schema {found}; this version reads up to {SCHEMA}")]
    NewerSchema {
        /// The schema that the batch names.
        found: u32,
    },
}

/// Returns the bytes that travel.
pub fn write(batch: &Batch) -> Vec<u8> {
    let mut cbor = Vec::new();
    if minicbor::encode(batch, &mut cbor).is_err() {
        debug_assert!(false, "writing to memory cannot fail");
    }
    zstd::bulk::compress(&cbor, COMPRESSION_LEVEL).unwrap_or_else(|_| {
        debug_assert!(false, "compressing in memory cannot fail");
        Vec::new()
    })
}

/// Reads a body, within limits.
///
/// # Errors
/// When the body as a whole cannot be taken. Single bad items are the business of the merge.
pub fn read(body: &[u8], limits: &BodyLimits) -> Result<Batch, BodyError> {
    if body.len() > limits.compressed {
        return Err(BodyError::TooLarge { limit: limits.compressed });
    }
    let cbor = decompress(body, limits.decoded)?;
    let mut decoder = minicbor::Decoder::new(&cbor);
    let batch: Batch =
        decoder.decode().map_err(|error| BodyError::Encoding { position: error.position().unwrap_or(0) })?;
    if decoder.position() != cbor.len() {
        return Err(BodyError::Encoding { position: decoder.position() });
    }
    if batch.schema > SCHEMA {
        return Err(BodyError::NewerSchema { found: batch.schema });
    }
    if batch.items.len() > limits.items {
        return Err(BodyError::TooManyItems { items: batch.items.len(), limit: limits.items });
    }
    Ok(batch)
}

/// Decompresses to at most `limit` bytes: a bomb is refused when it passes the limit, not when it ends.
fn decompress(body: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    let decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(|_| BodyError::Compression)?;
    let mut cbor = Vec::new();
    let ceiling = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(ceiling).read_to_end(&mut cbor).map_err(|_| BodyError::Compression)?;
    if cbor.len() > limit {
        return Err(BodyError::TooLarge { limit });
    }
    Ok(cbor)
}
