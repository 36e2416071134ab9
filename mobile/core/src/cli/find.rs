//! From what a person types to a tour and a meter.

use anyhow::{Context, bail};
use field_core::{Store, TourView};
use sync_protocol::{TourId, TourMeter, TourMeterId};

/// Finds a tour by name or identity; without either the only one there is.
pub(super) fn tour(store: &Store, wanted: Option<&str>) -> anyhow::Result<TourId> {
    let tours = store.tours()?;
    let found: Vec<_> = match wanted {
        Some(wanted) => tours
            .iter()
            .filter(|stored| stored.tour.name == wanted || stored.tour.id.to_string() == wanted)
            .collect(),
        None => tours.iter().filter(|stored| !stored.withdrawn).collect(),
    };
    match (found.as_slice(), wanted) {
        ([one], _) => Ok(one.tour.id),
        ([], Some(_)) => bail!("there is no such tour on this handheld; `pull` fetches tours"),
        ([], None) => bail!("there is no tour on this handheld; `pull` fetches tours"),
        (many, _) => {
            let names: Vec<String> =
                many.iter().map(|stored| format!("{} ({})", stored.tour.name, stored.tour.id)).collect();
            bail!("say which tour with --tour: {}", names.join(", "))
        }
    }
}

/// Finds a line of a tour by the number of its meter, of its radio, or its own identity.
pub(super) fn meter(view: &TourView, wanted: &str) -> anyhow::Result<TourMeterId> {
    let is_wanted = |line: &TourMeter| {
        line.meter_number.eq_ignore_ascii_case(wanted)
            || line.radio_id.as_deref().is_some_and(|radio_id| radio_id.eq_ignore_ascii_case(wanted))
            || line.id.to_string() == wanted
    };
    let found: Vec<_> = view.lines.iter().map(|line| &line.line).filter(|line| is_wanted(line)).collect();
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => None.context("there is no such meter in the tour"),
        many => {
            let ids: Vec<String> = many.iter().map(|line| line.id.to_string()).collect();
            bail!("several lines have this number; give one of the identities {}", ids.join(", "))
        }
    }
}
