//! Finds headers of mode S in the energies of the tones.
//!
//! The shortest header's 48 chips are known. For each pair of frequencies that could be the two tones of a signal,
//! the energy of the one minus that of the other is summed up with the signs of these chips. The sum over the
//! preamble comes from partial sums, so only where it stands out the sync word is looked at.
//!
//! Rate: one decision a row (four a chip). Delay: 12 chips after the header's end, so that the best of many rows is
//! taken. On white noise the threshold gives a few candidates a second, which the header's fit refuses.

use num_complex::Complex32;

use super::header::{HEADER_CHIPS, PREAMBLE_CHIPS, header_chips};
use super::tones::{Energies, ROWS_PER_CHIP, TONES, ToneBank};

/// How many rows are remembered: more than the header's, and a power of two.
const REMEMBERED: usize = 256;
/// The share of the preamble in the sum: less than the sync word's, which a long preamble does not look like.
const PREAMBLE_WEIGHT: f32 = 0.6;
/// The sum over the preamble, in noise floors, from which on the sync word is looked at.
const PREAMBLE_THRESHOLD: f32 = 24.0;
/// The weighted sum over the header, in noise floors, that makes a candidate.
const THRESHOLD: f32 = 36.0;
/// By how much of the preamble's sum its going on may fit better than the sync word: noise does that to a weak header.
const PREAMBLE_DOUBT: f32 = 0.15;
/// The least correlation coefficient with the header, which a strong signal of other chips does not have: for a weak
/// header, and as a share of what is expected of it in white noise.
const LEAST_LIKENESS: f32 = 0.4;
const LIKENESS_SHARE: f32 = 0.7;
/// So many rows without a better one end the search for the best: a long preamble looks
/// a little like a header all along.
const SETTLED_ROWS: u64 = 48;
/// The floor is averaged over 64 chips (2 ms) and found anew each time so many rows have come.
const FLOOR_PART: f32 = 1.0 / 64.0;
const FLOOR_EVERY: u64 = 128;
/// Which of the averages, in order, counts as the noise: a signal takes at most a few of them.
const FLOOR_QUANTILE: f64 = 0.4;
/// Digital silence is taken for a noise of this energy, so that no average runs into denormal numbers.
const LEAST_FLOOR: f32 = 1e-18;
/// How far apart two tones may lie, and how far their middle from the channel's, in Hz: 40 to 80 kHz of deviation and
/// 60 kHz of offset, with half the spacing of the frequencies allowed for. Rounded pulses look narrower.
const TONE_DISTANCE_HZ: core::ops::RangeInclusive<f64> = 66_000.0..=172_000.0;
const MIDDLE_HZ: f64 = 68_000.0;

/// A place where a header may end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Where the header's last chip ends, in samples since the first one, to an eighth of a chip.
    pub(super) end: f64,
    /// The lower tone, relative to the channel's centre.
    pub(super) low_hz: f64,
    /// The higher tone.
    pub(super) high_hz: f64,
    /// The sum over the header in noise floors.
    pub(super) score: f32,
    /// The noise's energy over one chip in the band of a tone.
    pub(super) floor: f32,
}

/// Seeks headers in a stream of samples.
#[derive(Debug)]
pub(super) struct Detector {
    bank: ToneBank,
    search: Search,
}

impl Detector {
    /// Makes a detector for a channel of this rate.
    pub(super) fn new(rate_hz: f64) -> Self {
        let bank = ToneBank::new(rate_hz);
        let search = Search::new(&bank);
        Self { bank, search }
    }

    /// Takes samples and adds the candidates that became certain in them.
    pub(super) fn feed(&mut self, samples: &[Complex32], found: &mut Vec<Candidate>) {
        let search = &mut self.search;
        self.bank.feed(samples, |energies, end| found.extend(search.add(energies, end)));
    }

    /// Begins anew, as if no sample had been taken.
    pub(super) fn reset(&mut self) {
        self.bank.reset();
        self.search.reset();
    }

    /// Returns the candidate that waits for a better one: no more samples will come.
    pub(super) fn finish(&mut self) -> Option<Candidate> {
        self.search.pending.take().map(|pending| pending.candidate)
    }
}

/// Rows by their number modulo [`REMEMBERED`].
#[derive(Debug)]
struct Rows(Box<[Energies; REMEMBERED]>);

impl Rows {
    fn new() -> Self {
        Self(Box::new([[0.0; TONES]; REMEMBERED]))
    }

    #[allow(clippy::indexing_slicing, reason = "the index is taken modulo the length")]
    fn at(&self, row: u64) -> &Energies {
        &self.0[row as usize % REMEMBERED]
    }

    #[allow(clippy::indexing_slicing, reason = "the index is taken modulo the length")]
    fn put(&mut self, row: u64, energies: Energies) {
        self.0[row as usize % REMEMBERED] = energies;
    }
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    low: usize,
    high: usize,
    low_hz: f64,
    high_hz: f64,
}

#[derive(Debug, Clone, Copy)]
struct Pending {
    row: u64,
    candidate: Candidate,
}

#[derive(Debug)]
struct Search {
    energies: Rows,
    /// Sums over 1, 2, 4 and 8 pairs of a preamble's chips: the second chip's energy minus the first one's.
    sums: [Rows; 4],
    row: u64,
    averages: Energies,
    floor: f32,
    /// How much of the averages the next row makes: all of it at first.
    floor_part: f32,
    used: Vec<usize>,
    sorted: Vec<f32>,
    pairs: Vec<Pair>,
    sync_signs: [f32; HEADER_CHIPS - PREAMBLE_CHIPS],
    header_signs: [f32; HEADER_CHIPS],
    pending: Option<Pending>,
}

const PAIR_ROWS: u64 = 2 * ROWS_PER_CHIP as u64;
const SYNC_ROWS: u64 = ((HEADER_CHIPS - PREAMBLE_CHIPS) * ROWS_PER_CHIP) as u64;
const HEADER_ROWS: u64 = (HEADER_CHIPS * ROWS_PER_CHIP) as u64;

impl Search {
    fn new(bank: &ToneBank) -> Self {
        let tones: Vec<(usize, f64)> = bank.frequencies_hz().collect();
        let mut pairs = Vec::new();
        for &(low, low_hz) in &tones {
            for &(high, high_hz) in &tones {
                if TONE_DISTANCE_HZ.contains(&(high_hz - low_hz))
                    && (high_hz + low_hz).abs() <= 2.0 * MIDDLE_HZ
                {
                    pairs.push(Pair { low, high, low_hz, high_hz });
                }
            }
        }
        let mut header_signs = [0.0; HEADER_CHIPS];
        let mut sync_signs = [0.0; HEADER_CHIPS - PREAMBLE_CHIPS];
        let sign = |chip| if chip { 1.0 } else { -1.0 };
        header_signs.iter_mut().zip(header_chips()).for_each(|(place, chip)| *place = sign(chip));
        sync_signs
            .iter_mut()
            .zip(header_chips().skip(PREAMBLE_CHIPS))
            .for_each(|(place, chip)| *place = sign(chip));
        Self {
            energies: Rows::new(),
            sums: core::array::from_fn(|_| Rows::new()),
            row: 0,
            averages: [LEAST_FLOOR; TONES],
            floor: LEAST_FLOOR,
            floor_part: 1.0,
            used: tones.iter().map(|(tone, _)| *tone).collect(),
            sorted: Vec::with_capacity(tones.len()),
            pairs,
            sync_signs,
            header_signs,
            pending: None,
        }
    }

    /// Begins anew; what rows are left lie too far back to be looked at.
    fn reset(&mut self) {
        self.row = 0;
        self.averages = [LEAST_FLOOR; TONES];
        self.floor = LEAST_FLOOR;
        self.floor_part = 1.0;
        self.pending = None;
    }

    /// Takes the next row, which ends at `end` in samples, and returns a candidate if one became certain.
    fn add(&mut self, energies: &Energies, end: f64) -> Option<Candidate> {
        let row = self.row;
        self.row += 1;
        self.energies.put(row, *energies);
        self.add_to_sums(row, energies);
        self.add_to_floor(row, energies);
        if row < HEADER_ROWS {
            return None;
        }
        if let Some(candidate) = self.look(row, end)
            && self.pending.is_none_or(|pending| candidate.score > pending.candidate.score)
        {
            self.pending = Some(Pending { row, candidate });
        }
        self.pending.take_if(|pending| row >= pending.row + SETTLED_ROWS).map(|pending| pending.candidate)
    }

    fn add_to_sums(&mut self, row: u64, energies: &Energies) {
        let before = self.energies.at(row.wrapping_sub(ROWS_PER_CHIP as u64));
        let mut sum: Energies = core::array::from_fn(|_| 0.0);
        for ((sum, now), before) in sum.iter_mut().zip(energies).zip(before) {
            *sum = now - before;
        }
        let mut distance = PAIR_ROWS;
        let mut levels = self.sums.iter_mut().peekable();
        while let Some(level) = levels.next() {
            level.put(row, sum);
            if levels.peek().is_some() {
                let earlier = level.at(row.wrapping_sub(distance));
                sum.iter_mut().zip(earlier).for_each(|(sum, earlier)| *sum += earlier);
                distance *= 2;
            }
        }
    }

    fn add_to_floor(&mut self, row: u64, energies: &Energies) {
        // One row a chip is enough: the others overlap with it.
        if !row.is_multiple_of(ROWS_PER_CHIP as u64) {
            return;
        }
        let part = self.floor_part;
        for (average, energy) in self.averages.iter_mut().zip(energies) {
            let next = *average + (energy - *average) * part;
            *average = if next < LEAST_FLOOR { LEAST_FLOOR } else { next };
        }
        if part > FLOOR_PART {
            self.floor_part = part / (1.0 + part);
        }
        if row.is_multiple_of(FLOOR_EVERY) {
            // What is no number must not stay.
            for (average, energy) in self.averages.iter_mut().zip(energies) {
                if !average.is_finite() {
                    *average = if energy.is_finite() { *energy } else { LEAST_FLOOR };
                }
            }
            self.sorted.clear();
            self.sorted.extend(self.used.iter().filter_map(|tone| self.averages.get(*tone)));
            let place = (self.sorted.len() as f64 * FLOOR_QUANTILE) as usize;
            if place < self.sorted.len() {
                let (_, floor, _) = self.sorted.select_nth_unstable_by(place, f32::total_cmp);
                self.floor = *floor;
            }
        }
    }

    /// Returns the sum over the preamble whose last chip ends with `row`.
    fn preamble(&self, row: u64) -> Energies {
        let [one, two, four, eight] = &self.sums;
        let parts = [
            eight.at(row),
            four.at(row.wrapping_sub(8 * PAIR_ROWS)),
            two.at(row.wrapping_sub(12 * PAIR_ROWS)),
            one.at(row.wrapping_sub(14 * PAIR_ROWS)),
        ];
        let mut sum = [0.0; TONES];
        for part in parts {
            sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        sum
    }

    fn sync(&self, row: u64) -> Energies {
        let mut sum = [0.0; TONES];
        for (chip, sign) in self.sync_signs.iter().enumerate() {
            let age = SYNC_ROWS - ((chip + 1) * ROWS_PER_CHIP) as u64;
            let energies = self.energies.at(row.wrapping_sub(age));
            sum.iter_mut().zip(energies).for_each(|(sum, energy)| *sum += sign * energy);
        }
        sum
    }

    /// Looks whether a header ends with this row.
    fn look(&self, row: u64, end: f64) -> Option<Candidate> {
        let preamble = self.preamble(row.wrapping_sub(SYNC_ROWS));
        let (least, most) = extremes(&preamble);
        let stands_out = most - least > PREAMBLE_THRESHOLD * self.floor;
        if !stands_out {
            return None;
        }
        let sync = self.sync(row);
        let mut weighed = sync;
        weighed.iter_mut().zip(&preamble).for_each(|(sum, preamble)| *sum += PREAMBLE_WEIGHT * preamble);
        let mut best = None;
        let mut best_score = THRESHOLD * self.floor;
        let (least, most) = extremes(&weighed);
        if most - least <= best_score {
            return None;
        }
        let difference = |sums: &Energies, pair: &Pair| match (sums.get(pair.high), sums.get(pair.low)) {
            (Some(high), Some(low)) => high - low,
            _ => 0.0,
        };
        for pair in &self.pairs {
            let score = difference(&weighed, pair);
            if score > best_score {
                best_score = score;
                best = Some(pair);
            }
        }
        let pair = best?;
        // How the same chips fit to more of a long preamble.
        let [one, _, _, eight] = &self.sums;
        let going_on =
            difference(eight.at(row), pair) + difference(one.at(row.wrapping_sub(8 * PAIR_ROWS)), pair);
        let is_preamble_only =
            difference(&sync, pair) - going_on < -PREAMBLE_DOUBT * difference(&preamble, pair);
        if is_preamble_only || !self.is_alike(row, pair) {
            return None;
        }
        Some(Candidate {
            end,
            low_hz: pair.low_hz,
            high_hz: pair.high_hz,
            score: best_score / self.floor,
            floor: self.floor,
        })
    }

    /// Tells whether the difference of two tones' energies goes with the header's chips as well as it would for a header
    /// of this strength in white noise.
    fn is_alike(&self, row: u64, pair: &Pair) -> bool {
        let (mut with_header, mut with_itself) = (0.0, f32::MIN_POSITIVE);
        for (chip, sign) in self.header_signs.iter().enumerate() {
            let age = (HEADER_CHIPS - 1 - chip) * ROWS_PER_CHIP;
            let energies = self.energies.at(row.wrapping_sub(age as u64));
            if let (Some(high), Some(low)) = (energies.get(pair.high), energies.get(pair.low)) {
                with_header += sign * (high - low);
                with_itself += (high - low) * (high - low);
            }
        }
        let chips = HEADER_CHIPS as f32;
        let likeness = with_header / (with_itself * chips).sqrt();
        // For a tone of e times the noise's energy the difference's mean square is (e + 1)² + 1, and its mean e.
        let square = with_itself / (chips * self.floor * self.floor);
        let expected = ((square - 1.0).max(1.0).sqrt() - 1.0) / square.sqrt();
        likeness > LEAST_LIKENESS.max(LIKENESS_SHARE * expected)
    }
}

/// Returns the least and the most of all values, several at a time.
fn extremes(values: &Energies) -> (f32, f32) {
    const LANES: usize = 8;
    let mut least = [f32::INFINITY; LANES];
    let mut most = [f32::NEG_INFINITY; LANES];
    for values in values.as_chunks::<LANES>().0 {
        for ((least, most), value) in least.iter_mut().zip(&mut most).zip(values) {
            *least = if value < least { *value } else { *least };
            *most = if value > most { *value } else { *most };
        }
    }
    let lower = |a: f32, b: f32| if b < a { b } else { a };
    let higher = |a: f32, b: f32| if b > a { b } else { a };
    (least.into_iter().fold(f32::INFINITY, lower), most.into_iter().fold(f32::NEG_INFINITY, higher))
}
