//! "X of Y, N missing", per house and tour.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;
use sync_protocol::TourMeter;

use super::state::MeterState;

/// How many lines are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// All lines.
    pub total: u32,
    /// Read by radio.
    pub read: u32,
    /// Read by hand.
    pub manual: u32,
    /// Skipped with a reason.
    pub skipped: u32,
    /// With a value that can hardly be true.
    pub implausible: u32,
    /// Heard, the key does not fit.
    pub heard_wrong_key: u32,
    /// Heard, without a billable value.
    pub heard_undecodable: u32,
    /// Heard, without a key.
    pub heard_no_key: u32,
    /// Not heard.
    pub open: u32,
}

impl Progress {
    /// Counts states.
    pub fn of<'s>(states: impl IntoIterator<Item = &'s MeterState>) -> Self {
        let mut progress = Self::default();
        for state in states {
            progress.total += 1;
            *progress.count_mut(state) += 1;
        }
        progress
    }

    /// Moves one line from a state to another.
    pub fn moved(&mut self, from: &MeterState, to: &MeterState) {
        let count = self.count_mut(from);
        *count = count.saturating_sub(1);
        *self.count_mut(to) += 1;
    }

    /// Returns how many lines have a value.
    pub fn done(&self) -> u32 {
        self.read + self.manual
    }

    /// Returns how many lines the reader still has something to do at.
    pub fn missing(&self) -> u32 {
        self.total.saturating_sub(self.done() + self.skipped)
    }

    fn count_mut(&mut self, state: &MeterState) -> &mut u32 {
        match state {
            MeterState::Open => &mut self.open,
            MeterState::HeardNoKey => &mut self.heard_no_key,
            MeterState::HeardWrongKey => &mut self.heard_wrong_key,
            MeterState::HeardUndecodable => &mut self.heard_undecodable,
            MeterState::Implausible => &mut self.implausible,
            MeterState::Skipped { .. } => &mut self.skipped,
            MeterState::Manual => &mut self.manual,
            MeterState::Read => &mut self.read,
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, {} missing", self.done(), self.total, self.missing())?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

/// The progress of one house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseProgress {
    /// Property.
    pub site: String,
    /// Street.
    pub street: String,
    /// House number.
    pub house: String,
    /// How far it is.
    pub progress: Progress,
    /// Indexes of its lines: the missing ones first, each part in walking order.
    pub lines: Vec<usize>,
}

/// Groups lines by house, houses in the order of their first lines.
pub fn by_house<'a>(lines: impl IntoIterator<Item = (&'a TourMeter, &'a MeterState)>) -> Vec<HouseProgress> {
    let mut houses: Vec<(HouseProgress, Vec<usize>)> = Vec::new();
    let mut places: HashMap<(&str, &str, &str), usize> = HashMap::new();
    for (index, (line, state)) in lines.into_iter().enumerate() {
        let place = *places.entry((&line.site, &line.street, &line.house)).or_insert_with(|| {
            houses.push((
                HouseProgress {
                    site: line.site.clone(),
                    street: line.street.clone(),
                    house: line.house.clone(),
                    progress: Progress::default(),
                    lines: Vec::new(),
                },
                Vec::new(),
            ));
            houses.len() - 1
        });
        let Some((house, settled)) = houses.get_mut(place) else { continue };
        house.progress.total += 1;
        *house.progress.count_mut(state) += 1;
        if state.is_missing() { house.lines.push(index) } else { settled.push(index) }
    }
    houses
        .into_iter()
        .map(|(mut house, settled)| {
            house.lines.extend(settled);
            house
        })
        .collect()
}
