//! What an RC1180 says: prompts and its memory while it is configured, telegrams otherwise. Nothing of it has a
//! checksum, so what is expected decides.

use crate::receiver::bare::{self, Beginning, beginning};
use crate::receiver::session::Found;

pub(super) const PROMPT: u8 = b'>';
/// The registers of its memory.
pub(super) const REGISTERS: usize = 256;

/// Is something that the receiver said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::receiver) enum Message {
    /// It is ready for the next command.
    Prompt,
    /// All registers, and a prompt.
    Registers(Vec<u8>),
    /// A telegram from the C field on, and the signal strength if that is switched on.
    Telegram(Vec<u8>),
}

/// Tells what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Prompt,
    Registers,
    /// Nothing: the receiver is being configured, and prompts may come twice.
    Nothing,
    Telegrams,
}

/// Tells what lies at the front of what arrived.
pub(super) fn find(bytes: &[u8], expected: Expected) -> Found<Message> {
    match expected {
        Expected::Nothing => Found::Filler { length: bytes.len() },
        Expected::Registers => find_registers(bytes),
        Expected::Prompt => match (bytes.first(), beginning(bytes)) {
            // What was heard last may still be on its way. A telegram of this length is one, too.
            (_, Beginning::Telegram { .. }) => find_telegram(bytes),
            (Some(&PROMPT), _) => Found::Message { length: 1, message: Message::Prompt },
            _ => find_telegram(bytes),
        },
        Expected::Telegrams => find_telegram(bytes),
    }
}

fn find_registers(bytes: &[u8]) -> Found<Message> {
    let Some(end) = bytes.get(REGISTERS) else { return Found::Part };
    if *end != PROMPT {
        // The registers begin later.
        return Found::Filler { length: 1 };
    }
    let registers = bytes.get(..REGISTERS).unwrap_or_default().to_vec();
    Found::Message { length: REGISTERS + 1, message: Message::Registers(registers) }
}

fn find_telegram(bytes: &[u8]) -> Found<Message> {
    match bare::find(bytes) {
        // A prompt that came late.
        Found::Noise { length: 1 } if bytes.first() == Some(&PROMPT) => Found::Filler { length: 1 },
        found => found.map(Message::Telegram),
    }
}

/// Tells what bytes are whose rest did not come.
pub(super) fn give_up(bytes: &[u8]) -> Found<Message> {
    match bytes {
        // A prompt that came late could have been a telegram of this length.
        [PROMPT] => Found::Filler { length: 1 },
        bytes => bare::give_up(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_one_unless_a_telegram_of_that_length_begins() {
        assert!(matches!(
            find(&[PROMPT], Expected::Prompt),
            Found::Message { length: 1, message: Message::Prompt }
        ));
        assert!(matches!(find(&[PROMPT, 0x44, 0xAE, 0x4C], Expected::Prompt), Found::Part));
        assert!(matches!(find(&[PROMPT, 0x00], Expected::Telegrams), Found::Filler { length: 1 }));
    }

    #[test]
    fn the_registers_end_with_a_prompt_whatever_came_before_them() {
        let mut bytes = vec![PROMPT];
        bytes.extend([0x11; REGISTERS]);
        assert!(matches!(find(&bytes[..256], Expected::Registers), Found::Part));
        bytes.push(PROMPT);
        assert!(matches!(find(&bytes, Expected::Registers), Found::Filler { length: 1 }));
        let Found::Message { length, message } = find(&bytes[1..], Expected::Registers) else {
            panic!("no registers")
        };
        assert_eq!((length, message), (257, Message::Registers(vec![0x11; REGISTERS])));
    }
}
