//! Compact frames: what a telegram teaches, and what it says once its format is known.

use super::content::compact_doubt;
use super::{Content, Telegram};
use crate::apl::FormatStore;
use crate::apl::compact::CompactFrame;
use crate::tpl::ApplicationKind;
use alloc::vec::Vec;

impl Telegram {
    /// Teaches a store the record headers of a full or format frame; returns whether they were new.
    pub fn teach(&self, formats: &mut FormatStore) -> bool {
        let manufacturer = self.meter().manufacturer;
        match self.content() {
            Content::Records(records) if self.application() == Some(ApplicationKind::Records) => {
                let headers: Vec<u8> = records
                    .iter()
                    .filter(|record| !record.is_derived())
                    .flat_map(|record| record.raw.iter().take(record.header_length).copied())
                    .collect();
                // A record without headers is what could not be parsed.
                let is_whole = records.iter().all(|record| record.is_derived() || record.header_length > 0);
                is_whole && formats.learn(manufacturer, &headers)
            }
            Content::Format { signature, headers } => {
                crate::apl::compact::format_signature(headers) == *signature
                    && formats.learn(manufacturer, headers)
            }
            _ => false,
        }
    }

    /// Reads a compact frame again with formats that were learned; returns whether its records are known
    /// now. The built-in ones were tried when it was decoded.
    pub fn expand(&mut self, formats: &FormatStore) -> bool {
        let Content::Compact { signature, full_frame_crc, data } = self.content() else { return false };
        let frame = CompactFrame {
            signature: *signature,
            full_frame_crc: *full_frame_crc,
            data,
            offset: self.lower.link.payload.end - self.tag_length - data.len(),
        };
        let Some(records) = formats.records(&frame, Some(&self.meter())) else { return false };
        self.warnings.extend(compact_doubt(&records));
        self.content = Content::Records(records);
        true
    }

    /// Returns what the CI field announces.
    pub(super) fn application(&self) -> Option<ApplicationKind> {
        Some(self.tpl()?.content_ci().application())
    }
}
