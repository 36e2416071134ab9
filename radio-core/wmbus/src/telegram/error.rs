//! Why a frame is no telegram, and what is odd about one that is.

use super::SealedReason;
use super::content::application_error_name;
use crate::dll::FrameError;
use crate::explain::Layer;
use crate::tpl::Ci;
use crate::wire::Ended;
use crate::wired::PrimaryAddress;

/// Where the C field of a wired frame lies.
const WIRED_CONTROL: usize = 4;
/// Where the data of a wired frame begins, behind its CI field.
const WIRED_DATA: usize = 7;

/// Returns the text of the error that a meter answers with; without a code it is an unspecified one.
const fn error_name(code: Option<u8>) -> &'static str {
    match code {
        None => application_error_name(0),
        Some(code) => application_error_name(code),
    }
}

/// A frame that is no telegram: one variant a layer, with the position of the fault.
///
/// A missing or wrong key is no error, see [`crate::Content::Sealed`]; nor is a damaged record, see
/// [`crate::RecordWarning`].
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are not a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A wired frame without a long transport header does not say which meter sends.
    #[error("wired frame without a long transport header names no meter")]
    NoAddress,
    /// The master of a wired bus sends the frame: a command or a request, and no data of a meter.
    #[error("the master of the bus sends this to address {address}: {}; it is no telegram of a meter", ci.name())]
    Command {
        /// The meter that it is for.
        address: PrimaryAddress,
        /// The CI field.
        ci: Ci,
    },
    /// A wired meter answers with an error instead of data, and does not say which meter it is.
    #[error("the meter at address {address} answers with an error instead of data: {}", error_name(*code))]
    ErrorAnswer {
        /// Where the meter hangs on its bus.
        address: PrimaryAddress,
        /// The application error, where the meter gives one.
        code: Option<u8>,
    },
    /// The extended link layer is cut off.
    #[error("extended link layer is cut off: {needed} more bytes needed at byte {offset}")]
    Ell {
        /// Where bytes are missing.
        offset: usize,
        /// How many bytes the field there takes.
        needed: usize,
    },
    /// The network layer is cut off.
    #[error("network layer is cut off: {needed} more bytes needed at byte {offset}")]
    Nwl {
        /// Where bytes are missing.
        offset: usize,
        /// How many bytes the field there takes.
        needed: usize,
    },
    /// The authentication and fragmentation layer is cut off, or its fields exceed its length.
    #[error("authentication and fragmentation layer is cut off: {needed} more bytes needed at byte {offset}")]
    Afl {
        /// Where bytes are missing.
        offset: usize,
        /// How many bytes the field there takes.
        needed: usize,
    },
    /// The transport layer is cut off.
    #[error("transport layer is cut off: {needed} more bytes needed at byte {offset}")]
    Tpl {
        /// Where bytes are missing.
        offset: usize,
        /// How many bytes the field there takes.
        needed: usize,
    },
    /// The head of a compact or format frame is cut off.
    #[error("application layer is cut off: {needed} more bytes needed at byte {offset}")]
    Apl {
        /// Where bytes are missing.
        offset: usize,
        /// How many bytes the field there takes.
        needed: usize,
    },
}

impl DecodeError {
    /// Returns a stable name for counters and machines.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Frame(error) => error.reason(),
            Self::NoAddress => "no_address",
            Self::Command { .. } => "command",
            Self::ErrorAnswer { .. } => "error_answer",
            Self::Ell { .. } => "ell_truncated",
            Self::Nwl { .. } => "nwl_truncated",
            Self::Afl { .. } => "afl_truncated",
            Self::Tpl { .. } => "tpl_truncated",
            Self::Apl { .. } => "apl_truncated",
        }
    }

    /// Returns the layer that the fault is in.
    pub const fn layer(&self) -> Layer {
        match self {
            Self::Frame(_) | Self::NoAddress | Self::Command { .. } => Layer::Dll,
            Self::ErrorAnswer { .. } => Layer::Apl,
            Self::Ell { .. } => Layer::Ell,
            Self::Nwl { .. } => Layer::Nwl,
            Self::Afl { .. } => Layer::Afl,
            Self::Tpl { .. } => Layer::Tpl,
            Self::Apl { .. } => Layer::Apl,
        }
    }

    /// Returns the offset of the fault: in the bytes as received for the link layer, otherwise in the
    /// frame without CRCs.
    pub const fn offset(&self) -> usize {
        match *self {
            Self::Frame(error) => error.offset(),
            Self::NoAddress => 0,
            Self::Command { .. } => WIRED_CONTROL,
            Self::ErrorAnswer { .. } => WIRED_DATA,
            Self::Ell { offset, .. }
            | Self::Nwl { offset, .. }
            | Self::Afl { offset, .. }
            | Self::Tpl { offset, .. }
            | Self::Apl { offset, .. } => offset,
        }
    }

    /// Turns the end of the bytes into the error of a layer above the link layer.
    pub(super) const fn ended(layer: Layer, Ended { offset, needed }: Ended) -> Self {
        match layer {
            Layer::Dll | Layer::Apl => Self::Apl { offset, needed },
            Layer::Ell => Self::Ell { offset, needed },
            Layer::Nwl => Self::Nwl { offset, needed },
            Layer::Afl => Self::Afl { offset, needed },
            Layer::Tpl => Self::Tpl { offset, needed },
        }
    }
}

/// What is odd about a telegram that was decoded nevertheless. Records have warnings of their own.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Warning {
    /// The receiver left bytes behind the frame; they were not decoded.
    #[error("{count} bytes behind the frame left out")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// The payload of the extended link layer is not encrypted, but its CRC does not fit.
    #[error("payload CRC of the extended link layer does not fit")]
    PayloadCrc,
    /// The telegram carries a MAC that was not verified: the key is missing, the kind is not known, or
    /// the payload was stored decrypted while the MAC covers the encrypted one.
    #[error("MAC not verified")]
    MacNotVerified,
    /// The configuration field announces more encrypted blocks than there are bytes.
    #[error("{announced} encrypted bytes announced, {found} found")]
    EncryptedPartCutOff {
        /// How many encrypted bytes the configuration field announces.
        announced: usize,
        /// How many bytes there are.
        found: usize,
    },
    /// A wired meter put a signature where the configuration field is now; nothing is encrypted.
    #[error("configuration field taken as the signature of an old wired meter")]
    OldSignature,
    /// A key opened it that the maker publishes: everybody can read this meter.
    #[error("opened with the maker's published key; the meter has none of its own")]
    DefaultKey,
    /// The C field is one that the standard does not know.
    #[error("C field {control:02X} is reserved; the frame may be damaged")]
    ReservedControl {
        /// The C field.
        control: u8,
    },
    /// The M field does not hold three letters.
    #[error("the M field names no manufacturer; the frame may be damaged")]
    NoManufacturer,
    /// A record is damaged or cut off, and hides those behind it; the rest is kept raw.
    #[error("records are damaged from byte {offset} on; the rest is kept raw")]
    RecordsDamaged {
        /// Where the damaged record begins.
        offset: usize,
    },
    /// A compact frame has a known format and every byte its place, but the CRC over the full records does
    /// not fit.
    #[error("CRC over the full records of the compact frame does not fit")]
    FullFrameCrc,
    /// The meter is known to send a layout of its maker's, but the bytes do not fit it; they are kept raw.
    #[error("the bytes do not fit the layout {layout}; they are kept raw")]
    LayoutMismatch {
        /// The layout's name.
        layout: &'static str,
    },
    /// A block in a maker's layout is encrypted and was not opened.
    #[error("the block with layout {layout} is encrypted: {reason}")]
    LayoutSealed {
        /// The layout's name.
        layout: &'static str,
        /// Why it was not opened.
        reason: SealedReason,
    },
    /// The maker's own checksum over a layout does not fit: its values may be wrong.
    #[error("checksum of the layout {layout} does not fit")]
    LayoutChecksum {
        /// The layout's name.
        layout: &'static str,
    },
    /// A record is well-formed, but no meter would send it: such as one of tariff 300 or a volume of
    /// 10^12 m³. In a damaged telegram bytes are records by chance.
    #[error("the record at byte {offset} is improbable; the telegram may be damaged")]
    ImprobableRecord {
        /// Where the record begins.
        offset: usize,
    },
    /// The fragments that were heard are not those of one message; they were given up.
    #[error("the fragments heard are not of one message; waiting for its repetition")]
    FragmentsDoNotFit,
    /// A message was put together from fragments, but has neither a length nor a verified MAC.
    #[error("nothing proves that the fragments are of one message")]
    FragmentsNotProven,
    /// Bytes follow where the CI field announces none.
    #[error("{count} bytes where the CI field announces none")]
    UnexpectedContent {
        /// How many.
        count: usize,
    },
}

impl Warning {
    /// Returns the stable name, such as `payload_crc`, by which people are told in their own language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::TrailingBytes { .. } => "trailing_bytes",
            Self::PayloadCrc => "payload_crc",
            Self::MacNotVerified => "mac_not_verified",
            Self::EncryptedPartCutOff { .. } => "encrypted_part_cut_off",
            Self::OldSignature => "old_signature",
            Self::DefaultKey => "default_key",
            Self::ReservedControl { .. } => "reserved_control",
            Self::NoManufacturer => "no_manufacturer",
            Self::RecordsDamaged { .. } => "records_damaged",
            Self::LayoutMismatch { .. } => "layout_mismatch",
            Self::LayoutSealed { .. } => "layout_sealed",
            Self::LayoutChecksum { .. } => "layout_checksum",
            Self::ImprobableRecord { .. } => "improbable_record",
            Self::FragmentsDoNotFit => "fragments_do_not_fit",
            Self::FragmentsNotProven => "fragments_not_proven",
            Self::UnexpectedContent { .. } => "unexpected_content",
            Self::FullFrameCrc => "full_frame_crc",
        }
    }

    /// Tells whether the telegram may have been damaged on its way although its checks fit.
    pub const fn is_doubt(&self) -> bool {
        match self {
            Self::PayloadCrc
            | Self::EncryptedPartCutOff { .. }
            | Self::ReservedControl { .. }
            | Self::NoManufacturer
            | Self::RecordsDamaged { .. }
            | Self::FullFrameCrc
            | Self::ImprobableRecord { .. }
            | Self::LayoutChecksum { .. }
            | Self::FragmentsDoNotFit
            | Self::FragmentsNotProven
            | Self::UnexpectedContent { .. } => true,
            Self::TrailingBytes { .. }
            | Self::MacNotVerified
            | Self::OldSignature
            | Self::DefaultKey
            | Self::LayoutMismatch { .. }
            | Self::LayoutSealed { .. } => false,
        }
    }
}
