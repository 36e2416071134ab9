//! Messages of the AMB8465: commands, and telegrams with or without a command around them.

use crate::receiver::bare;
use crate::receiver::session::Found;

const START: u8 = 0xFF;
/// Start, command, length.
const HEADER: usize = 3;
/// No command with a telegram is as short as this.
const LEAST: usize = 12;
/// A telegram in a command.
const DATA_INDICATION: u8 = 0x03;
/// What an answer has in addition to its command.
const ANSWER: u8 = 0x80;
/// The commands that have answers (receivers.md §3).
const COMMANDS: [u8; 17] =
    [0x00, 0x02, 0x04, 0x05, 0x06, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x10, 0x11, 0x30, 0x31, 0x50, 0x51, 0x52];

/// Is a message from the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::receiver) enum Message {
    /// The answer to a command.
    Answer {
        /// The command.
        command: u8,
        /// What it says.
        payload: Vec<u8>,
    },
    /// A telegram from the C field on, and the signal strength if that is switched on.
    Telegram {
        /// The bytes that the length counts.
        bytes: Vec<u8>,
        /// Whether it came in a command, with a checksum that fits.
        is_checked: bool,
    },
}

/// Tells what lies at the front of what arrived. A telegram that does not come in a command is taken only while
/// `accepts_bare`: it has no checksum.
pub(super) fn find(bytes: &[u8], accepts_bare: bool) -> Found<Message> {
    let is_command = |command: u8| {
        command == DATA_INDICATION || command & ANSWER != 0 && COMMANDS.contains(&(command & !ANSWER))
    };
    match *bytes {
        [START] => Found::Part,
        [START, command, ..] if is_command(command) => match find_command(bytes, command) {
            // What lies within a damaged command would pass for a bare telegram.
            Found::Broken { length, .. } if accepts_bare => Found::Broken { length, skip: length },
            found => found,
        },
        _ if accepts_bare => find_bare(bytes),
        _ => Found::Noise { length: 1 },
    }
}

fn find_bare(bytes: &[u8]) -> Found<Message> {
    let found = bare::find(bytes);
    let within = match found {
        Found::Part => bytes.len(),
        Found::Message { length, .. } => length,
        _ => 0,
    };
    // Noise that looks like the beginning of a telegram is known by the command within.
    let is_command_at = |at: &usize| {
        let rest = bytes.get(*at..).unwrap_or_default();
        rest.starts_with(&[START, DATA_INDICATION])
            && matches!(find_command(rest, DATA_INDICATION), Found::Message { length, .. } if length > LEAST)
    };
    match (1..within).find(is_command_at) {
        Some(length) => Found::Noise { length },
        None => found.map(|bytes| Message::Telegram { bytes, is_checked: false }),
    }
}

/// Tells what bytes are whose rest did not come.
pub(super) fn give_up(bytes: &[u8], accepts_bare: bool) -> Found<Message> {
    match bytes {
        [START, ..] => Found::Broken { length: bytes.len(), skip: 1 },
        bytes if accepts_bare => bare::give_up(bytes),
        bytes => Found::Broken { length: bytes.len(), skip: bytes.len() },
    }
}

fn find_command(bytes: &[u8], command: u8) -> Found<Message> {
    let Some(payload_length) = bytes.get(2) else { return Found::Part };
    let end = HEADER + usize::from(*payload_length);
    let length = end + 1;
    let (Some(covered), Some(sum)) = (bytes.get(..end), bytes.get(end)) else { return Found::Part };
    if checksum(covered) != *sum {
        // A message may begin within what only looked like one.
        return Found::Broken { length, skip: 1 };
    }
    let payload = covered.get(HEADER..).unwrap_or_default().to_vec();
    let message = match command {
        DATA_INDICATION => Message::Telegram { bytes: payload, is_checked: true },
        command => Message::Answer { command: command & !ANSWER, payload },
    };
    Found::Message { length, message }
}

/// Builds a command.
pub(super) fn request(command: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![START, command, length];
    bytes.extend(payload.iter().take(usize::from(length)));
    bytes.push(checksum(&bytes));
    bytes
}

/// Computes the checksum: all bytes before it, exclusive or.
fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_the_documented_bytes() {
        // receivers.md §3.
        assert_eq!(request(0x0A, &[0x00, 0x80]), [0xFF, 0x0A, 0x02, 0x00, 0x80, 0x77]);
        assert_eq!(request(0x09, &[0x45, 0x01, 0x01]), [0xFF, 0x09, 0x03, 0x45, 0x01, 0x01, 0xB0]);
        assert_eq!(request(0x04, &[0x09]), [0xFF, 0x04, 0x01, 0x09, 0xF3]);
        assert_eq!(request(0x0B, &[]), [0xFF, 0x0B, 0x00, 0xF4]);
    }

    #[test]
    fn the_answer_to_a_mode_is_found_whole_only() {
        let bytes = [0xFF, 0x84, 0x01, 0x00, 0x7A];
        for end in 1..bytes.len() {
            assert!(matches!(find(&bytes[..end], false), Found::Part), "{end}");
        }
        let Found::Message { length, message } = find(&bytes, false) else { panic!("no message") };
        assert_eq!((length, message), (5, Message::Answer { command: 0x04, payload: vec![0x00] }));
        for (accepts_bare, skipped) in [(false, 1), (true, 5)] {
            let found = find(&[0xFF, 0x84, 0x01, 0x00, 0x7B], accepts_bare);
            assert!(matches!(found, Found::Broken { length: 5, skip } if skip == skipped));
        }
    }

    #[test]
    fn a_bare_telegram_begins_like_one_of_a_meter() {
        let head = [0x0A, 0x44, 0xAE, 0x4C];
        assert!(matches!(find(&head, true), Found::Part));
        assert!(matches!(find(&head, false), Found::Noise { length: 1 }));
        assert!(matches!(find(&[0x0A, 0x45], true), Found::Noise { length: 1 }));
        assert!(matches!(find(&[0x09, 0x44], true), Found::Noise { length: 1 }));
        // Letters below A do not exist.
        assert!(matches!(find(&[0x0A, 0x44, 0x00, 0x4C], true), Found::Noise { length: 1 }));
        let telegram = [&head[..], &[0; 7]].concat();
        let Found::Message { length, message } = find(&telegram, true) else { panic!("no message") };
        assert_eq!(length, 11);
        assert_eq!(message, Message::Telegram { bytes: telegram[1..].to_vec(), is_checked: false });
    }

    #[test]
    fn noise_that_looks_like_a_bare_telegram_does_not_swallow_a_command() {
        let command = request(DATA_INDICATION, &[0x44; 12]);
        let bytes = [&[0xFD, 0x44, 0xAE, 0x4C, 0x11][..], &command].concat();
        assert!(matches!(find(&bytes[..bytes.len() - 1], true), Found::Part));
        assert!(matches!(find(&bytes, true), Found::Noise { length: 5 }));
    }
}
