//! Formats as text, to be shared: one line each, manufacturer, signature and headers.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::FormatStore;
use super::compact::format_signature;
use crate::hex::Hex;
use crate::meter::Manufacturer;

/// What is wrong with a line of formats.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatTextFault {
    /// There are not three words.
    #[error("write manufacturer, signature and headers, such as KAM DD34 02FF2004134413")]
    Words,
    /// The manufacturer is not three letters.
    #[error("the manufacturer is not three letters")]
    Manufacturer,
    /// The signature is not four hexadecimal digits.
    #[error("the signature is not four hexadecimal digits")]
    Signature,
    /// The headers are not pairs of hexadecimal digits, or too long.
    #[error("the headers are not pairs of hexadecimal digits")]
    Headers,
    /// The signature is not that of the headers.
    #[error("the signature is not that of the headers, which is {0:04X}")]
    OtherSignature(u16),
}

/// A line that is no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct FormatTextError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: FormatTextFault,
}

impl FormatStore {
    /// Writes what was learned: a line each, such as `KAM DD34 02FF2004134413`.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (manufacturer, signature, headers) in self.learned() {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{manufacturer} {signature:04X} {}", Hex(headers));
        }
        text
    }

    /// Learns from text as [`to_text`](Self::to_text) writes it; returns how many formats were new.
    ///
    /// Blank lines and what follows a `#` are skipped.
    ///
    /// # Errors
    /// Names the first line that is no format. The lines before it were learned.
    pub fn add_text(&mut self, text: &str) -> Result<usize, FormatTextError> {
        let mut count = 0;
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let (manufacturer, headers) =
                parse(line).map_err(|fault| FormatTextError { line: index + 1, fault })?;
            count += usize::from(self.learn(manufacturer, &headers));
        }
        Ok(count)
    }
}

fn parse(line: &str) -> Result<(Manufacturer, Vec<u8>), FormatTextFault> {
    let mut words = line.split_whitespace();
    let (Some(manufacturer), Some(signature), Some(headers), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(FormatTextFault::Words);
    };
    let manufacturer = manufacturer.parse().map_err(|_| FormatTextFault::Manufacturer)?;
    let is_signature = signature.len() == 4 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    let signature =
        u16::from_str_radix(signature, 16).ok().filter(|_| is_signature).ok_or(FormatTextFault::Signature)?;
    let headers = bytes(headers).ok_or(FormatTextFault::Headers)?;
    let found = format_signature(&headers);
    if found != signature {
        return Err(FormatTextFault::OtherSignature(found));
    }
    Ok((manufacturer, headers))
}

/// Reads pairs of hexadecimal digits.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || text.len() > 2 * FormatStore::LONGEST_HEADERS {
        return None;
    }
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}
