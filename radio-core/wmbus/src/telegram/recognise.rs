//! Finding makers' own layouts in what a telegram carries.

use alloc::vec::Vec;
use core::ops::Range;

use super::layers::{LowerLayers, UpperLayers};
use super::{Content, Warning};
use crate::apl::{DataRecord, Quantity};
use crate::profiles::Alarm;
use crate::profiles::layouts::{self, Context, Findings, Layout, Note, Opened};
use crate::security::Keys;
use crate::tpl::ApplicationKind;

/// What makers' layouts say beside records.
#[derive(Debug, Clone, Default)]
pub(super) struct Recognised {
    /// The layout's name; with several layouts that of the first.
    pub(super) layout: Option<&'static str>,
    pub(super) notes: Vec<Note>,
    pub(super) alarms: Vec<Alarm>,
    /// What was decrypted within a record.
    pub(super) decrypted: Option<Range<usize>>,
}

/// Collects what layouts may know of a telegram; `None` where there is no transport layer or no address.
pub(super) fn context(lower: &LowerLayers, upper: &UpperLayers) -> Option<Context<'static>> {
    let tpl = upper.tpl()?;
    let header = tpl.header.as_ref();
    let meter = upper.meter();
    let sender = lower.link.address.or(meter)?;
    Some(Context {
        sender,
        sender_wire: lower.link.address.map_or(sender.to_link_bytes(), |_| lower.link.wire_address),
        meter: meter.unwrap_or(sender),
        ci: tpl.ci.0,
        access_number: header.map(|header| header.access_number).unwrap_or_default(),
        configuration: header.map(|header| header.configuration.0),
        offset: tpl.offset,
        start: tpl.end,
        records: &[],
    })
}

/// Returns the layout of the whole content, if it has a cipher of its own.
pub(super) fn own_cipher(
    lower: &LowerLayers,
    upper: &UpperLayers,
) -> Option<(Context<'static>, &'static Layout)> {
    let tpl = upper.tpl()?;
    let is_proprietary = tpl.ci.application() == ApplicationKind::Manufacturer || tpl.mode() >= 16;
    let context = context(lower, upper).filter(|_| is_proprietary)?;
    let layout = layouts::of_content(&context).filter(|layout| layout.is_encrypted())?;
    Some((context, layout))
}

/// Reads makers' layouts in `content` and adds the records that they hold.
pub(super) fn recognise(
    content: &mut Content,
    payload: &mut [u8],
    context: &Context<'_>,
    keys: &dyn Keys,
    warnings: &mut Vec<Warning>,
) -> Recognised {
    let mut recognised = Recognised::default();
    if !matches!(content, Content::Records(_) | Content::Manufacturer { .. }) {
        return recognised;
    }
    if let Some(layout) = layouts::of_content(context) {
        if let Some(findings) = layout.read(payload, context) {
            let raw = payload.get(context.start..).unwrap_or_default();
            let raw = DataRecord::raw(context.start, raw, 0, Quantity::ManufacturerData);
            let records = recognised.take(layout.name(), findings, warnings);
            // What the standard's reading had to say about these bytes does not count.
            warnings.retain(|warning| !matches!(warning, Warning::RecordsDamaged { .. }));
            *content = Content::Records(core::iter::once(raw).chain(records).collect());
            return recognised;
        }
        if matches!(content, Content::Manufacturer { .. }) {
            warnings.push(Warning::LayoutMismatch { layout: layout.name() });
        }
    }
    if let Content::Records(records) = content {
        within_records(records, payload, context, keys, warnings, &mut recognised);
    }
    recognised
}

/// Reads the layouts that are data of single records, and puts what they hold behind these records.
fn within_records(
    records: &mut Vec<DataRecord>,
    payload: &mut [u8],
    context: &Context<'_>,
    keys: &dyn Keys,
    warnings: &mut Vec<Warning>,
    recognised: &mut Recognised,
) {
    let mut index = 0;
    while let Some(record) = records.get_mut(index) {
        index += 1;
        let Some((layout, start)) = layouts::of_record(record, context) else { continue };
        let context = Context { start, ..*context };
        match layout.open(payload, &context, keys) {
            Err(reason) => {
                warnings.push(Warning::LayoutSealed { layout: layout.name(), reason });
                continue;
            }
            Ok(Opened { range: decrypted, .. }) if decrypted.is_empty() => {}
            Ok(Opened { range: decrypted, .. }) => {
                let range = record.offset..record.offset + record.raw.len();
                record.raw = payload.get(range).unwrap_or_default().into();
                recognised.decrypted = Some(decrypted);
            }
        }
        let Some(findings) = layout.read(payload, &Context { records, ..context }) else {
            warnings.push(Warning::LayoutMismatch { layout: layout.name() });
            continue;
        };
        let found = recognised.take(layout.name(), findings, warnings);
        let count = found.len();
        records.splice(index..index, found);
        index += count;
    }
}

impl Recognised {
    /// Takes what a layout found, and returns its records.
    fn take(
        &mut self,
        layout: &'static str,
        findings: Findings,
        warnings: &mut Vec<Warning>,
    ) -> Vec<DataRecord> {
        self.layout.get_or_insert(layout);
        self.notes.extend(findings.notes);
        self.alarms.extend(findings.alarms);
        if findings.is_doubtful {
            warnings.push(Warning::LayoutChecksum { layout });
        }
        findings.records
    }
}
