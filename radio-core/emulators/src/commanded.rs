//! What receivers have in common that are told what to do in messages.

use std::time::Duration;

/// What waits at most for the rest of a command.
const MOST_ARRIVED: usize = 1_024;

/// Is a receiver that takes commands out of what its host wrote, and answers them one after another.
pub(crate) trait Commanded {
    /// What its host wants.
    type Command;

    /// Returns what its host wrote.
    fn inbox(&mut self) -> &mut Inbox;

    /// Takes the next command out of what arrived, and skips what is none.
    fn take(arrived: &mut Vec<u8>) -> Option<Self::Command>;

    /// Does what a command wants; returns the answer, none where the receiver has none.
    fn answer(&mut self, command: &Self::Command, now: Duration) -> Option<Vec<u8>>;

    /// Takes bytes that the host wrote, split and merged in any way; returns the answers to all commands that are
    /// whole now. While the receiver starts, what is written to it is lost.
    fn answers(&mut self, bytes: &[u8], now: Duration) -> Vec<Vec<u8>> {
        if self.inbox().is_deaf(now) {
            return Vec::new();
        }
        self.inbox().arrived.extend_from_slice(bytes);
        let mut answers = Vec::new();
        while let Some(command) = Self::take(&mut self.inbox().arrived) {
            answers.extend(self.answer(&command, now));
        }
        let arrived = &mut self.inbox().arrived;
        let too_much = arrived.len().saturating_sub(MOST_ARRIVED);
        arrived.drain(..too_much);
        answers
    }
}

/// Holds what a host wrote and is no whole command yet.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    arrived: Vec<u8>,
    deaf_until: Duration,
}

impl Inbox {
    /// Forgets what arrived, and takes nothing before `ready`: the receiver starts.
    pub(crate) fn restart(&mut self, ready: Duration) {
        self.arrived.clear();
        self.deaf_until = ready;
    }

    /// Tells whether the receiver is still starting: it takes nothing and hears nothing.
    pub(crate) fn is_deaf(&self, now: Duration) -> bool {
        now < self.deaf_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers each byte but 0, which begins a command of three bytes; 9 restarts it.
    #[derive(Debug, Default)]
    struct Echo(Inbox);

    impl Commanded for Echo {
        type Command = u8;

        fn inbox(&mut self) -> &mut Inbox {
            &mut self.0
        }

        fn take(arrived: &mut Vec<u8>) -> Option<u8> {
            let length = if arrived.first()? == &0 { 3 } else { 1 };
            (arrived.len() >= length).then(|| arrived.drain(..length).next_back()).flatten()
        }

        fn answer(&mut self, command: &u8, now: Duration) -> Option<Vec<u8>> {
            if *command == 9 {
                self.0.restart(now + Duration::from_millis(1));
            }
            Some(vec![*command])
        }
    }

    #[test]
    fn commands_are_answered_when_they_are_whole() {
        let mut echo = Echo::default();
        assert_eq!(echo.answers(&[1, 2, 0, 3], Duration::ZERO), [[1], [2]]);
        assert_eq!(echo.answers(&[4], Duration::ZERO), [[4]]);
    }

    #[test]
    fn what_is_written_behind_a_restart_is_lost_until_the_receiver_has_started() {
        let mut echo = Echo::default();
        assert_eq!(echo.answers(&[9, 1, 0, 2], Duration::ZERO), [[9]]);
        assert_eq!(echo.answers(&[3], Duration::ZERO), Vec::<Vec<u8>>::new());
        assert_eq!(echo.answers(&[4], Duration::from_millis(1)), [[4]]);
    }

    #[test]
    fn a_command_that_never_ends_does_not_fill_the_memory() {
        #[derive(Debug, Default)]
        struct Patient(Inbox);
        impl Commanded for Patient {
            type Command = ();
            fn inbox(&mut self) -> &mut Inbox {
                &mut self.0
            }
            fn take(_: &mut Vec<u8>) -> Option<()> {
                None
            }
            fn answer(&mut self, (): &(), _: Duration) -> Option<Vec<u8>> {
                None
            }
        }
        let mut patient = Patient::default();
        for _ in 0..10 {
            patient.answers(&[7; 500], Duration::ZERO);
        }
        assert_eq!(patient.0.arrived.len(), MOST_ARRIVED);
    }
}
