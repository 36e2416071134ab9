//! KEM and KEM2: the key files of Kamstrup, an XML list of meters encrypted with a password.
//!
//! The outer document is XML-Enc; its first `CipherValue` is AES-128-CBC with the password's bytes, filled
//! up with zeros, as key and as initialisation vector. The padding is not checked: whether the password is
//! the right one shows in whether the result is the document of a key file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node, ParsingOptions};
use wmbus::AesKey;
use wmbus::security::cipher::cbc_decrypt;
use zeroize::Zeroizing;

use super::{KemFileError, KemMeter};

/// Bytes of the password at most, and of a cipher block.
const BLOCK: usize = 16;

/// Tells whether a file is XML.
pub(super) fn is_xml(content: &[u8]) -> bool {
    content.trim_ascii_start().starts_with(b"<")
}

/// Opens a file and lists its meters.
pub(super) fn meters(content: &[u8], password: Option<&str>) -> Result<Vec<KemMeter>, KemFileError> {
    let mut sealed = cipher_text(content)?;
    let password = password.ok_or(KemFileError::PasswordMissing)?;
    decrypt(&mut sealed, password)?;
    let text = document_text(&sealed);
    let document = parse(&text).ok_or(KemFileError::WrongPassword)?;
    let root = document.root_element();
    match root.tag_name().name() {
        "MetersInOrder" => {
            Ok(root.children().filter(|node| is_named(node, "Meter")).map(kem_meter).collect())
        }
        "Devices" => Ok(root.children().filter(|node| is_named(node, "Device")).map(kem2_device).collect()),
        _ => Err(KemFileError::UnknownDocument),
    }
}

fn cipher_text(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, KemFileError> {
    let text = document_text(content);
    let document = parse(&text).ok_or(KemFileError::NotXml)?;
    let value = named(document.root(), "CipherValue").next().ok_or(KemFileError::NoCipherText)?;
    let digits: String = value.text().unwrap_or_default().split_whitespace().collect();
    let sealed = STANDARD.decode(digits).map_err(|_| KemFileError::CipherTextDamaged)?;
    if sealed.is_empty() || !sealed.len().is_multiple_of(BLOCK) {
        return Err(KemFileError::CipherTextDamaged);
    }
    Ok(Zeroizing::new(sealed))
}

/// Parses a document of bounded size, without entities of its own.
fn parse(text: &str) -> Option<Document<'_>> {
    /// Room for tens of thousands of meters.
    const MOST_NODES: u32 = 1 << 20;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).ok()
}

fn decrypt(sealed: &mut [u8], password: &str) -> Result<(), KemFileError> {
    let mut key = Zeroizing::new([0; BLOCK]);
    let bytes = password.as_bytes();
    let room = key.get_mut(..bytes.len()).ok_or(KemFileError::PasswordTooLong { bytes: bytes.len() })?;
    room.copy_from_slice(bytes);
    cbc_decrypt(&AesKey::new(*key), *key, sealed);
    Ok(())
}

/// Returns the text of a document without byte order mark, without what is behind its last element, where
/// the padding is, and without control characters, which XML does not allow.
fn document_text(bytes: &[u8]) -> Zeroizing<String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let end = bytes.iter().rposition(|byte| *byte == b'>').map_or(0, |last| last + 1);
    let text = Zeroizing::new(String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned());
    let is_kept = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    Zeroizing::new(text.chars().filter(is_kept).collect())
}

fn kem_meter(meter: Node<'_, '_>) -> KemMeter {
    KemMeter { number: text(meter, "SerialNo"), key: text(meter, "DEK").map(Zeroizing::new) }
}

/// A device has several named values; the key is the one named DEK.
fn kem2_device(device: Node<'_, '_>) -> KemMeter {
    let is_key = |value: &Node<'_, '_>| {
        let name = value.parent().and_then(|parent| text(parent, "Name"));
        name.is_some_and(|name| name.eq_ignore_ascii_case("DEK"))
    };
    let value = named(device, "Value").find(is_key);
    let key = value.and_then(|value| value.text()).map(|key| Zeroizing::new(key.trim().to_owned()));
    KemMeter { number: text(device, "SerialNumber"), key }
}

/// Returns the elements of a name below a node, whatever their namespace.
fn named<'a, 'input>(node: Node<'a, 'input>, name: &'a str) -> impl Iterator<Item = Node<'a, 'input>> {
    node.descendants().filter(move |node| is_named(node, name))
}

fn is_named(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
    let found = named(node, name).next()?.text().map(str::trim).filter(|text| !text.is_empty());
    found.map(str::to_owned)
}
