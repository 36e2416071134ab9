//! What people did, by line.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{EventId, TourMeterId};

use crate::store::rows::EventRow;

/// Leaves out events that a later one corrects. They stay in the database.
pub(super) fn standing_events(mut events: Vec<EventRow>) -> Vec<EventRow> {
    let superseded: BTreeSet<EventId> = events.iter().filter_map(|row| row.event.supersedes).collect();
    events.retain(|row| !superseded.contains(&row.event.id));
    events
}

/// Groups events by the line that they are about.
pub(super) fn events_by_line(events: Vec<EventRow>) -> BTreeMap<TourMeterId, Vec<EventRow>> {
    let mut by_line: BTreeMap<TourMeterId, Vec<EventRow>> = BTreeMap::new();
    for row in events {
        by_line.entry(row.event.tour_meter).or_default().push(row);
    }
    by_line
}
