//! Commands and answers: `FF | command | length | data | exclusive or of all before`.

use crate::checksum::xor;

const START: u8 = 0xFF;
const AROUND_DATA_BYTES: usize = 4;
/// Is added to a command's number in its answer.
const ANSWER: u8 = 0x80;

/// Is a command of the host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(super) number: u8,
    pub(super) data: Vec<u8>,
}

/// Takes the next command out of what arrived, and skips what is none.
pub(super) fn take_command(arrived: &mut Vec<u8>) -> Option<Command> {
    loop {
        let start = arrived.iter().position(|byte| *byte == START).unwrap_or(arrived.len());
        arrived.drain(..start);
        let &[_, number, length, ..] = arrived.as_slice() else { return None };
        let whole = arrived.get(..AROUND_DATA_BYTES + usize::from(length))?;
        if xor(whole) != 0 {
            arrived.drain(..1);
            continue;
        }
        let data = whole.get(3..3 + usize::from(length)).unwrap_or_default().to_vec();
        arrived.drain(..AROUND_DATA_BYTES + usize::from(length));
        return Some(Command { number, data });
    }
}

/// Builds the answer to a command.
pub(super) fn answer(number: u8, data: &[u8]) -> Vec<u8> {
    message(number | ANSWER, data)
}

/// Builds a message.
pub(super) fn message(number: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![START, number, length];
    bytes.extend(data.iter().take(usize::from(length)));
    bytes.push(xor(&bytes));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_between_other_bytes_and_only_with_their_checksum() {
        let mut arrived = vec![0x55, 0xFF, 0x0B, 0x00, 0xF5, 0xFF, 0x0B, 0x00, 0xF4, 0xFF, 0x04];
        assert_eq!(take_command(&mut arrived), Some(Command { number: 0x0B, data: vec![] }));
        assert_eq!(take_command(&mut arrived), None);
        arrived.extend([0x01, 0x09, 0xF3]);
        assert_eq!(take_command(&mut arrived), Some(Command { number: 0x04, data: vec![0x09] }));
    }

    #[test]
    fn answers_are_the_documented_ones() {
        assert_eq!(answer(0x04, &[0x00]), [0xFF, 0x84, 0x01, 0x00, 0x7A]);
    }
}
