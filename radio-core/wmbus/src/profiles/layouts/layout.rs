//! Whose layout it is, and where in a telegram it stands.

use core::ops::Range;

use super::{Block, Findings};
use crate::apl::{DataRecord, Quantity};
use crate::meter::{Manufacturer, MeterAddress};
use crate::security::Keys;
use crate::telegram::SealedReason;

/// A maker's layout.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The stable name, part of the public contract.
    pub(super) name: &'static str,
    /// Which meters send it; an empty list means that the bytes alone tell.
    pub(super) meters: &'static [Meters],
    pub(super) place: Place,
    /// Undoes the maker's own cipher in place.
    pub(super) open: Option<Open>,
    /// Reads the bytes; `None` if they do not fit.
    pub(super) read: fn(&mut Block<'_>, &Context<'_>) -> Option<()>,
}

/// Undoes a cipher in the frame's bytes.
pub(super) type Open = fn(&mut [u8], &Context<'_>, &dyn Keys) -> Result<Opened, SealedReason>;

/// What was decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    /// Which bytes; none where the layout is in clear.
    pub(crate) range: Range<usize>,
    /// Whether the key was one that the maker delivers with and that is published.
    pub(crate) default_key: bool,
}

impl Opened {
    /// Says that nothing was decrypted: the bytes are in clear, or too few to be the layout's.
    pub(super) fn nothing(context: &Context<'_>) -> Self {
        Self { range: context.start..context.start, default_key: false }
    }
}

/// Some meters; an empty list of versions or device types means any.
#[derive(Debug)]
pub(super) struct Meters {
    pub(super) manufacturer: Manufacturer,
    pub(super) versions: &'static [u8],
    pub(super) device_types: &'static [u8],
}

/// Where in a telegram a layout stands.
#[derive(Debug)]
pub(super) enum Place {
    /// It is the whole content behind one of these CI fields.
    Content(&'static [u8]),
    /// It is the whole content behind one of these CI fields with this configuration field.
    ConfiguredContent(&'static [u8], u16),
    /// It follows DIF 0F.
    ManufacturerData,
    /// It is the data of a record with this DIB, VIB and LVAR.
    Record(&'static [u8]),
}

impl Place {
    /// Returns the CI fields behind which the layout is the whole content; none where it is a part of it.
    pub(super) const fn cis(&self) -> &'static [u8] {
        match self {
            Self::Content(cis) | Self::ConfiguredContent(cis, _) => cis,
            Self::ManufacturerData | Self::Record(_) => &[],
        }
    }
}

/// What a layout may know beside its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The sender, in the link layer's order as transmitted.
    pub(crate) sender_wire: [u8; 8],
    pub(crate) sender: MeterAddress,
    /// The meter: from a long transport header, otherwise the sender.
    pub(crate) meter: MeterAddress,
    pub(crate) ci: u8,
    /// The access number and configuration field of a transport header.
    pub(crate) access_number: u8,
    pub(crate) configuration: Option<u16>,
    /// Where the CI field stands in the frame.
    pub(crate) offset: usize,
    /// Where the layout's bytes begin.
    pub(crate) start: usize,
    /// The records of the telegram, where the layout is one among them.
    pub(crate) records: &'a [DataRecord],
}

impl Meters {
    pub(super) const fn of(
        manufacturer: [u8; 3],
        versions: &'static [u8],
        device_types: &'static [u8],
    ) -> Self {
        Self { manufacturer: Manufacturer::of(manufacturer), versions, device_types }
    }

    fn have(&self, meter: &MeterAddress) -> bool {
        self.manufacturer.has_letters_of(meter.manufacturer)
            && (self.versions.is_empty() || self.versions.contains(&meter.version))
            && (self.device_types.is_empty() || self.device_types.contains(&meter.device_type))
    }
}

impl Layout {
    /// Returns the stable name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Tells whether the layout is that of a telegram's whole content.
    pub(super) fn is_content(&self, context: &Context<'_>) -> bool {
        let is_configured = match self.place {
            Place::ConfiguredContent(_, configuration) => Some(configuration) == context.configuration,
            _ => true,
        };
        is_configured && self.place.cis().contains(&context.ci) && self.is_of(context)
    }

    /// Returns where in a record the layout begins, if the record holds it.
    pub(super) fn start_in(&self, record: &DataRecord, context: &Context<'_>) -> Option<usize> {
        let header = match self.place {
            Place::Content(_) | Place::ConfiguredContent(..) => return None,
            Place::ManufacturerData if record.quantity == Quantity::ManufacturerData => record.header_length,
            Place::Record(header) if record.raw.starts_with(header) => header.len(),
            _ => return None,
        };
        self.is_of(context).then_some(record.offset + header)
    }

    fn is_of(&self, context: &Context<'_>) -> bool {
        self.meters.is_empty() || self.meters.iter().any(|meters| meters.have(&context.meter))
    }

    /// Tells whether the layout has a cipher of its own.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.open.is_some()
    }

    /// Undoes the layout's own cipher in place, if it has one.
    pub(crate) fn open(
        &self,
        frame: &mut [u8],
        context: &Context<'_>,
        keys: &dyn Keys,
    ) -> Result<Opened, SealedReason> {
        match self.open {
            Some(open) => open(frame, context, keys),
            None => Ok(Opened::nothing(context)),
        }
    }

    /// Reads the bytes from the context's start to their end; `None` if they do not fit the layout.
    pub(crate) fn read(&self, bytes: &[u8], context: &Context<'_>) -> Option<Findings> {
        let mut block = Block::new(self.name, bytes, context.start);
        (self.read)(&mut block, context)?;
        block.note_rest("not known")?;
        let mut findings = block.into_findings();
        findings.notes.sort_by_key(|note| note.range.start);
        Some(findings)
    }
}
