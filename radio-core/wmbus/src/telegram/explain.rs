//! Explaining a telegram: each layer explains its own bytes, in order.

use super::content::{RECORDS_INSTEAD_OF_CODE, application_error_name, leading_fillers};
use super::layers::Rest;
use super::open_ell::EllPayload;
use super::{Authentication, Content, Telegram};
use crate::apl::{explain_compact, explain_noted_records, explain_records};
use crate::explain::{Explainer, Explanation, Layer, words};
use crate::tpl::ApplicationKind;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

pub(super) fn explain(telegram: &Telegram) -> Explanation {
    let mut out = Explainer::new(&telegram.bytes);
    let link = &telegram.lower.link;
    link.explain(&mut out);
    if let Some(ell) = &telegram.lower.ell {
        let is_damaged = telegram.ell_payload == Some(EllPayload::Damaged);
        ell.explain(ell_payload(telegram.ell_payload), is_damaged, &mut out);
    }
    if let Some(upper) = &telegram.upper {
        if let Some(nwl) = &upper.nwl {
            nwl.explain(&mut out);
        }
        if let Some(afl) = &upper.afl {
            let authentication = telegram.security().authentication;
            let failed = authentication == Authentication::Failed;
            afl.explain(&authentication.as_str().replace('_', " "), failed, &mut out);
        }
        match &upper.rest {
            Rest::Transport(tpl) => tpl.explain(&mut out),
            Rest::Fixed(fixed) => fixed.explain_header(&mut out),
            Rest::Nothing | Rest::Fragment(_) | Rest::UnknownLayer(_) => {}
        }
    }
    out.open(Layer::Apl, application_heading(telegram));
    explain_content(telegram, link.payload.end - telegram.tag_length, &mut out);
    out.close();
    if telegram.tag_length > 0 {
        out.open(Layer::Tpl, "end of the transport layer");
        out.field(telegram.tag_length, words("tag of the message, fits").named("MAC"));
        out.close();
    }
    link.explain_end(&mut out);
    out.finish()
}

fn ell_payload(payload: Option<EllPayload>) -> &'static str {
    match payload {
        None => "encrypted",
        Some(EllPayload::Plain) => "fits",
        Some(EllPayload::Damaged) => "does not fit",
        Some(EllPayload::AlreadyDecrypted) => "fits: stored decrypted",
        Some(EllPayload::Decrypted) => "fits: decrypted",
    }
}

fn application_heading(telegram: &Telegram) -> String {
    match (telegram.content(), &telegram.decrypted) {
        (Content::Sealed(_), _) => "sealed".to_owned(),
        (_, Some(decrypted)) => {
            format!("application layer, bytes {} to {} decrypted", decrypted.start, decrypted.end - 1)
        }
        (_, None) if telegram.security().already_decrypted => {
            "application layer, stored decrypted".to_owned()
        }
        (_, None) => "application layer".to_owned(),
    }
}

fn explain_content(telegram: &Telegram, end: usize, out: &mut Explainer<'_>) {
    let application = telegram.application();
    match telegram.content() {
        Content::Records(records) if application == Some(ApplicationKind::CompactFrame) => {
            let size = records.iter().map(|record| record.offset).min().unwrap_or(end);
            explain_compact_head(size, out);
            explain_compact(records, end, out);
        }
        Content::Records(records) if application == Some(ApplicationKind::Alarm) => {
            explain_compact(records, end, out);
        }
        Content::Records(records) => {
            explain_noted_records(records, &telegram.recognised.notes, out);
            out.field_to(end, words("filler").named("Fill"));
        }
        Content::ApplicationError { code: None, records } => {
            out.field(1, format!("{RECORDS_INSTEAD_OF_CODE:02X}: error records follow"));
            explain_records(records, out);
            out.field_to(end, words("filler").named("Fill"));
        }
        Content::ApplicationError { code: Some(code), .. } => {
            out.field(1, format!("application error: {}", application_error_name(*code)));
            out.field_to(end, "behind the error code");
        }
        Content::Sealed(reason) => {
            let clear_at = telegram.clear_records.first().map_or(end, |record| record.offset);
            let text = words(format!("not readable: {reason}"));
            out.field_to(clear_at, text.named("Encrypted").warning(true));
            explain_records(&telegram.clear_records, out);
            out.field_to(end, words("filler").named("Fill"));
        }
        Content::Fragment { number, .. } => out.field_to(end, format!("fragment {number} of a message")),
        Content::Compact { data, .. } => {
            explain_compact_head(end - data.len(), out);
            out.field(data.len(), "data without record headers");
        }
        Content::Format { headers, .. } => {
            let rest = out.rest(end);
            out.field(leading_fillers(rest), words("filler").named("Fill"));
            out.field(1, "length");
            out.field(2, "format signature");
            out.field(headers.len(), "record headers");
            out.field_to(end, "behind the format frame");
        }
        Content::Manufacturer { .. } => out.field_to(end, "manufacturer specific"),
        Content::Empty => out.field_to(end, "not announced by the CI field"),
        Content::Unsupported { name, .. } => out.field_to(end, format!("{name}, not interpreted")),
    }
}

/// Explains what comes before the data of a compact frame, which begins at `data`.
fn explain_compact_head(data: usize, out: &mut Explainer<'_>) {
    const SIGNATURE_AND_CRC: usize = 4;
    out.field_to(data.saturating_sub(SIGNATURE_AND_CRC), words("filler").named("Fill"));
    out.field(2, "format signature");
    out.field(2, "CRC over the full records");
}
