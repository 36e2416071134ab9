//! Explains by uncertain decisions why a CRC does not fit, and tells how probable another explanation is.
//!
//! A CRC is linear: the syndrome of several errors is the XOR of their syndromes. Every set of uncertain decisions
//! whose syndromes add up to a block's could have happened, each with the probability of its decisions being wrong.
//! The likeliest of them is the explanation, the others' share is the doubt about it. Single decisions and pairs are
//! counted completely, so those that a CRC takes for each other are seen wherever they lie (`phy_facts.md` § 6: in
//! blocks above 151 bits, bits that far apart); threes among the least certain. Larger sets are so many that one in
//! 65,536 of them fits.

use super::event::ErrorEvent;
use super::syndrome::syndrome_of_bit;

/// How many uncertain decisions of one block are looked at; so many a block of 128 bytes has when it is hardly heard.
const MAX_EVENTS: usize = 1536;
/// Among how many of the least certain decisions all sets of three are looked at.
const MAX_IN_THREES: usize = 32;
/// How many decisions may be wrong at once.
const MAX_TOGETHER: usize = 3;
/// One syndrome out of so many is a random set's.
const SYNDROMES: f64 = 65_536.0;
/// The probability that a block is nothing that its decisions tell of: cut off, run over, of another length.
const SOMETHING_ELSE: f64 = 0.1;
/// Doubt that is not worth being known better.
const HARDLY_ANY: f64 = 1e-5;
/// Bits of the CRC: an error burst that is no longer cannot hide from it.
const CRC_BITS: usize = 16;

/// The decisions to change so that a block's CRC fits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Explanation {
    events: [Option<ErrorEvent>; MAX_TOGETHER],
    /// The probability that it was something else.
    pub(crate) doubt: f64,
}

impl Explanation {
    /// Returns the decisions to change.
    pub(crate) fn events(&self) -> impl Iterator<Item = ErrorEvent> + '_ {
        self.events.iter().flatten().copied()
    }
}

/// An uncertain decision of the block.
#[derive(Debug, Clone, Copy)]
struct Suspect {
    event: ErrorEvent,
    syndrome: u16,
    /// The probability that it is wrong over the one that it is right.
    odds: f64,
}

/// Explains syndromes; what it needs of memory it keeps.
#[derive(Debug)]
pub(crate) struct Explainer {
    /// The least certain first.
    suspects: Vec<Suspect>,
    /// Each suspect's syndrome and its place, in order.
    places: Vec<(u16, u16)>,
}

impl Explainer {
    pub(crate) fn new() -> Self {
        Self { suspects: Vec::with_capacity(MAX_EVENTS), places: Vec::with_capacity(MAX_EVENTS) }
    }

    /// Returns what explains `syndrome` best in the block of the bits `start..end`, the CRC's bits included: nothing
    /// at all where the CRC fits; `None` if there is no explanation, or only some that leave more than `max_doubt`.
    pub(crate) fn explain(
        &mut self,
        events: &[ErrorEvent],
        start: usize,
        end: usize,
        syndrome: u16,
        max_doubt: f64,
    ) -> Option<Explanation> {
        let is_within = |event: &&ErrorEvent| event.bit >= start && event.last_bit() < end;
        let within = || events.iter().filter(is_within);
        let Odds { all, ones, unseen_ones } = Odds::of(within());
        let unseen = all - 1.0 - ones + unseen_ones;
        if syndrome == 0 && unseen < HARDLY_ANY {
            return Some(Explanation { events: [None; MAX_TOGETHER], doubt: unseen.max(0.0) });
        }
        // Noise is refused before it costs much: no explanation is likelier than 1, and these others are not looked at.
        let looked_at = 1.0 + ones * (1.0 + ones * (0.5 + ones / 6.0));
        if is_too_doubtful(all - looked_at, max_doubt) {
            return None;
        }
        self.suspects.clear();
        self.suspects.extend(within().take(MAX_EVENTS).map(|event| Suspect {
            event: *event,
            syndrome: event.bits().fold(0, |sum, bit| sum ^ syndrome_of_bit(end - 1 - bit)),
            odds: odds(event),
        }));
        self.suspects.sort_unstable_by(|a, b| a.event.cost.total_cmp(&b.event.cost));
        let looked_at = self.odds_of_threes() + self.sums();
        if is_too_doubtful(all - looked_at, max_doubt) {
            return None;
        }
        self.places.clear();
        self.places.extend((0u16..).zip(&self.suspects).map(|(place, suspect)| (suspect.syndrome, place)));
        self.places.sort_unstable();

        let mut found = Found::default();
        if syndrome == 0 {
            found.add(1.0, [None; MAX_TOGETHER]);
        }
        self.singles_and_pairs(syndrome, &mut found);
        self.threes(syndrome, &mut found);
        let Found { all: fitting, best, events } = found;
        if best <= 0.0 {
            return None;
        }
        // Beside the explanation pairs may be wrong that the CRC does not see; beside a single one that makes three.
        let is_large = events.iter().flatten().count() > 1;
        let unseen = if is_large { best * self.unseen_pairs(&events) } else { 0.0 };
        let doubt = 1.0 - best / (fitting + unseen + others(all - looked_at));
        (doubt <= max_doubt).then_some(Explanation { events, doubt })
    }

    fn singles_and_pairs(&self, syndrome: u16, found: &mut Found) {
        for one in self.with_syndrome(syndrome, 0) {
            found.add(one.odds, [Some(one.event), None, None]);
        }
        for (place, one) in self.suspects.iter().enumerate() {
            for two in self.with_syndrome(syndrome ^ one.syndrome, place + 1) {
                if !one.event.overlaps(two.event) {
                    found.add(one.odds * two.odds, [Some(one.event), Some(two.event), None]);
                }
            }
        }
    }

    /// Looks at all sets of three of which two are among the least certain decisions.
    fn threes(&self, syndrome: u16, found: &mut Found) {
        let few = self.suspects.get(..MAX_IN_THREES.min(self.suspects.len())).unwrap_or_default();
        for (first, one) in few.iter().enumerate() {
            for (second, two) in few.iter().enumerate().skip(first + 1) {
                let odds = one.odds * two.odds;
                let open = syndrome ^ one.syndrome ^ two.syndrome;
                for three in self.with_syndrome(open, second + 1) {
                    let [a, b, c] = [one.event, two.event, three.event];
                    if !a.overlaps(b) && !a.overlaps(c) && !b.overlaps(c) {
                        found.add(odds * three.odds, [Some(a), Some(b), Some(c)]);
                    }
                }
            }
        }
    }

    /// Returns the odds of all the sets of three that are looked at, fitting or not.
    fn odds_of_threes(&self) -> f64 {
        // The third may be any decision behind the second one.
        let (mut ones, mut twos, mut threes) = (0.0, 0.0, 0.0);
        for (place, suspect) in self.suspects.iter().enumerate() {
            threes += twos * suspect.odds;
            if place < MAX_IN_THREES {
                twos += ones * suspect.odds;
                ones += suspect.odds;
            }
        }
        threes
    }

    /// Returns the odds of nothing, each one and each two being wrong.
    fn sums(&self) -> f64 {
        let (mut ones, mut twos) = (0.0, 0.0);
        for suspect in &self.suspects {
            twos += ones * suspect.odds;
            ones += suspect.odds;
        }
        1.0 + ones + twos
    }

    /// Returns the odds of all pairs whose syndromes are the same, but for those that touch an explanation.
    fn unseen_pairs(&self, events: &[Option<ErrorEvent>]) -> f64 {
        let is_free =
            |suspect: &&Suspect| !events.iter().flatten().any(|event| event.overlaps(suspect.event));
        let mut odds = 0.0;
        for (place, one) in self.suspects.iter().enumerate().filter(|(_, one)| is_free(one)) {
            for two in self.with_syndrome(one.syndrome, place + 1).filter(is_free) {
                if !one.event.overlaps(two.event) {
                    odds += one.odds * two.odds;
                }
            }
        }
        odds
    }

    /// Returns the suspects with a syndrome, from a place on.
    fn with_syndrome(&self, syndrome: u16, from: usize) -> impl Iterator<Item = &Suspect> {
        let first =
            self.places.partition_point(|(other, place)| (*other, usize::from(*place)) < (syndrome, from));
        let rest = self.places.get(first..).unwrap_or_default().iter();
        rest.take_while(move |(other, _)| *other == syndrome)
            .filter_map(|(_, place)| self.suspects.get(usize::from(*place)))
    }
}

/// Returns the odds of a decision being wrong.
fn odds(event: &ErrorEvent) -> f64 {
    f64::from((-event.cost).exp())
}

/// Returns the odds of sets that were not looked at and fit by chance, where these are the odds of all of them.
fn others(not_looked_at: f64) -> f64 {
    (not_looked_at.max(0.0) + SOMETHING_ELSE) / SYNDROMES
}

/// Tells whether what is not looked at leaves more doubt even about the likeliest explanation.
fn is_too_doubtful(not_looked_at: f64, max_doubt: f64) -> bool {
    1.0 - 1.0 / (1.0 + others(not_looked_at)) > max_doubt
}

/// The odds of the uncertain decisions of a block.
#[derive(Debug, Clone, Copy)]
struct Odds {
    /// Of all their sets, the empty one included; infinite where there are too many.
    all: f64,
    /// Of each one alone.
    ones: f64,
    /// Of those among them that a CRC might not see.
    unseen_ones: f64,
}

impl Odds {
    fn of<'a>(events: impl Iterator<Item = &'a ErrorEvent>) -> Self {
        let mut sums = Self { all: 1.0, ones: 0.0, unseen_ones: 0.0 };
        for event in events {
            let odds = odds(event);
            sums.all *= 1.0 + odds;
            sums.ones += odds;
            if event.last_bit() - event.bit >= CRC_BITS {
                sums.unseen_ones += odds;
            }
        }
        sums
    }
}

/// The sets that fit.
#[derive(Debug, Default)]
struct Found {
    /// The odds of all of them.
    all: f64,
    /// The odds of the likeliest one, and what it is.
    best: f64,
    events: [Option<ErrorEvent>; MAX_TOGETHER],
}

impl Found {
    fn add(&mut self, odds: f64, events: [Option<ErrorEvent>; MAX_TOGETHER]) {
        self.all += odds;
        if odds > self.best {
            self.best = odds;
            self.events = events;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::flip;
    use super::super::syndrome::{ORDER, syndrome_of};
    use super::*;

    fn single(bit: usize, cost: f32) -> ErrorEvent {
        ErrorEvent { bit, mask: 1 << 31, cost }
    }

    fn block(bytes: usize) -> Vec<u8> {
        let mut block = vec![0x5A; bytes - 2];
        let crc = wmbus::crc::crc16(&block).to_be_bytes();
        block.extend(crc);
        block
    }

    /// Returns which bits are explained as wrong, in order, and the doubt.
    fn explain(block: &[u8], events: &[ErrorEvent]) -> Option<(Vec<usize>, f64)> {
        let syndrome = syndrome_of(block).unwrap();
        let found = Explainer::new().explain(events, 0, block.len() * 8, syndrome, 1.0)?;
        let mut bits: Vec<usize> = found.events().map(|event| event.bit).collect();
        bits.sort_unstable();
        Some((bits, found.doubt))
    }

    #[test]
    fn a_block_whose_crc_fits_and_that_nothing_speaks_against_is_certain() {
        let (bits, doubt) = explain(&block(18), &[]).unwrap();
        assert_eq!((bits, doubt), (vec![], 0.0));
        let (bits, doubt) = explain(&block(18), &[single(3, 0.1), single(20, 0.2)]).unwrap();
        assert_eq!(bits, []);
        assert!(doubt < 1e-5, "{doubt}");
    }

    #[test]
    fn up_to_three_uncertain_decisions_are_found_by_the_syndrome() {
        let events = [single(3, 0.5), single(9, 0.1), single(20, 1.0), single(41, 0.3), single(80, 2.0)];
        let mut block = block(18);
        for (wrong, expected) in [(41, vec![41]), (3, vec![3, 41]), (80, vec![3, 41, 80])] {
            flip(&mut block, 0, single(wrong, 0.0));
            let (bits, doubt) = explain(&block, &events).unwrap();
            assert_eq!(bits, expected);
            assert!(doubt < 0.001, "{doubt}");
        }
    }

    #[test]
    fn what_no_decision_explains_has_no_explanation_and_an_unlikely_one_is_doubted() {
        let mut block = block(18);
        flip(&mut block, 0, single(41, 0.0));
        assert_eq!(explain(&block, &[single(42, 1.0)]), None);
        let (bits, doubt) = explain(&block, &[single(41, 13.0)]).unwrap();
        assert_eq!(bits, [41]);
        assert!(doubt > 0.3, "{doubt}");
    }

    #[test]
    fn noise_explains_everything_and_is_doubted() {
        let mut block = block(18);
        let events: Vec<_> = (0..70).map(|place| single(2 * place, 0.1)).collect();
        flip(&mut block, 0, single(40, 0.0));
        assert!(explain(&block, &events).unwrap().1 > 0.99);
        let syndrome = syndrome_of(&block).unwrap();
        assert_eq!(Explainer::new().explain(&events, 0, block.len() * 8, syndrome, 0.99), None);
        let many: Vec<_> = (0..MAX_EVENTS).map(|place| single(place % 140, 0.0)).collect();
        assert_eq!(Explainer::new().explain(&many, 0, block.len() * 8, syndrome, 0.99), None);
    }

    #[test]
    fn two_bits_that_the_crc_takes_for_each_other_are_doubted_by_how_likely_the_other_one_is() {
        let mut long = block(42);
        flip(&mut long, 0, single(10, 0.0));
        let (bits, doubt) = explain(&long, &[single(10, 1.0), single(10 + ORDER, 3.0)]).unwrap();
        assert_eq!(bits, [10]);
        let expected = 1.0 / (1.0 + 2.0f64.exp());
        assert!((doubt - expected).abs() < 1e-4, "{doubt}");
    }

    #[test]
    fn two_errors_as_far_apart_as_the_crc_is_blind_to_are_doubted_with_and_without_a_correction() {
        let pair = [single(10, 1.0), single(10 + ORDER, 4.0)];
        let expected = 1.0 - 1.0 / (1.0 + (-5.0f64).exp());
        let mut long = block(42);
        let (bits, doubt) = explain(&long, &pair).unwrap();
        assert_eq!(bits, []);
        assert!((doubt - expected).abs() < 1e-4, "{doubt}");
        let mut events = pair.to_vec();
        for wrong in [77, 200] {
            flip(&mut long, 0, single(wrong, 0.0));
            events.push(single(wrong, 0.0));
            let (bits, doubt) = explain(&long, &events).unwrap();
            assert_eq!(*bits.last().unwrap(), wrong);
            assert!((doubt - expected).abs() < 1e-4, "{doubt}");
        }
    }
}
