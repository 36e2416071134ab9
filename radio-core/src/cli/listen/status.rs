//! How a receiver is, for people.

use std::fmt::Write as _;

use crate::io::What;
use crate::receiver::{Event, Identity, LinkModes, Reject, State};

/// Sums up what a receiver told.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) name: String,
    identity: Option<Identity>,
    state: State,
    modes: Option<LinkModes>,
    frames: u64,
    /// Damaged frames, and everything else that was skipped.
    damaged: u64,
    skipped: u64,
    failure: Option<String>,
    has_ended: bool,
}

impl Status {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            identity: None,
            state: State::Idle,
            modes: None,
            frames: 0,
            damaged: 0,
            skipped: 0,
            failure: None,
            has_ended: false,
        }
    }

    /// Tells whether more may come from it.
    pub(super) const fn goes_on(&self) -> bool {
        !self.has_ended
    }

    /// Takes what it told, and returns it in words, where it is worth a line.
    pub(super) fn take(&mut self, what: &What) -> Option<String> {
        match what {
            What::Event(Event::Identified(identity)) => {
                self.identity = Some(identity.clone());
                self.failure = None;
                Some(described(identity))
            }
            What::Event(Event::Listening(modes)) => {
                self.modes = Some(*modes);
                Some(if modes.is_empty() {
                    "listening to nothing".to_owned()
                } else {
                    format!("listening to {modes}")
                })
            }
            What::Event(Event::State(state)) => {
                self.state = *state;
                Some(in_words(*state).to_owned())
            }
            What::Event(Event::Frame(_)) => {
                self.frames += 1;
                self.failure = None;
                None
            }
            What::Event(Event::Rejected(reject)) => {
                match reject {
                    Reject::Crc | Reject::LineCode | Reject::Length => self.damaged += 1,
                    _ => self.skipped += 1,
                }
                None
            }
            What::Failed(error) => {
                let error = error.to_string();
                self.failure = Some(error.clone());
                Some(format!("{error}; trying again"))
            }
            What::Ended => {
                self.has_ended = true;
                None
            }
        }
    }

    /// Sums up in one line.
    pub(super) fn line(&self) -> String {
        let mut line = self.name.clone();
        if let Some(identity) = &self.identity {
            let _ = write!(line, " · {}", described(identity));
        }
        let state = if self.has_ended { "ended" } else { in_words(self.state) };
        let _ = write!(line, " · {state}");
        if let Some(modes) = self.modes {
            let _ = write!(line, " · hears {modes}");
        }
        let _ = write!(line, " · {} frames", self.frames);
        for (count, of) in [(self.damaged, "damaged"), (self.skipped, "skipped")] {
            if count > 0 {
                let _ = write!(line, ", {count} {of}");
            }
        }
        if let Some(failure) = &self.failure {
            let _ = write!(line, " · {failure}");
        }
        line
    }
}

fn described(identity: &Identity) -> String {
    let id = identity.id.as_ref().map_or_else(String::new, |id| format!(" {id}"));
    let firmware =
        identity.firmware.as_ref().map_or_else(String::new, |version| format!(" (firmware {version})"));
    format!("{}{id}{firmware}", identity.model)
}

const fn in_words(state: State) -> &'static str {
    match state {
        State::Idle => "idle",
        State::Receiving => "receiving",
        State::Overloaded => "overloaded",
        State::NothingHeard => "nothing heard for a minute",
        State::Lost => "lost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::PortError;
    use crate::receiver::Kind;

    #[test]
    fn a_receiver_is_summed_up_in_a_line() {
        let mut status = Status::new("im871a:/dev/ttyUSB0".to_owned());
        assert_eq!(status.line(), "im871a:/dev/ttyUSB0 · idle · 0 frames");
        let identity = Identity {
            kind: Some(Kind::Im871a),
            model: "iM871A-USB".to_owned(),
            id: Some("12345678".to_owned()),
            firmware: Some("1.14".to_owned()),
        };
        for event in [
            Event::Identified(identity),
            Event::State(State::Receiving),
            Event::Listening(LinkModes::C_AND_T),
            Event::Rejected(Reject::Crc),
            Event::Rejected(Reject::Garbage),
        ] {
            status.take(&What::Event(event));
        }
        assert_eq!(
            status.line(),
            "im871a:/dev/ttyUSB0 · iM871A-USB 12345678 (firmware 1.14) · receiving · hears t,c · 0 frames, 1 damaged, 1 skipped"
        );
        status.take(&What::Failed(PortError::Closed));
        assert!(status.line().ends_with("the other side closed the connection"));
        assert!(status.goes_on());
        status.take(&What::Ended);
        assert!(!status.goes_on());
    }
}
