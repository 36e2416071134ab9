//! The way through the layers, and what comes out.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::doubts;
use super::layers::{LowerLayers, Rest, UpperLayers};
use super::open_ell::{EllPayload, open_ell};
use super::recognise::{self, Recognised};
use super::unseal::Sealed;
use super::{Authentication, Content, DecodeError, SealedReason, Security, Warning};
use crate::afl::Afl;
use crate::apl::DataRecord;
use crate::dll::{Frame, LinkHeader};
use crate::ell::Ell;
use crate::explain::Explanation;
use crate::meter::MeterAddress;
use crate::profiles::{Alarm, Reading};
use crate::security::Keys;
use crate::tpl::{Ci, Status, Tpl};
use crate::wired::{FixedData, PrimaryAddress, WiredControl};

/// A frame understood with all its layers.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// The frame without CRCs, decrypted where that was possible.
    pub(super) bytes: Vec<u8>,
    pub(super) lower: LowerLayers,
    /// `None` while the extended link layer is sealed.
    pub(super) upper: Option<UpperLayers>,
    pub(super) ell_payload: Option<EllPayload>,
    /// What the security mode of the transport layer had encrypted.
    pub(super) decrypted: Option<Range<usize>>,
    /// How many bytes behind the content are its tag.
    pub(super) tag_length: usize,
    /// How many frames it was put together from.
    pub(super) fragments: usize,
    link_address: MeterAddress,
    meter: MeterAddress,
    pub(super) content: Content,
    pub(super) clear_records: Vec<DataRecord>,
    security: Security,
    pub(super) recognised: Recognised,
    pub(super) warnings: Vec<Warning>,
}

impl Telegram {
    /// Decodes a frame, with the keys that may open it.
    ///
    /// The order of layers is this list: data link, extended link (decrypted if encrypted), network,
    /// authentication and fragmentation, transport (MAC verified, decrypted), application.
    ///
    /// # Errors
    /// A [`DecodeError`] names the layer whose header is cut off. A content that cannot be opened is no
    /// error but [`Content::Sealed`].
    pub fn decode(frame: &Frame, keys: &dyn Keys) -> Result<Self, DecodeError> {
        let lower = LowerLayers::read(frame)?;
        refuse_command(&lower.link, frame.bytes())?;
        let mut bytes = frame.bytes().to_vec();
        let payload = bytes.get_mut(..lower.link.payload.end).unwrap_or_default();
        let mut security = Security::NONE;
        let mut warnings = Vec::new();
        if frame.trailing_bytes() > 0 {
            warnings.push(Warning::TrailingBytes { count: frame.trailing_bytes() });
        }
        if let Some(number) = lower.ell.as_ref().and_then(|ell| ell.session_number) {
            security.ell_encryption = number.encryption();
        }

        let mut recognised = Recognised::default();
        let (upper, ell_payload, opened) = match open_ell(payload, &lower, keys) {
            Err(reason) => (None, None, Opened::plain(Content::Sealed(reason))),
            Ok(ell_payload) => {
                security.already_decrypted = ell_payload == EllPayload::AlreadyDecrypted;
                if ell_payload == EllPayload::Damaged {
                    warnings.push(Warning::PayloadCrc);
                }
                let upper = UpperLayers::read(payload, &lower)?;
                let mut opened = open_content(payload, &lower, &upper, keys, &mut security, &mut warnings)?;
                if let Some(context) = recognise::context(&lower, &upper) {
                    recognised =
                        recognise::recognise(&mut opened.content, payload, &context, keys, &mut warnings);
                    opened.decrypted = opened.decrypted.or(recognised.decrypted.clone());
                }
                (Some(upper), Some(ell_payload), opened)
            }
        };
        warnings.extend(doubts::of_link(&lower.link));
        // What a MAC proves is as the meter sent it, however odd.
        if security.authentication != Authentication::Verified {
            warnings.extend(doubts::of_records(opened.content.records()));
        }

        let in_header = upper.as_ref().and_then(UpperLayers::meter);
        let link_address =
            lower.link.address.or(in_header).ok_or_else(|| no_address(&bytes, &opened.content))?;
        let meter = in_header.unwrap_or(link_address);
        Ok(Self {
            bytes,
            lower,
            upper,
            ell_payload,
            decrypted: opened.decrypted,
            tag_length: opened.tag_length,
            fragments: 1,
            link_address,
            meter,
            content: opened.content,
            clear_records: opened.clear_records,
            security,
            recognised,
            warnings,
        })
    }

    /// Returns the sender: the meter, or the radio converter on it.
    pub fn link_address(&self) -> MeterAddress {
        self.link_address
    }

    /// Returns the meter: from the long transport header, or from the first record of a radio converter
    /// that sends no such header, otherwise the sender.
    pub fn meter(&self) -> MeterAddress {
        self.meter
    }

    /// Returns what the telegram carries.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Returns the records that sealed content has behind its encrypted part; they were left in clear.
    pub fn clear_records(&self) -> &[DataRecord] {
        &self.clear_records
    }

    /// Takes what the telegram carries.
    pub fn into_content(self) -> Content {
        self.content
    }

    /// Returns the C field of the link layer.
    pub fn control(&self) -> u8 {
        self.lower.link.control
    }

    /// Returns the status of the transport header, where there is one that can be read.
    pub fn status(&self) -> Option<Status> {
        let fixed = self.fixed().map(FixedData::status);
        fixed.or_else(|| Some(self.tpl()?.header.as_ref()?.status))
    }

    /// Returns the access number of the transport header, otherwise that of the extended link layer.
    pub fn access_number(&self) -> Option<u8> {
        let header = self.tpl().and_then(|tpl| tpl.header.as_ref()).map(|header| header.access_number);
        let ell = self.lower.ell.as_ref().map(|ell| ell.access_number);
        header.or(ell).or(self.fixed().map(FixedData::access_number))
    }

    /// Returns the message counter of an authenticated telegram.
    pub fn message_counter(&self) -> Option<u32> {
        let upper = self.upper.as_ref()?;
        let header = upper.tpl().and_then(|tpl| tpl.header.as_ref());
        header
            .and_then(|header| header.extension?.message_counter)
            .or(upper.afl.as_ref().and_then(|afl| afl.message_counter))
    }

    /// Returns the extended link layer, where there is one.
    pub fn ell(&self) -> Option<&Ell> {
        self.lower.ell.as_ref()
    }

    /// Returns the authentication and fragmentation layer, where there is one that can be read.
    pub fn afl(&self) -> Option<&Afl> {
        self.upper.as_ref()?.afl.as_ref()
    }

    /// Returns the transport layer, where there is one that can be read.
    pub fn tpl(&self) -> Option<&Tpl> {
        self.upper.as_ref()?.tpl()
    }

    /// Returns the fixed data structure, where an old wired meter sends it.
    pub fn fixed(&self) -> Option<&FixedData> {
        self.upper.as_ref()?.fixed()
    }

    /// Returns how the telegram is protected.
    pub fn security(&self) -> Security {
        self.security
    }

    /// Returns the name of the maker's own layout that the content, or a record in it, has; `None` where
    /// all is of the standard or nothing was recognised.
    pub fn layout(&self) -> Option<&'static str> {
        self.recognised.layout
    }

    /// Returns the alarms that a maker's own layout gives. What the status of the transport header and
    /// the flags of records mean, profiles know.
    pub fn alarms(&self) -> &[Alarm] {
        &self.recognised.alarms
    }

    /// Returns what is odd about the telegram; records have warnings of their own.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Returns how many frames the telegram came in: 1, or more where [`Reassembly`](super::Reassembly)
    /// put it together.
    pub fn fragments(&self) -> usize {
        self.fragments
    }

    /// Tells whether the telegram may have been damaged on its way although its checks fit: its values are
    /// not to be trusted without a second telegram that agrees.
    pub fn is_doubtful(&self) -> bool {
        self.warnings.iter().any(|warning| warning.is_doubt())
    }

    /// Returns which bytes of the frame were decrypted with a key.
    pub fn decrypted_range(&self) -> Option<Range<usize>> {
        if self.ell_payload == Some(EllPayload::Decrypted) {
            // All that the extended link layer encrypts holds what the transport layer encrypts in it.
            return Some(self.lower.ell.as_ref()?.payload_crc_at?..self.lower.link.payload.end);
        }
        self.decrypted.clone()
    }

    /// Explains every byte, layer by layer. Keys are never shown; decrypted bytes are.
    pub fn explain(&self) -> Explanation {
        super::explain::explain(self)
    }

    /// Explains every byte as [`Self::explain`] does, and adds to each record the names that its value has
    /// in a reading of this telegram.
    pub fn explain_with(&self, reading: &Reading<'_>) -> Explanation {
        let mut explanation = self.explain();
        for field in reading.fields() {
            let Some(record) = self.content.records().get(field.record) else { continue };
            let range = record.offset..record.offset + record.raw.len();
            let index = field.index.map_or_else(String::new, |index| format!("[{index}]"));
            explanation.name(&range, &format!("{}{index}", field.name));
        }
        explanation
    }
}

/// What lies above the extended link layer, opened.
struct Opened {
    content: Content,
    /// Of sealed content the records that were left in clear.
    clear_records: Vec<DataRecord>,
    decrypted: Option<Range<usize>>,
    tag_length: usize,
}

impl Opened {
    fn plain(content: Content) -> Self {
        Self { content, clear_records: Vec::new(), decrypted: None, tag_length: 0 }
    }
}

/// Opens what lies above the extended link layer.
fn open_content(
    payload: &mut [u8],
    lower: &LowerLayers,
    upper: &UpperLayers,
    keys: &dyn Keys,
    security: &mut Security,
    warnings: &mut Vec<Warning>,
) -> Result<Opened, DecodeError> {
    let tpl = match &upper.rest {
        Rest::Nothing => return Ok(Opened::plain(Content::Empty)),
        Rest::Fragment(at) => {
            return Ok(Opened::plain(fragment(upper, payload.get(*at..).unwrap_or_default())));
        }
        Rest::UnknownLayer(at) => {
            let ci = Ci(payload.get(*at).copied().unwrap_or_default());
            let data = payload.get(at + 1..).unwrap_or_default().to_vec();
            return Ok(Opened::plain(Content::Unsupported { ci: ci.0, name: ci.name(), data }));
        }
        Rest::Fixed(fixed) => return Ok(Opened::plain(Content::Records(fixed.records()))),
        Rest::Transport(tpl) => tpl,
    };
    security.mode = tpl.mode();
    if tpl.ci.is_command() && lower.is_user_data_to_meter() {
        // Its records are what the meter is to do, not what it measured.
        let data = payload.get(tpl.end..).unwrap_or_default().to_vec();
        return Ok(Opened::plain(Content::Unsupported { ci: tpl.ci.0, name: tpl.ci.name(), data }));
    }
    if let Some((context, layout)) = recognise::own_cipher(lower, upper) {
        return Ok(match layout.open(payload, &context, keys) {
            Ok(opened) => {
                security.default_key = opened.default_key;
                if opened.default_key {
                    warnings.push(Warning::DefaultKey);
                }
                let data = payload.get(tpl.end..).unwrap_or_default().to_vec();
                let content = Content::Manufacturer { ci: tpl.ci.0, data };
                let decrypted = Some(opened.range).filter(|range| !range.is_empty());
                Opened { decrypted, ..Opened::plain(content) }
            }
            Err(reason) => Opened::plain(Content::Sealed(reason)),
        });
    }
    let sealed = Sealed { tpl, afl: upper.afl.as_ref(), link: &lower.link };
    match sealed.open(payload, keys, warnings) {
        Ok(unsealed) => {
            security.authentication = unsealed.authentication;
            security.already_decrypted |= unsealed.already_decrypted;
            security.default_key = unsealed.default_key;
            if unsealed.authentication == Authentication::NotVerified {
                warnings.push(Warning::MacNotVerified);
            }
            if unsealed.default_key {
                warnings.push(Warning::DefaultKey);
            }
            let end = payload.len().saturating_sub(unsealed.tag_length);
            let content = payload.get(..end).unwrap_or_default();
            let meter = tpl.header.as_ref().and_then(|header| header.meter).or(lower.link.address);
            let content = Content::read(tpl.content_ci(), meter.as_ref(), content, tpl.end, warnings)?;
            warnings.extend(
                content
                    .records()
                    .iter()
                    .find(|record| record.is_damaged())
                    .map(|record| Warning::RecordsDamaged { offset: record.offset }),
            );
            let (decrypted, tag_length) = (unsealed.decrypted, unsealed.tag_length);
            Ok(Opened { decrypted, tag_length, ..Opened::plain(content) })
        }
        Err(reason) => {
            let has_mac = upper.afl.as_ref().is_some_and(|afl| afl.mac.is_some());
            security.authentication = match reason {
                SealedReason::MacFailed => Authentication::Failed,
                _ if has_mac => Authentication::NotVerified,
                _ => Authentication::Absent,
            };
            // What a MAC refuses is not to be trusted in parts either.
            let clear_records = match reason {
                SealedReason::MacFailed => Vec::new(),
                _ => sealed.clear_records(payload),
            };
            Ok(Opened { clear_records, ..Opened::plain(Content::Sealed(reason)) })
        }
    }
}

/// Refuses what the master of a wired bus sends: its records are what a meter is to do.
fn refuse_command(link: &LinkHeader, bytes: &[u8]) -> Result<(), DecodeError> {
    match link.primary_address {
        Some(address) if WiredControl(link.control).is_from_master() => {
            let ci = Ci(bytes.get(link.payload.start).copied().unwrap_or_default());
            Err(DecodeError::Command { address, ci })
        }
        _ => Ok(()),
    }
}

/// Says why a wired frame without a meter's address is no telegram.
fn no_address(bytes: &[u8], content: &Content) -> DecodeError {
    const ADDRESS: usize = 5;
    let address = PrimaryAddress(bytes.get(ADDRESS).copied().unwrap_or_default());
    match content {
        Content::ApplicationError { code, .. } => DecodeError::ErrorAnswer { address, code: *code },
        _ => DecodeError::NoAddress,
    }
}

fn fragment(upper: &UpperLayers, data: &[u8]) -> Content {
    let control = upper.afl.as_ref().map(|afl| afl.fragmentation);
    Content::Fragment {
        number: control.map_or(0, |control| control.fragment()),
        more: control.is_some_and(|control| control.more_fragments()),
        data: data.to_vec(),
    }
}
