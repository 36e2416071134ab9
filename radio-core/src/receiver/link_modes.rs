//! A set of link modes.

use std::fmt;

use wmbus::LinkMode;

/// Tells which of the modes that meters send in are wanted. S1-m and S2 count as S, T2 as T, C2 as C: a meter's
/// transmission looks the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LinkModes {
    /// 868.30 MHz, Manchester.
    pub s: bool,
    /// 868.95 MHz, 3 out of 6.
    pub t: bool,
    /// 868.95 MHz, NRZ, frame formats A and B.
    pub c: bool,
}

impl LinkModes {
    /// All that meters send in at 868 MHz.
    pub const ALL: Self = Self { s: true, t: true, c: true };
    /// What most receivers hear at once, and most meters send in.
    pub const C_AND_T: Self = Self { s: false, t: true, c: true };

    /// Returns whether a transmission in this mode is wanted.
    pub const fn contains(self, mode: LinkMode) -> bool {
        match mode {
            LinkMode::S1 | LinkMode::S1m | LinkMode::S2 => self.s,
            LinkMode::T1 | LinkMode::T2 => self.t,
            LinkMode::C1 | LinkMode::C2 => self.c,
            _ => false,
        }
    }

    /// Returns whether no mode is wanted.
    pub const fn is_empty(self) -> bool {
        !(self.s || self.t || self.c)
    }

    /// Returns the modes that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self { s: self.s || other.s, t: self.t || other.t, c: self.c || other.c }
    }
}

impl FromIterator<LinkMode> for LinkModes {
    fn from_iter<I: IntoIterator<Item = LinkMode>>(modes: I) -> Self {
        modes.into_iter().fold(Self::default(), |set, mode| match mode {
            LinkMode::S1 | LinkMode::S1m | LinkMode::S2 => Self { s: true, ..set },
            LinkMode::T1 | LinkMode::T2 => Self { t: true, ..set },
            LinkMode::C1 | LinkMode::C2 => Self { c: true, ..set },
            _ => set,
        })
    }
}

/// Writes the modes as `s,t,c`.
impl fmt::Display for LinkModes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [("s", self.s), ("t", self.t), ("c", self.c)];
        let wanted: Vec<_> = names.into_iter().filter_map(|(name, is_in)| is_in.then_some(name)).collect();
        f.pad(&wanted.join(","))
    }
}

/// A text names no set of link modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected link modes such as s,t,c or t,c")]
#[non_exhaustive]
pub struct ParseLinkModesError;

impl std::str::FromStr for LinkModes {
    type Err = ParseLinkModesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut modes = Self::default();
        for name in text.split(',') {
            match name.trim() {
                "s" | "S" => modes.s = true,
                "t" | "T" => modes.t = true,
                "c" | "C" => modes.c = true,
                name => {
                    modes =
                        modes.union([name.parse().map_err(|_| ParseLinkModesError)?].into_iter().collect())
                }
            }
        }
        if modes.is_empty() { Err(ParseLinkModesError) } else { Ok(modes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_link_modes_reads_back_what_it_writes_and_takes_names_of_modes() {
        for text in ["s,t,c", "t,c", "s", "c"] {
            assert_eq!(text.parse::<LinkModes>().map(|modes| modes.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("T1, C1".parse(), Ok(LinkModes::C_AND_T));
        assert_eq!("N1".parse::<LinkModes>(), Err(ParseLinkModesError));
        assert_eq!("".parse::<LinkModes>(), Err(ParseLinkModesError));
    }

    #[test]
    fn a_meter_s_second_variant_of_a_mode_counts_as_the_mode() {
        let modes: LinkModes = [LinkMode::S2, LinkMode::C2].into_iter().collect();
        assert!(modes.contains(LinkMode::S1m) && modes.contains(LinkMode::C1));
        assert!(!modes.contains(LinkMode::T2) && !modes.contains(LinkMode::N1));
    }
}
