//! The transport header: none, short or long.

use super::{ApplicationKind, Ci, Configuration, ConfigurationExtension, HeaderKind, Status};
use crate::explain::{Explainer, Layer, words};
use crate::meter::MeterAddress;
use crate::wire::{Ended, Reader};
use alloc::format;

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
    /// Whether the content is scrambled records of the Diehl group.
    pub(crate) is_real_data: bool,
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
    /// What the modes 7 and 10 add.
    pub extension: Option<ConfigurationExtension>,
}

impl Tpl {
    /// Reads the layer that begins with the CI field at `offset`.
    ///
    /// "Real data" of the Diehl group has a short header whatever its CI field.
    pub(crate) fn parse(bytes: &[u8], offset: usize, is_real_data: bool) -> Result<Self, Ended> {
        let mut reader = Reader::at(bytes, offset);
        let ci = Ci(reader.u8()?);
        let header = match if is_real_data { HeaderKind::Short } else { ci.header() } {
            HeaderKind::None => None,
            HeaderKind::Short => Some(TplHeader::parse(None, !is_real_data, &mut reader)?),
            HeaderKind::Long => {
                let meter = MeterAddress::from_header_bytes(reader.array()?);
                Some(TplHeader::parse(Some(meter), true, &mut reader)?)
            }
        };
        Ok(Self { ci, header, offset, end: reader.position(), is_real_data })
    }

    /// Returns the CI field that announces what the content is.
    pub(crate) fn content_ci(&self) -> Ci {
        const RECORDS: Ci = Ci(0x7A);
        if self.is_real_data { RECORDS } else { self.ci }
    }

    /// Tells whether the content is data records.
    pub(crate) fn has_records(&self) -> bool {
        self.content_ci().application() == ApplicationKind::Records
    }

    /// Returns the security mode; without a header there is no encryption.
    pub(crate) fn mode(&self) -> u8 {
        self.header.as_ref().map_or(0, |header| header.configuration.mode())
    }

    pub(crate) fn explain(&self, out: &mut Explainer<'_>) {
        out.open(Layer::Tpl, "transport layer");
        let ci = self.ci.0;
        let name = if self.is_real_data { "scrambled data frame" } else { self.ci.name() };
        let text = format!("CI field {ci:02X}: {name}");
        out.field(1, words(text).named("CI").valued(format_args!("{ci:02X}")));
        if let Some(header) = &self.header {
            header.explain(out);
        }
        out.close();
    }
}

impl TplHeader {
    fn parse(meter: Option<MeterAddress>, may_extend: bool, reader: &mut Reader<'_>) -> Result<Self, Ended> {
        let access_number = reader.u8()?;
        let status = Status(reader.u8()?);
        let configuration = Configuration(reader.u16()?);
        let extension = if may_extend { ConfigurationExtension::parse(configuration, reader)? } else { None };
        Ok(Self { meter, access_number, status, configuration, extension })
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
        if let Some(extension) = self.extension {
            extension.explain(self.configuration, out);
        }
    }
}
