//! A telegram, put together from the application layer outward.

use super::layers::{self, Application, ExtendedLink, Header};
use super::{EncodeError, fragments, record::Record};
use crate::{AesKey, Frame, FrameFormat, Key64, MeterAddress};
use alloc::vec;
use alloc::vec::Vec;

/// SND-NR: the meter sends without being asked.
const SEND_NO_REPLY: u8 = 0x44;

/// The extended link layer's communication control that most meters send: synchronous transmission.
const SYNCHRONOUS: u8 = 0x20;

/// The session number's encryption field: AES-128-CTR.
const ENCRYPTION_CTR: u32 = 1 << 29;
const SESSION_BITS: u32 = ENCRYPTION_CTR - 1;

/// What the L field can count.
const MAX_LENGTH: usize = 255;

/// Builds a telegram of a meter.
///
/// Without further calls it is SND-NR with a short transport header, in clear, without records.
#[derive(Debug, Clone)]
pub struct TelegramBuilder {
    link: MeterAddress,
    control: u8,
    extended_link: ExtendedLink,
    application: Application,
    header: Header,
    access_number: u8,
    status: u8,
    configuration_flags: u16,
    security: Security,
    records: Vec<Record>,
    clear_records: Vec<Record>,
}

#[derive(Debug, Clone)]
enum Security {
    None,
    Mode5(AesKey),
    Mode7 { key: AesKey, message_counter: u32 },
    Mode2(Key64),
    Mode10 { key: AesKey, message_counter: u32, tag: TagLength },
}

/// How many bytes the tag of a message in security mode 10 has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TagLength {
    /// 4 bytes.
    Four = 4,
    /// 8 bytes, which meters use.
    #[default]
    Eight = 8,
    /// 12 bytes.
    Twelve = 12,
    /// 16 bytes.
    Sixteen = 16,
}

impl TelegramBuilder {
    /// Begins a telegram whose link layer names `link` as the sender.
    pub fn new(link: MeterAddress) -> Self {
        Self {
            link,
            control: SEND_NO_REPLY,
            extended_link: ExtendedLink::None,
            application: Application::Full,
            header: Header::Short,
            access_number: 0,
            status: 0,
            configuration_flags: 0,
            security: Security::None,
            records: Vec::new(),
            clear_records: Vec::new(),
        }
    }

    /// Sets the C field, such as 46 for an installation request.
    #[must_use]
    pub fn control(mut self, control: u8) -> Self {
        self.control = control;
        self
    }

    /// Leaves the transport header out (CI 78): no access number, status or security mode.
    #[must_use]
    pub fn no_header(mut self) -> Self {
        self.header = Header::None;
        self
    }

    /// Uses the short transport header (CI 7A), which is the default.
    #[must_use]
    pub fn short_header(mut self) -> Self {
        self.header = Header::Short;
        self
    }

    /// Uses the long transport header (CI 72), as a radio converter does for the meter behind it.
    #[must_use]
    pub fn long_header(mut self, meter: MeterAddress) -> Self {
        self.header = Header::Long(meter);
        self
    }

    /// Sets the access number of the transport header.
    #[must_use]
    pub fn access_number(mut self, access_number: u8) -> Self {
        self.access_number = access_number;
        self
    }

    /// Sets the status byte of the transport header.
    #[must_use]
    pub fn status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }

    /// Sets bits of the configuration field beside mode and length, such as 2000 for synchronous.
    #[must_use]
    pub fn configuration_flags(mut self, flags: u16) -> Self {
        self.configuration_flags = flags;
        self
    }

    /// Adds a record.
    #[must_use]
    pub fn record(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }

    /// Adds records.
    #[must_use]
    pub fn records(mut self, records: impl IntoIterator<Item = Record>) -> Self {
        self.records.extend(records);
        self
    }

    /// Adds a record behind the encrypted part, in clear. Without encryption it follows the others.
    #[must_use]
    pub fn clear_record(mut self, record: Record) -> Self {
        self.clear_records.push(record);
        self
    }

    /// Sends the records as a compact frame: data only, headers known from elsewhere.
    #[must_use]
    pub fn compact_frame(mut self) -> Self {
        self.application = Application::Compact;
        self
    }

    /// Sends the headers of the records as a format frame, for compact frames to refer to.
    #[must_use]
    pub fn format_frame(mut self) -> Self {
        self.application = Application::Format;
        self
    }

    /// Encrypts the records in security mode 5 (OMS profile A).
    #[must_use]
    pub fn mode5(mut self, key: AesKey) -> Self {
        self.security = Security::Mode5(key);
        self
    }

    /// Encrypts the records in security mode 7 with a CMAC over the message (OMS profile B).
    #[must_use]
    pub fn mode7(mut self, key: AesKey, message_counter: u32) -> Self {
        self.security = Security::Mode7 { key, message_counter };
        self
    }

    /// Encrypts the records in security mode 10 with a tag over the message (OMS profile D).
    #[must_use]
    pub fn mode10(mut self, key: AesKey, message_counter: u32, tag: TagLength) -> Self {
        self.security = Security::Mode10 { key, message_counter, tag };
        self
    }

    /// Encrypts the records in security mode 2, which is withdrawn: DES.
    #[must_use]
    pub fn mode2(mut self, key: Key64) -> Self {
        self.security = Security::Mode2(key);
        self
    }

    /// Adds an extended link layer without encryption (CI 8C).
    #[must_use]
    pub fn extended_link(mut self, communication_control: u8, access_number: u8) -> Self {
        self.extended_link = ExtendedLink::Short { communication_control, access_number };
        self
    }

    /// Encrypts all that follows the link layer in counter mode (CI 8D).
    ///
    /// `session_number` holds minutes counter and session; its upper three bits are set to "encrypted".
    #[must_use]
    pub fn ell_ctr(self, key: AesKey, access_number: u8, session_number: u32) -> Self {
        self.ell_ctr_with(SYNCHRONOUS, key, access_number, session_number)
    }

    /// Does the same as [`ell_ctr`](Self::ell_ctr) with another communication control field.
    #[must_use]
    pub fn ell_ctr_with(
        mut self,
        communication_control: u8,
        key: AesKey,
        access_number: u8,
        session_number: u32,
    ) -> Self {
        let session_number = session_number & SESSION_BITS | ENCRYPTION_CTR;
        self.extended_link =
            ExtendedLink::Encrypted { communication_control, access_number, session_number, key };
        self
    }

    /// Puts the frame together.
    ///
    /// # Errors
    /// When a record cannot be written or the telegram is too long for its fields.
    pub fn build(&self) -> Result<Frame, EncodeError> {
        let message = self.message()?;
        let message = match &self.security {
            Security::Mode7 { key, message_counter } => {
                let authentication =
                    layers::authentication_layer(key, *message_counter, &self.meter(), &message);
                [authentication, message].concat()
            }
            _ => message,
        };
        self.frame_around(message)
    }

    /// Puts the message together and cuts it into frames with at most `size` bytes of it each, as a meter
    /// does with a message that is longer than a frame. Mode 7 is authenticated over the whole.
    ///
    /// # Errors
    /// Those of [`build`](Self::build), and when there are more than 255 fragments.
    pub fn build_fragments(&self, size: usize) -> Result<Vec<Frame>, EncodeError> {
        let message = self.message()?;
        let authentication = match &self.security {
            Security::Mode7 { key, message_counter } => Some((key, *message_counter)),
            _ => None,
        };
        let fragments = fragments::cut(&message, size, authentication, &self.meter())?;
        fragments.into_iter().map(|fragment| self.frame_around(fragment)).collect()
    }

    /// Returns the frame around what follows the extended link layer.
    fn frame_around(&self, inner: Vec<u8>) -> Result<Frame, EncodeError> {
        let upper = self.extended_link.wrap(&self.link, inner);
        let mut bytes = vec![0, self.control];
        bytes.extend(self.link.to_link_bytes());
        bytes.extend(upper);
        let length = bytes.len() - 1;
        let too_long = EncodeError::TooLong { length, limit: MAX_LENGTH };
        if let Some(first) = bytes.first_mut() {
            *first = u8::try_from(length).map_err(|_| too_long)?;
        }
        Frame::parse(&bytes, FrameFormat::WithoutCrc).map_err(|_| too_long)
    }

    /// Returns the meter that the security modes bind to.
    fn meter(&self) -> MeterAddress {
        match self.header {
            Header::Long(meter) => meter,
            Header::None | Header::Short => self.link,
        }
    }

    /// Returns the transport layer from its CI on, encrypted.
    fn message(&self) -> Result<Vec<u8>, EncodeError> {
        let mut content = layers::application_data(self.application, &self.records)?;
        let clear = layers::application_data(Application::Full, &self.clear_records)
            .map_err(|error| behind(error, self.records.len()))?;
        let configuration = self.seal(&mut content)?;

        let mut message = vec![self.header.control_information(self.application)];
        match self.header {
            Header::None if configuration.is_some() => return Err(EncodeError::NoConfigurationField),
            Header::None => {}
            Header::Short => {}
            Header::Long(meter) => message.extend(meter.to_header_bytes()),
        }
        if self.header != Header::None {
            message.extend([self.access_number, self.status]);
            let (field, extension) = configuration.unwrap_or_default();
            message.extend((field | self.configuration_flags).to_le_bytes());
            message.extend(extension);
        }
        let tag = match &self.security {
            Security::Mode10 { key, message_counter, tag } => {
                let headers = message.clone();
                message.extend(message_counter.to_le_bytes());
                let meter = self.meter();
                layers::seal_mode10(key, *message_counter, &meter, &headers, &mut content, *tag as u8)
            }
            _ => Vec::new(),
        };
        message.extend(content);
        message.extend(clear);
        message.extend(tag);
        Ok(message)
    }

    /// Encrypts the content, but for mode 10, whose tag covers the header; returns the configuration
    /// field and its extension, none without security.
    fn seal(&self, content: &mut Vec<u8>) -> Result<Option<(u16, Vec<u8>)>, EncodeError> {
        /// The encryption key is derived by KDF A from the key with id 0.
        const DERIVED_KEY: u8 = 0x10;
        let meter = self.meter();
        Ok(match &self.security {
            Security::None => None,
            Security::Mode7 { key, message_counter } => {
                let count = layers::pad(content)?;
                layers::seal_mode7(key, *message_counter, &meter, content);
                Some((0x0700 | count, vec![DERIVED_KEY]))
            }
            Security::Mode5(key) => {
                let count = layers::pad(content)?;
                layers::seal_mode5(key, &meter, self.access_number, content);
                Some((0x0500 | count, Vec::new()))
            }
            Security::Mode2(key) => {
                *content = layers::seal_mode2(key, content);
                Some((0x0200 | layers::byte_count(content)?, Vec::new()))
            }
            Security::Mode10 { tag, .. } => {
                /// The message counter follows.
                const COUNTER: u16 = 0x2000;
                /// All bytes up to the tag are encrypted.
                const ALL: u16 = 0xFF;
                let is_partial = !self.clear_records.is_empty();
                let count = if is_partial { layers::byte_count(content)? } else { ALL };
                Some((COUNTER | 0x0A00 | count, vec![DERIVED_KEY, *tag as u8 / 4 - 1]))
            }
        })
    }
}

/// Counts the records of the clear part on from those of the encrypted part.
fn behind(error: EncodeError, records: usize) -> EncodeError {
    match error {
        EncodeError::Record { index, error } => EncodeError::Record { index: index + records, error },
        other => other,
    }
}
