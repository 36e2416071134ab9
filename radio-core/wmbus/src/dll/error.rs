//! Why bytes are not a frame.

/// Bytes that are not a frame, with the place of the fault.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// There are fewer bytes than a link layer has.
    #[error("only {found} bytes, a frame has at least {needed}")]
    TooShort {
        /// How many bytes a link layer takes.
        needed: usize,
        /// How many bytes there are.
        found: usize,
    },
    /// The L field is too small for a link layer, or impossible in this frame format.
    #[error("L field {length:02X} is impossible in this frame format")]
    LengthField {
        /// The L field.
        length: u8,
    },
    /// The frame ends before its L field says so.
    #[error("frame is cut off: {found} of {expected} bytes")]
    Truncated {
        /// How many bytes the L field announces.
        expected: usize,
        /// How many bytes there are.
        found: usize,
    },
    /// More bytes follow the frame than a receiver appends.
    #[error("{found} bytes where the L field announces {expected}")]
    TrailingBytes {
        /// How many bytes the L field announces.
        expected: usize,
        /// How many bytes there are.
        found: usize,
    },
    /// A block's CRC does not fit its bytes.
    #[error("CRC of block {block} does not fit")]
    BlockCrc {
        /// The block, the first one being 1.
        block: usize,
        /// Where the CRC lies.
        offset: usize,
    },
    /// A wired M-Bus long frame (`68 L L 68 …`) with a wrong checksum or stop byte.
    #[error("wired M-Bus frame with a wrong checksum or stop byte")]
    WiredChecksum {
        /// Where the checksum lies.
        offset: usize,
    },
}

impl FrameError {
    /// Returns a stable name for counters and machines.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "frame_too_short",
            Self::LengthField { .. } => "frame_length",
            Self::Truncated { .. } => "frame_truncated",
            Self::TrailingBytes { .. } => "frame_trailing_bytes",
            Self::BlockCrc { .. } => "block_crc",
            Self::WiredChecksum { .. } => "wired_checksum",
        }
    }

    /// Returns the offset of the fault in the bytes as received.
    pub const fn offset(&self) -> usize {
        match *self {
            Self::LengthField { .. } => 0,
            Self::TooShort { found, .. } | Self::Truncated { found, .. } => found,
            Self::TrailingBytes { expected, .. } => expected,
            Self::BlockCrc { offset, .. } | Self::WiredChecksum { offset } => offset,
        }
    }
}
