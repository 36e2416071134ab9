//! Finds the few uncertain decisions that explain why a CRC does not fit.
//!
//! A CRC is linear: the syndrome of several errors is the XOR of their syndromes. Among the least certain
//! decisions of a block those sets are sought whose syndromes add up to the block's. A set counts as the truth only
//! if it is likely by itself (a CRC of 16 bits lets one random set in 65,536 pass) and no other set that fits comes
//! near it.

use super::event::ErrorEvent;
use super::syndrome::syndrome_of_bit;

/// How many uncertain decisions of one block are looked at.
const MAX_EVENTS: usize = 32;
/// How many decisions may be wrong at once.
const MAX_TOGETHER: usize = 3;

/// The decisions to change so that a block's CRC fits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Correction {
    events: [Option<ErrorEvent>; MAX_TOGETHER],
    /// How much less likely the corrected block is than the decided one, in nats.
    pub(crate) cost: f32,
}

impl Correction {
    /// Returns the decisions to change.
    pub(crate) fn events(&self) -> impl Iterator<Item = ErrorEvent> + '_ {
        self.events.iter().flatten().copied()
    }
}

/// Corrects blocks; what it needs of memory it keeps.
#[derive(Debug)]
pub(crate) struct Corrector {
    events: Vec<(ErrorEvent, u16)>,
    /// The most that a set of errors may cost, in nats, with the doubt about all other decisions added.
    max_cost: f32,
    /// How much more every other set that fits must cost, in nats.
    min_gap: f32,
}

impl Corrector {
    /// Makes a corrector with its two limits, in nats.
    pub(crate) fn new(max_cost: f32, min_gap: f32) -> Self {
        Self { events: Vec::with_capacity(MAX_EVENTS + 1), max_cost, min_gap }
    }

    /// Returns what explains `syndrome` in the block of the bits `start..end`, the CRC's bits included; an empty
    /// correction when the CRC fits and nothing speaks against it, `None` when nothing is certain enough.
    pub(crate) fn correct(
        &mut self,
        events: &[ErrorEvent],
        start: usize,
        end: usize,
        syndrome: u16,
        max_together: usize,
    ) -> Option<Correction> {
        self.events.clear();
        // What fits at once is only doubted for another set that fits and is hardly less likely.
        let limit = if syndrome == 0 { self.min_gap } else { self.max_cost + self.min_gap };
        let within = || {
            let is_within = |event: &&ErrorEvent| event.bit >= start && event.last_bit() < end;
            events.iter().filter(is_within)
        };
        for event in within().filter(|event| event.cost <= limit) {
            let place = self.events.partition_point(|(kept, _)| kept.cost <= event.cost);
            if place < MAX_EVENTS {
                let own = event.bits().fold(0, |sum, bit| sum ^ syndrome_of_bit(end - 1 - bit));
                self.events.insert(place, (*event, own));
                self.events.truncate(MAX_EVENTS);
            }
        }
        let mut search = Search { best: None, second: f32::INFINITY, limit };
        search.extend(&self.events, Correction::default(), 0, syndrome, MAX_TOGETHER);
        let best = search.best?;
        let count = best.events().count();
        if count > max_together || search.second - best.cost < self.min_gap {
            return None;
        }
        // A correction must also be likely, in view of everything else that may be wrong.
        let doubt = || within().map(|event| (-event.cost).exp().ln_1p()).sum::<f32>();
        (count == 0 || best.cost + doubt() <= self.max_cost).then_some(best)
    }
}

struct Search {
    best: Option<Correction>,
    second: f32,
    limit: f32,
}

impl Search {
    /// Notes `chosen` if it explains everything, and tries to add each of the `rest`, which are in order of cost.
    fn extend(
        &mut self,
        rest: &[(ErrorEvent, u16)],
        chosen: Correction,
        count: usize,
        open: u16,
        left: usize,
    ) {
        if open == 0 {
            self.note(chosen);
        }
        if left == 0 {
            return;
        }
        for (place, (event, own)) in rest.iter().enumerate() {
            let cost = chosen.cost + event.cost;
            if cost > self.limit {
                return;
            }
            if left == 1 && *own != open {
                continue;
            }
            if chosen.events().any(|other| other.overlaps(*event)) {
                continue;
            }
            let mut more = chosen;
            more.cost = cost;
            if let Some(slot) = more.events.get_mut(count) {
                *slot = Some(*event);
            }
            let rest = rest.get(place + 1..).unwrap_or_default();
            self.extend(rest, more, count + 1, open ^ own, left - 1);
        }
    }

    fn note(&mut self, found: Correction) {
        match self.best {
            Some(best) if best.cost <= found.cost => self.second = self.second.min(found.cost),
            best => {
                self.second = best.map_or(self.second, |best| self.second.min(best.cost));
                self.best = Some(found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::flip;
    use super::super::syndrome::syndrome_of;
    use super::*;

    const BLOCK: &[u8] = b"123456789\xC2\xB7";

    fn event(bit: usize, cost: f32) -> ErrorEvent {
        ErrorEvent { bit, mask: 0b11 << 30, cost }
    }

    fn correct(block: &[u8], events: &[ErrorEvent]) -> Option<Vec<usize>> {
        let found = Corrector::new(7.0, 3.0).correct(
            events,
            0,
            block.len() * 8,
            syndrome_of(block).unwrap(),
            MAX_TOGETHER,
        )?;
        Some(found.events().map(|event| event.bit).collect())
    }

    #[test]
    fn a_block_whose_crc_fits_stays_as_it_is() {
        assert_eq!(correct(BLOCK, &[event(3, 0.1), event(20, 0.2)]), Some(vec![]));
    }

    #[test]
    fn up_to_three_uncertain_decisions_are_found_by_the_syndrome() {
        let events = [event(3, 0.5), event(9, 0.1), event(20, 1.0), event(41, 0.3), event(80, 2.0)];
        let mut block = BLOCK.to_vec();
        for (wrong, expected) in [(41, vec![41]), (3, vec![41, 3]), (80, vec![41, 3, 80])] {
            flip(&mut block, 0, event(wrong, 0.0));
            assert_eq!(correct(&block, &events), Some(expected));
        }
    }

    #[test]
    fn a_correction_that_is_unlikely_by_itself_is_refused() {
        let mut block = BLOCK.to_vec();
        flip(&mut block, 0, event(41, 0.0));
        assert_eq!(correct(&block, &[event(41, 6.5)]), Some(vec![41]));
        assert_eq!(correct(&block, &[event(41, 7.5)]), None);
        let many: Vec<_> = (0..30).map(|place| event(place * 2, 0.0)).chain([event(70, 0.1)]).collect();
        flip(&mut block, 0, event(41, 0.0));
        flip(&mut block, 0, event(70, 0.0));
        assert_eq!(correct(&block, &many), None, "noise has many uncertain decisions");
    }

    #[test]
    fn two_errors_as_far_apart_as_the_crc_is_blind_to_make_a_block_doubtful() {
        let mut block = vec![0x5A; 40];
        let crc = wmbus::crc::crc16(&block).to_be_bytes();
        block.extend(crc);
        let single = |bit, cost| ErrorEvent { bit, mask: 1 << 31, cost };
        assert_eq!(correct(&block, &[single(10, 1.0), single(161, 1.0)]), None);
        assert_eq!(correct(&block, &[single(10, 1.0), single(161, 4.0)]), Some(vec![]));
    }
}
