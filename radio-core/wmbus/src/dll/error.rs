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
    /// A wired M-Bus frame with a wrong checksum.
    #[error("checksum of the wired M-Bus frame does not fit")]
    WiredChecksum {
        /// Where the checksum lies.
        offset: usize,
    },
    /// No wired M-Bus frame begins with this byte, or a long one does not repeat its start byte.
    #[error("not the start byte of a wired M-Bus frame: 68, 10 or E5")]
    WiredStart {
        /// Where the start byte should be.
        offset: usize,
    },
    /// A wired M-Bus long frame whose two L fields differ, or are below 3.
    #[error(
        "L fields {first:02X} and {second:02X} of the wired M-Bus frame: they must be equal and at least 03"
    )]
    WiredLength {
        /// The L field.
        first: u8,
        /// Its repetition.
        second: u8,
    },
    /// A wired M-Bus frame without its stop byte 16.
    #[error("stop byte 16 of the wired M-Bus frame is missing")]
    WiredStop {
        /// Where the stop byte should be.
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
            Self::WiredStart { .. } => "wired_start",
            Self::WiredLength { .. } => "wired_length",
            Self::WiredStop { .. } => "wired_stop",
        }
    }

    /// Returns the offset of the fault in the bytes as received.
    pub const fn offset(&self) -> usize {
        match *self {
            Self::LengthField { .. } => 0,
            Self::TooShort { found, .. } | Self::Truncated { found, .. } => found,
            Self::TrailingBytes { expected, .. } => expected,
            Self::WiredLength { .. } => 1,
            Self::BlockCrc { offset, .. }
            | Self::WiredChecksum { offset }
            | Self::WiredStart { offset }
            | Self::WiredStop { offset } => offset,
        }
    }
}
