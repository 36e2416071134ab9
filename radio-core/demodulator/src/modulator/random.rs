//! Numbers by chance that come again with the same seed.

/// Draws numbers: xoshiro256++ (Blackman and Vigna), seeded by SplitMix64.
///
/// For simulations, never for secrets. The numbers of a seed stay the same for ever, so that tables of measurements
/// can be compared.
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// Makes a generator whose numbers follow from the seed.
    pub fn new(seed: u64) -> Self {
        let mut counter = seed;
        let state = [(); 4].map(|()| {
            counter = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (counter ^ counter >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ mixed >> 31
        });
        Self { state }
    }

    /// Makes another generator, independent of what this one draws later.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self::new(self.next())
    }

    /// Draws 64 bits.
    #[allow(clippy::should_implement_trait, reason = "a stream without end is no iterator to be collected")]
    pub fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let drawn = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ b << 17, d.rotate_left(45)];
        drawn
    }

    /// Draws a byte.
    pub fn byte(&mut self) -> u8 {
        (self.next() >> 56) as u8
    }

    /// Draws a number that is at least 0 and below 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Draws a number between two.
    pub fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.unit()
    }

    /// Draws one of a number of things: 0 up to, but without, `count`; 0 if there are none.
    pub fn below(&mut self, count: usize) -> usize {
        // The product's upper half; its bias is beyond anything that a simulation could see.
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// Draws one of a list.
    pub fn choose<T: Copy>(&mut self, among: &[T]) -> Option<T> {
        among.get(self.below(among.len())).copied()
    }

    /// Draws two independent numbers of a normal distribution with mean 0 and variance 1 (Box and Muller).
    #[inline]
    pub fn normal_pair(&mut self) -> (f32, f32) {
        let bits = self.next();
        // Half of the bits for each: 32 bits of radius reach 6.6 standard deviations, once in 2^32 draws.
        let radius = (-2.0 * (((bits >> 32) as f32 + 0.5) / 4_294_967_296.0).ln()).sqrt();
        let turn = (bits as u32 >> 8) as f32 / (1u32 << 24) as f32;
        let (sine, cosine) = (core::f32::consts::TAU * turn).sin_cos();
        (radius * cosine, radius * sine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_numbers_and_another_one_does_not() {
        let drawn = |seed| {
            let mut random = Random::new(seed);
            [(); 8].map(|()| random.next())
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }

    #[test]
    fn numbers_lie_where_they_are_wanted_and_spread_over_it() {
        let mut random = Random::new(3);
        let mut counts = [0u32; 10];
        for _ in 0..10_000 {
            counts[random.below(10)] += 1;
            let number = random.between(-2.0, 3.0);
            assert!((-2.0..3.0).contains(&number), "{number}");
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        assert_eq!(random.choose::<u8>(&[]), None);
    }

    #[test]
    fn normal_numbers_have_the_moments_and_tails_of_their_distribution() {
        let mut random = Random::new(4);
        let draws: Vec<f64> = (0..200_000)
            .flat_map(|_| {
                let (a, b) = random.normal_pair();
                [f64::from(a), f64::from(b)]
            })
            .collect();
        let mean_of = |power: i32| draws.iter().map(|x| x.powi(power)).sum::<f64>() / draws.len() as f64;
        assert!(mean_of(1).abs() < 0.01, "{}", mean_of(1));
        assert!((mean_of(2) - 1.0).abs() < 0.01, "{}", mean_of(2));
        assert!((mean_of(4) - 3.0).abs() < 0.1, "{}", mean_of(4));
        let beyond_3 = draws.iter().filter(|x| x.abs() > 3.0).count() as f64 / draws.len() as f64;
        assert!((0.0023..0.0031).contains(&beyond_3), "{beyond_3}");
    }
}
