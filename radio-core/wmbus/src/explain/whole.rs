//! Whatever bytes are, explained: the one way in for people, logs and the fuzzer.

use super::{Explainer, Explanation, Layer, words};
use crate::dll::{Frame, LinkHeader};
use crate::security::Keys;
use crate::telegram::{DecodeError, Telegram};
use crate::wired::{WiredFrame, wired_frames};
use alloc::string::ToString;
use alloc::vec::Vec;

impl Explanation {
    /// Explains a frame: as a telegram, or as far as it is one and then what is wrong.
    pub fn of(frame: &Frame, keys: &dyn Keys) -> Self {
        match Telegram::decode(frame, keys) {
            Ok(telegram) => telegram.explain(),
            Err(error) => explain_fault(frame, &error),
        }
    }

    /// Explains any bytes: a radio frame of any format, what was recorded on a wired bus, or what is wrong.
    ///
    /// The bytes of a radio frame are explained without its CRCs.
    ///
    /// ```
    /// use wmbus::{Explanation, KeyRing};
    ///
    /// let bytes = [0x0F, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87];
    /// let text = Explanation::of_bytes(&bytes, &KeyRing::default()).to_string();
    /// assert!(text.contains("876.543 m³"), "{text}");
    /// ```
    pub fn of_bytes(bytes: &[u8], keys: &dyn Keys) -> Self {
        let fault = match Frame::detect(bytes) {
            Ok((frame, _)) => return Self::of(&frame, keys),
            Err(fault) => fault,
        };
        if wired_frames(bytes).any(|found| found.frame.is_ok()) {
            return Self::of_recording(bytes, keys);
        }
        let mut out = Explainer::new(bytes);
        out.open(Layer::Dll, "not a frame");
        if fault.offset() < bytes.len() {
            out.field_to(fault.offset(), "bytes before the fault");
        }
        out.field_to(bytes.len(), words(fault.to_string()).warning(true));
        out.close();
        out.finish()
    }

    /// Explains what was recorded on a wired bus, frame by frame.
    fn of_recording(bytes: &[u8], keys: &dyn Keys) -> Self {
        let mut whole = Self { bytes: Vec::with_capacity(bytes.len()), entries: Vec::new() };
        for found in wired_frames(bytes) {
            let part = bytes.get(found.range).unwrap_or_default();
            whole.append(match found.frame {
                Ok(frame) => of_wired(&frame, part, keys),
                Err(fault) => {
                    let mut out = Explainer::new(part);
                    out.field(part.len(), words(fault.to_string()).warning(true));
                    out.finish()
                }
            });
        }
        whole
    }

    /// Goes on with what follows.
    fn append(&mut self, next: Self) {
        let start = self.bytes.len();
        self.bytes.extend(next.bytes);
        self.entries.extend(next.entries.into_iter().map(|mut entry| {
            entry.range = start + entry.range.start..start + entry.range.end;
            entry
        }));
    }
}

fn of_wired(frame: &WiredFrame, bytes: &[u8], keys: &dyn Keys) -> Explanation {
    match Frame::detect(bytes) {
        Ok((telegram, _)) if frame.is_from_meter() && telegram.is_wired() => Explanation::of(&telegram, keys),
        _ => frame.explain(),
    }
}

pub(super) fn explain_fault(frame: &Frame, error: &DecodeError) -> Explanation {
    let link = LinkHeader::read(frame);
    let mut out = Explainer::new(frame.bytes());
    link.explain(&mut out);
    out.open(error.layer(), "not understood");
    out.field_to(link.payload.end, words(error.to_string()).warning(true));
    out.close();
    link.explain_end(&mut out);
    out.finish()
}
