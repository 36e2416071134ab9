//! The layers between the link layer and the records, each as bytes.

use super::cipher::{BLOCK, cmac, encrypt_cbc, encrypt_ccm, encrypt_ctr, encrypt_des_cbc};
use super::{EncodeError, RecordError, record::Record};
use crate::crc::crc16;
use crate::{AesKey, Key64, MeterAddress};
use alloc::vec;
use alloc::vec::Vec;

/// Fills encrypted blocks up, and begins them as a check of the key.
const FILLER: u8 = 0x2F;

/// The most blocks that a configuration field can count.
const MAX_BLOCKS: usize = 15;

/// How the application layer writes its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Application {
    Full,
    Compact,
    Format,
}

/// Returns the application data of `records`, without CI and header.
pub(super) fn application_data(kind: Application, records: &[Record]) -> Result<Vec<u8>, EncodeError> {
    let (mut headers, mut data, mut full) = (Vec::new(), Vec::new(), Vec::new());
    for (index, record) in records.iter().enumerate() {
        let at = |error: RecordError| EncodeError::Record { index, error };
        let (header, value) = (record.header().map_err(at)?, record.data().map_err(at)?);
        full.extend_from_slice(&header);
        full.extend_from_slice(&value);
        headers.extend(header);
        data.extend(value);
    }
    let signature = crc16(&headers).to_le_bytes();
    Ok(match kind {
        Application::Full => full,
        Application::Compact => [&signature, crc16(&full).to_le_bytes().as_slice(), &data].concat(),
        Application::Format => {
            let length = headers.len() + signature.len();
            let counted = u8::try_from(length).map_err(|_| EncodeError::TooLong { length, limit: 255 })?;
            [&[counted], signature.as_slice(), &headers].concat()
        }
    })
}

/// The header of the transport layer (EN 13757-7:2018, clause 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    None,
    Short,
    Long(MeterAddress),
}

impl Header {
    /// Returns the control information that announces this header before this kind of content.
    pub(super) fn control_information(self, kind: Application) -> u8 {
        match (kind, self) {
            (Application::Full, Self::None) => 0x78,
            (Application::Full, Self::Short) => 0x7A,
            (Application::Full, Self::Long(_)) => 0x72,
            (Application::Compact, Self::None) => 0x79,
            (Application::Compact, Self::Short) => 0x7B,
            (Application::Compact, Self::Long(_)) => 0x73,
            (Application::Format, Self::None) => 0x69,
            (Application::Format, Self::Short) => 0x6A,
            (Application::Format, Self::Long(_)) => 0x6B,
        }
    }
}

/// Begins with the check bytes and fills up to whole blocks; returns their number as the configuration
/// field holds it.
pub(super) fn pad(content: &mut Vec<u8>) -> Result<u16, EncodeError> {
    content.splice(..0, [FILLER; 2]);
    let blocks = content.len().div_ceil(BLOCK);
    content.resize(blocks * BLOCK, FILLER);
    match u16::try_from(blocks) {
        Ok(count) if blocks <= MAX_BLOCKS => Ok(count << 4),
        _ => Err(EncodeError::TooManyBlocks { blocks }),
    }
}

/// Returns the number of bytes as the configuration field holds it; 255 stands for all of them.
pub(super) fn byte_count(content: &[u8]) -> Result<u16, EncodeError> {
    const LIMIT: usize = 254;
    let length = content.len();
    let count = u16::try_from(length).ok().filter(|_| length <= LIMIT);
    count.ok_or(EncodeError::TooLong { length, limit: LIMIT })
}

/// Encrypts for mode 5: CBC with an initialisation vector of address and access number.
pub(super) fn seal_mode5(key: &AesKey, meter: &MeterAddress, access_number: u8, data: &mut [u8]) {
    let mut iv = [access_number; BLOCK];
    iv.iter_mut().zip(meter.to_link_bytes()).for_each(|(byte, address)| *byte = address);
    encrypt_cbc(key.expose(), &iv, data);
}

/// What a key is derived for (EN 13757-7:2018, 9.6.1).
#[derive(Clone, Copy)]
pub(super) enum DerivedKey {
    Encryption = 0x00,
    Authentication = 0x01,
}

/// Derives a key of the meter's direction by KDF A.
pub(super) fn derive(key: &AesKey, kind: DerivedKey, counter: u32, meter: &MeterAddress) -> [u8; BLOCK] {
    let number = meter.identification_number.to_wire();
    cmac(key.expose(), &[&[kind as u8], &counter.to_le_bytes(), &number, &[0x07; 7]])
}

/// Encrypts for mode 7: CBC with the derived key and no initialisation vector.
pub(super) fn seal_mode7(key: &AesKey, counter: u32, meter: &MeterAddress, data: &mut [u8]) {
    encrypt_cbc(&derive(key, DerivedKey::Encryption, counter, meter), &[0; BLOCK], data);
}

/// Encrypts for mode 2: DES-CBC over check bytes and content, filled up to whole blocks.
pub(super) fn seal_mode2(key: &Key64, content: &[u8]) -> Vec<u8> {
    const DES_BLOCK: usize = 8;
    let mut sealed = [&[FILLER; 2], content].concat();
    sealed.resize(sealed.len().next_multiple_of(DES_BLOCK), FILLER);
    encrypt_des_cbc(key.expose(), &mut sealed);
    sealed
}

/// Encrypts for mode 10 and returns the tag, which also covers `headers`.
pub(super) fn seal_mode10(
    key: &AesKey,
    counter: u32,
    meter: &MeterAddress,
    headers: &[u8],
    data: &mut [u8],
    tag_length: u8,
) -> Vec<u8> {
    let [m0, m1, a0, a1, a2, a3, version, device_type] = meter.to_link_bytes();
    let [c0, c1, c2, c3] = counter.to_be_bytes();
    let nonce = [m0, m1, a0, a1, a2, a3, version, device_type, 0, c0, c1, c2, c3];
    encrypt_ccm(&derive(key, DerivedKey::Encryption, counter, meter), &nonce, headers, data, tag_length)
}

/// Returns the authentication layer before a message: message counter and a CMAC of 8 bytes.
pub(super) fn authentication_layer(
    key: &AesKey,
    counter: u32,
    meter: &MeterAddress,
    message: &[u8],
) -> Vec<u8> {
    /// MCL, MCR and MAC are present; the message is not fragmented.
    const FRAGMENTATION_CONTROL: u16 = 0x2C00;
    /// The message counter is part of the message; CMAC of 8 bytes.
    const MESSAGE_CONTROL: u8 = 0x25;
    const MAC_LENGTH: usize = 8;

    let counter_bytes = counter.to_le_bytes();
    let authentication_key = derive(key, DerivedKey::Authentication, counter, meter);
    let mac = cmac(&authentication_key, &[&[MESSAGE_CONTROL], &counter_bytes, message]);
    let mut layer = vec![0x90, 15];
    layer.extend(FRAGMENTATION_CONTROL.to_le_bytes());
    layer.push(MESSAGE_CONTROL);
    layer.extend(counter_bytes);
    layer.extend(mac.iter().take(MAC_LENGTH));
    layer
}

/// The extended link layer (EN 13757-4:2019, 13.2).
#[derive(Debug, Clone)]
pub(super) enum ExtendedLink {
    None,
    /// CI 8C.
    Short {
        communication_control: u8,
        access_number: u8,
    },
    /// CI 8D, encrypted in counter mode.
    Encrypted {
        communication_control: u8,
        access_number: u8,
        session_number: u32,
        key: AesKey,
    },
}

impl ExtendedLink {
    /// Returns this layer with everything that follows it.
    pub(super) fn wrap(&self, link: &MeterAddress, inner: Vec<u8>) -> Vec<u8> {
        match self {
            Self::None => inner,
            Self::Short { communication_control, access_number } => {
                [vec![0x8C, *communication_control, *access_number], inner].concat()
            }
            Self::Encrypted { communication_control, access_number, session_number, key } => {
                let session = session_number.to_le_bytes();
                let mut sealed = [crc16(&inner).to_le_bytes().to_vec(), inner].concat();
                let counter = counter_block(link, *communication_control, session);
                encrypt_ctr(key.expose(), &counter, &mut sealed);
                let head = [0x8D, *communication_control, *access_number];
                [head.as_slice(), &session, &sealed].concat()
            }
        }
    }
}

/// Returns the first counter block; hop and repeated access are cleared, since repeaters change them.
fn counter_block(link: &MeterAddress, communication_control: u8, session: [u8; 4]) -> [u8; BLOCK] {
    const HOP_AND_REPEATED: u8 = 0x12;
    let [m0, m1, a0, a1, a2, a3, version, device_type] = link.to_link_bytes();
    let [s0, s1, s2, s3] = session;
    let control = communication_control & !HOP_AND_REPEATED;
    [m0, m1, a0, a1, a2, a3, version, device_type, control, s0, s1, s2, s3, 0, 0, 0]
}
