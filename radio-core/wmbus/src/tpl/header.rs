//! The transport header: none, short or long.

use super::{Ci, Configuration, HeaderKind, KeyDerivation, Mode7, Status};
use crate::explain::{Explainer, Layer, words};
use crate::meter::MeterAddress;
use crate::wire::{Ended, Reader};

/// The transport layer of a telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tpl {
    /// The CI field.
    pub ci: Ci,
    /// The header; some CI fields have none.
    pub header: Option<TplHeader>,
    /// Where the CI field lies: the MAC of the AFL covers everything from here on.
    pub(crate) offset: usize,
    /// Where the content begins.
    pub(crate) end: usize,
}

/// A short or long transport header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TplHeader {
    /// The meter (long header only).
    pub meter: Option<MeterAddress>,
    /// The access number.
    pub access_number: u8,
    /// The status.
    pub status: Status,
    /// The configuration field.
    pub configuration: Configuration,
    /// What mode 7 adds.
    pub mode_7: Option<Mode7>,
}

impl Tpl {
    /// Reads the layer that begins with the CI field at `offset`.
    pub(crate) fn parse(bytes: &[u8], offset: usize) -> Result<Self, Ended> {
        let mut reader = Reader::at(bytes, offset);
        let ci = Ci(reader.u8()?);
        let header = match ci.header() {
            HeaderKind::None => None,
            HeaderKind::Short => Some(TplHeader::parse(None, &mut reader)?),
            HeaderKind::Long => {
                let meter = MeterAddress::from_header_bytes(reader.array()?);
                Some(TplHeader::parse(Some(meter), &mut reader)?)
            }
        };
        Ok(Self { ci, header, offset, end: reader.position() })
    }

    /// Returns the security mode; without a header there is no encryption.
    pub(crate) fn mode(&self) -> u8 {
        self.header.as_ref().map_or(0, |header| header.configuration.mode())
    }

    pub(crate) fn explain(&self, out: &mut Explainer<'_>) {
        out.open(Layer::Tpl, "transport layer");
        let ci = self.ci.0;
        let text = format!("CI field {ci:02X}: {}", self.ci.name());
        out.field(1, words(text).named("CI").valued(format_args!("{ci:02X}")));
        if let Some(header) = &self.header {
            header.explain(out);
        }
        out.close();
    }
}

impl TplHeader {
    fn parse(meter: Option<MeterAddress>, reader: &mut Reader<'_>) -> Result<Self, Ended> {
        let access_number = reader.u8()?;
        let status = Status(reader.u8()?);
        let configuration = Configuration(reader.u16()?);
        let mode_7 = if configuration.mode() == 7 {
            let extension = reader.u8()?;
            let message_counter = if configuration.has_counter() { Some(reader.u32()?) } else { None };
            let key_version = if Mode7::has_key_version(extension) { Some(reader.u8()?) } else { None };
            Some(Mode7 { extension, message_counter, key_version })
        } else {
            None
        };
        Ok(Self { meter, access_number, status, configuration, mode_7 })
    }

    fn explain(&self, out: &mut Explainer<'_>) {
        if let Some(meter) = self.meter {
            let ([number, version, device_type], manufacturer) = (meter.words(), meter.manufacturer);
            out.field(4, number);
            out.field(2, words(format!("manufacturer {manufacturer}")).named("M").valued(manufacturer));
            out.field(1, version);
            out.field(1, device_type);
        }
        let (access_number, status, mode) = (self.access_number, self.status, self.configuration.mode());
        out.field(1, words(format!("access number {access_number}")).named("ACC").valued(access_number));
        out.field(1, words(format!("status: {status}")).named("ST").valued(format_args!("{:02X}", status.0)));
        let configuration = format!("configuration field: {}", self.configuration);
        out.field(2, words(configuration).named("CF").valued(format_args!("mode {mode}")));
        let Some(mode_7) = self.mode_7 else { return };
        let derivation = match mode_7.key_derivation() {
            KeyDerivation::None => "no key derivation",
            KeyDerivation::A => "key derivation function A",
            KeyDerivation::Reserved => "reserved key derivation",
        };
        let extension = format!("configuration field extension: {derivation}, key {}", mode_7.key_number());
        out.field(1, words(extension).named("CFE"));
        if let Some(counter) = mode_7.message_counter {
            out.field(4, words(format!("message counter {counter}")).named("MCR").valued(counter));
        }
        if let Some(version) = mode_7.key_version {
            out.field(1, words(format!("key version {version}")).named("KV").valued(version));
        }
    }
}
