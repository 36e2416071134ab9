//! The KEM file in a zip archive, as it comes by mail.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use super::KemFileError;

/// What an archive begins with.
const START: &[u8] = b"PK\x03\x04";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
/// Bytes of the end record without its comment, and of an entry and a local header without names.
const END_LENGTH: usize = 22;
const ENTRY_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// More than any list of keys: a small archive can unpack to anything.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// More files than an office puts into one archive.
const MOST_ENTRIES: usize = 1_000;

/// Tells whether a file is a zip archive.
pub(super) fn is_zip(content: &[u8]) -> bool {
    content.starts_with(START)
}

/// Unpacks the first KEM or KEM2 file of an archive.
pub(super) fn unpack(archive: &[u8]) -> Result<Vec<u8>, KemFileError> {
    let end = archive.windows(END_LENGTH).rposition(|window| window.starts_with(&END));
    let end = archive.get(end.ok_or(KemFileError::ArchiveDamaged)?..).unwrap_or_default();
    let mut at = usize::try_from(u32_at(end, 16)?).map_err(|_| KemFileError::ArchiveDamaged)?;
    for _ in 0..usize::from(u16_at(end, 10)?).min(MOST_ENTRIES) {
        let entry = archive.get(at..).filter(|rest| rest.starts_with(&ENTRY));
        let entry = entry.ok_or(KemFileError::ArchiveDamaged)?;
        let lengths = [28, 30, 32].map(|field| u16_at(entry, field).map(usize::from));
        let [name_length, extra_length, comment_length] = lengths;
        let name = entry.get(ENTRY_LENGTH..).and_then(|rest| rest.get(..name_length.ok()?));
        if is_kem(name.unwrap_or_default()) {
            return unpack_entry(archive, entry);
        }
        at += ENTRY_LENGTH + name_length? + extra_length? + comment_length?;
    }
    Err(KemFileError::NoKemInArchive)
}

fn is_kem(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(b".kem") || name.ends_with(b".kem2")
}

fn unpack_entry(archive: &[u8], entry: &[u8]) -> Result<Vec<u8>, KemFileError> {
    const ENCRYPTED: u16 = 1;
    if u16_at(entry, 8)? & ENCRYPTED != 0 {
        return Err(KemFileError::ArchiveEncrypted);
    }
    let damaged = || KemFileError::ArchiveDamaged;
    let length = usize::try_from(u32_at(entry, 20)?).map_err(|_| damaged())?;
    let local = usize::try_from(u32_at(entry, 42)?).map_err(|_| damaged())?;
    let local = archive.get(local..).filter(|local| local.starts_with(START)).ok_or_else(damaged)?;
    let start = LOCAL_LENGTH + usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
    let packed = local.get(start..).and_then(|rest| rest.get(..length)).ok_or_else(damaged)?;
    match u16_at(entry, 10)? {
        STORED => Ok(packed.to_vec()),
        DEFLATED => {
            let mut content = Vec::new();
            let unpacked = DeflateDecoder::new(packed).take(MOST_BYTES).read_to_end(&mut content);
            unpacked.map(|_| content).map_err(|_| damaged())
        }
        _ => Err(damaged()),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, KemFileError> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk());
    field.copied().map(u16::from_le_bytes).ok_or(KemFileError::ArchiveDamaged)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, KemFileError> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk());
    field.copied().map(u32::from_le_bytes).ok_or(KemFileError::ArchiveDamaged)
}
