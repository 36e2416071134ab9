//! What most receivers can be set to.

use wmbus::LinkMode;

use super::protocol::Turn;
use crate::receiver::LinkModes;

/// Is what a receiver hears at a time: mode S alone, or one or both of T and C, which share a frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::receiver) enum Channels {
    /// Mode S.
    S,
    /// Mode T.
    T,
    /// Mode C.
    C,
    /// Both at once, which not every firmware can.
    CAndT,
}

impl Channels {
    /// Returns the modes that are heard.
    pub(in crate::receiver) const fn hears(self) -> LinkModes {
        LinkModes {
            s: matches!(self, Self::S),
            t: matches!(self, Self::T | Self::CAndT),
            c: matches!(self, Self::C | Self::CAndT),
        }
    }

    /// Returns the link mode of what is heard, where there is only one.
    pub(in crate::receiver) const fn link_mode(self) -> Option<LinkMode> {
        match self {
            Self::S => Some(LinkMode::S1),
            Self::T => Some(LinkMode::T1),
            Self::C => Some(LinkMode::C1),
            Self::CAndT => None,
        }
    }

    /// Returns the fewest turns in which a receiver hears these modes that refused some settings.
    pub(in crate::receiver) fn turns(modes: LinkModes, refused: &[Self]) -> Vec<Turn<Self>> {
        let both = modes.t && modes.c && !refused.contains(&Self::CAndT);
        let wanted = [
            (Self::CAndT, both),
            (Self::T, modes.t && !both),
            (Self::C, modes.c && !both),
            (Self::S, modes.s),
        ];
        let able = wanted.into_iter().filter(|(setting, is_wanted)| *is_wanted && !refused.contains(setting));
        able.map(|(setting, _)| Turn { setting, hears: setting.hears() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(modes: LinkModes, refused: &[Channels]) -> Vec<Channels> {
        Channels::turns(modes, refused).into_iter().map(|turn| turn.setting).collect()
    }

    #[test]
    fn c_and_t_share_a_turn_where_the_receiver_does_not_refuse() {
        assert_eq!(turns(LinkModes::ALL, &[]), [Channels::CAndT, Channels::S]);
        assert_eq!(turns(LinkModes::ALL, &[Channels::CAndT]), [Channels::T, Channels::C, Channels::S]);
        assert_eq!(turns(LinkModes::C_AND_T, &[Channels::CAndT, Channels::C]), [Channels::T]);
        assert_eq!(turns(LinkModes { s: false, t: false, c: true }, &[]), [Channels::C]);
        assert_eq!(turns(LinkModes::default(), &[]), []);
    }
}
