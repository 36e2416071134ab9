//! Makers' own layouts: telegrams, or parts of telegrams, without record headers.
//!
//! Each layout is a file. What it finds becomes data records like any others: storage 0 is now, 1 the
//! due date, 17 the end of the last month and 18 onwards the months before. A layout that does not fit
//! the bytes, because a date or digit is impossible or they end early, gives nothing at all: a wrong
//! value is worse than none.
//!
//! The layouts are of the project's own descriptions of telegrams, checked against published values.

mod block;
mod calendar;
mod field;
mod layout;

mod apator08;
mod apator162;
mod apator172;
mod apator_eitn;
mod apator_na1;
mod bfw240radio;
mod compact5;
mod fhkvdataiii;
mod gwfwater;
mod hydroclima;
mod hydrodigit;
mod mkradio;
mod mkradio3a;
mod prios;
mod qundis;
mod rfmtx1;
mod techem;
mod tsd2;
mod vario451;
mod zenner0b;

use block::{Block, DUE_DATE, MONTH_END};
pub(crate) use block::{Findings, Note};
use field::Field;
pub(crate) use layout::{Context, Layout, Opened};
use layout::{Meters, Place};

use crate::apl::{DataRecord, Quantity};

static LAYOUTS: [&Layout; 19] = [
    &apator08::LAYOUT,
    &apator162::LAYOUT,
    &apator172::LAYOUT,
    &apator_eitn::LAYOUT,
    &apator_na1::LAYOUT,
    &bfw240radio::LAYOUT,
    &compact5::LAYOUT,
    &fhkvdataiii::LAYOUT,
    &gwfwater::LAYOUT,
    &hydroclima::LAYOUT,
    &hydrodigit::LAYOUT,
    &mkradio::LAYOUT,
    &mkradio3a::LAYOUT,
    &prios::LAYOUT,
    &qundis::LAYOUT,
    &rfmtx1::LAYOUT,
    &tsd2::LAYOUT,
    &vario451::LAYOUT,
    &zenner0b::LAYOUT,
];

/// Which layouts each CI field may announce, one bit for each in the order of [`LAYOUTS`]. Every telegram
/// asks, and few CI fields announce any.
static OF_CI: [u32; 256] = layouts_of_ci();

#[allow(clippy::indexing_slicing, reason = "the loops end at the lists' lengths, and a CI field is a byte")]
const fn layouts_of_ci() -> [u32; 256] {
    let mut of_ci = [0; 256];
    let mut index = 0;
    while index < LAYOUTS.len() {
        let mut cis = LAYOUTS[index].place.cis();
        while let [ci, rest @ ..] = cis {
            of_ci[*ci as usize] |= 1 << index;
            cis = rest;
        }
        index += 1;
    }
    of_ci
}

/// Returns the layout of a telegram's whole content, if its meter is known to send one.
pub(crate) fn of_content(context: &Context<'_>) -> Option<&'static Layout> {
    let mut left = OF_CI.get(usize::from(context.ci)).copied().unwrap_or_default();
    while left != 0 {
        let layout = LAYOUTS.get(left.trailing_zeros() as usize).copied();
        if let Some(layout) = layout.filter(|layout| layout.is_content(context)) {
            return Some(layout);
        }
        left &= left - 1;
    }
    None
}

/// Returns the layout that a record holds, and where it begins.
pub(crate) fn of_record(record: &DataRecord, context: &Context<'_>) -> Option<(&'static Layout, usize)> {
    // Of thousands of records one is no ordinary one: the others are not asked further.
    if record.quantity != Quantity::ManufacturerData && !record.raw.starts_with(qundis::HEADER) {
        return None;
    }
    LAYOUTS.into_iter().find_map(|layout| Some((layout, layout.start_in(record, context)?)))
}
