//! Explaining what is no telegram of a meter: requests, commands, acknowledgements.

use super::WiredFrame;
use crate::apl::{explain_records, parse_records};
use crate::explain::{Explainer, Explanation, Layer, words};
use crate::hex::Hex;
use crate::wire::Reader;
use alloc::format;

/// Start, L, L, start, C, A, CI: what comes before the data of a long frame.
const DATA_START: usize = 7;
const COMMAND: u8 = 0x51;
const SELECTION: u8 = 0x52;

impl WiredFrame {
    /// Explains every byte.
    ///
    /// The data of a telegram is explained as such by [`crate::Telegram::explain`], which knows its keys.
    pub fn explain(&self) -> Explanation {
        let bytes = self.emit().unwrap_or_default();
        let mut out = Explainer::new(&bytes);
        self.explain_link(&mut out);
        if let Some(ci) = self.ci() {
            out.open(Layer::Tpl, "transport layer");
            let text = format!("CI field {:02X}: {}", ci.0, ci.name());
            out.field(1, words(text).named("CI").valued(format_args!("{:02X}", ci.0)));
            out.close();
            self.explain_data(ci.0, &bytes, &mut out);
        }
        if *self != Self::Acknowledge {
            out.open(Layer::Dll, "end of the wired frame");
            out.field(1, "checksum");
            out.field(1, "stop");
            out.close();
        }
        out.finish()
    }

    fn explain_link(&self, out: &mut Explainer<'_>) {
        out.open(Layer::Dll, "data link layer");
        match self {
            Self::Acknowledge => out.field(1, "acknowledgement"),
            Self::Short { .. } => out.field(1, "start of a short frame"),
            Self::Control { .. } | Self::Long { .. } => {
                out.field(4, words("start, L twice, start").named("L"));
            }
        }
        if let (Some(control), Some(address)) = (self.control(), self.address()) {
            out.field(1, words(format!("C field: {control}")).named("C"));
            out.field(1, words(format!("A field: primary address {address}")).named("A").valued(address.0));
        }
        out.close();
    }

    fn explain_data(&self, ci: u8, bytes: &[u8], out: &mut Explainer<'_>) {
        let data = self.data();
        let end = DATA_START + data.len();
        out.open(Layer::Apl, "application layer");
        match ci {
            COMMAND => {
                explain_records(&parse_records(bytes, DATA_START..end), out);
                out.field_to(end, words("filler").named("Fill"));
            }
            SELECTION => explain_selection(data, out),
            _ => {}
        }
        out.field_to(end, "data");
        out.close();
    }
}

/// Explains a secondary address with its wildcards: nibbles F of the number, FF of all else.
fn explain_selection(data: &[u8], out: &mut Explainer<'_>) {
    let mut reader = Reader::at(data, 0);
    let Ok([a, b, c, d]) = reader.array() else { return };
    let number = [d, c, b, a];
    out.field(4, words(format!("identification number {}, F stands for any digit", Hex(&number))).named("A"));
    let wildcard = |bytes: &[u8], name: &str| match bytes {
        bytes if bytes.iter().all(|byte| *byte == 0xFF) => format!("any {name}"),
        bytes => format!("{name} {}", Hex(bytes)),
    };
    for (length, name, field) in [(2, "manufacturer", "M"), (1, "version", "A"), (1, "device type", "A")] {
        let Ok(bytes) = reader.slice(length) else { return };
        let mut ordered = bytes.to_vec();
        ordered.reverse();
        out.field(length, words(wildcard(&ordered, name)).named(field));
    }
}
