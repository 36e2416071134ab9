//! The line between a receiver and its host, with its fault.

use std::collections::VecDeque;
use std::time::Duration;

use crate::Fault;
use crate::random::Random;

/// How far apart the pieces of a message are when it is split.
const BETWEEN_PIECES: Duration = Duration::from_millis(2);
const LONGEST_PIECE_BYTES: u8 = 3;
/// How long messages wait for one another when they are merged.
const MERGED_EVERY: Duration = Duration::from_millis(250);
const LONGEST_GARBAGE_BYTES: u8 = 40;
const SLOW_ANSWER: Duration = Duration::from_millis(1_000);
const FLOOD_COPIES: usize = 100;
const WRONG_EVERY: usize = 3;
const MUTE_AFTER: usize = 20;
/// What waits at most; a receiver has little memory, too.
const MOST_WAITING: usize = 20_000;

/// Tells what a message is to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// An answer to a command.
    Answer,
    /// A telegram that was heard.
    Telegram,
}

/// Carries messages to the host, each at its time, and damages them as its fault says.
#[derive(Debug)]
pub struct Line {
    fault: Option<Fault>,
    random: Random,
    waiting: VecDeque<(Duration, Vec<u8>)>,
    messages: usize,
    answers: usize,
}

impl Line {
    /// Makes a line with a fault, or a good one.
    pub fn new(fault: Option<Fault>) -> Self {
        Self { fault, random: Random::new(0x57A1_4B79), waiting: VecDeque::new(), messages: 0, answers: 0 }
    }

    /// Returns what is wrong with the line.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Begins anew: the host opened the port again.
    pub fn reopened(&mut self) {
        self.waiting.clear();
        self.messages = 0;
        self.answers = 0;
    }

    /// Takes a message and says how many times it will arrive whole.
    pub fn push(&mut self, mut message: Vec<u8>, sent: Sent, now: Duration) -> usize {
        if self.waiting.len() >= MOST_WAITING {
            return 0;
        }
        self.messages += 1;
        if sent == Sent::Answer {
            self.answers += 1;
        }
        match (self.fault, sent) {
            (Some(Fault::Mute), _) if self.messages > MUTE_AFTER => return 0,
            (Some(Fault::LostAnswers), Sent::Answer) if !self.answers.is_multiple_of(2) => return 0,
            (Some(Fault::Split), _) => self.split(&message, now),
            (Some(Fault::Merged), _) => self.send_at(next_multiple(now, MERGED_EVERY), message),
            (Some(Fault::Garbage), Sent::Telegram) => {
                let count = self.random.up_to(LONGEST_GARBAGE_BYTES);
                let garbage = self.random.bytes(count);
                self.send_at(now, garbage);
                self.send_at(now, message);
            }
            (Some(Fault::WrongChecksum), _) if self.messages.is_multiple_of(WRONG_EVERY) => {
                let middle = message.len() / 2;
                if let Some(byte) = message.get_mut(middle) {
                    *byte ^= 0x01;
                }
                self.send_at(now, message);
                return 0;
            }
            (Some(Fault::SlowAnswers), Sent::Answer) => self.send_at(now + SLOW_ANSWER, message),
            (Some(Fault::Flood), Sent::Telegram) => {
                for _ in 0..FLOOD_COPIES {
                    self.send_at(now, message.clone());
                }
                return FLOOD_COPIES;
            }
            _ => self.send_at(now, message),
        }
        1
    }

    /// Returns the next piece whose time has come.
    pub fn due(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.waiting.front().filter(|(at, _)| *at <= now)?;
        self.waiting.pop_front().map(|(_, bytes)| bytes)
    }

    /// Returns when the next piece is due.
    pub fn next_due(&self) -> Option<Duration> {
        self.waiting.front().map(|(at, _)| *at)
    }

    fn split(&mut self, message: &[u8], now: Duration) {
        let mut at = now.max(self.waiting.back().map_or(now, |(at, _)| *at));
        let mut rest = message;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(self.random.up_to(LONGEST_PIECE_BYTES).min(rest.len()));
            at += BETWEEN_PIECES;
            self.send_at(at, piece.to_vec());
            rest = after;
        }
    }

    /// Puts bytes behind all that wait: a line never swaps messages.
    fn send_at(&mut self, at: Duration, bytes: Vec<u8>) {
        let after_all = self.waiting.back().map_or(at, |(last, _)| at.max(*last));
        self.waiting.push_back((after_all, bytes));
    }
}

/// Returns the next time that is a whole number of intervals.
fn next_multiple(now: Duration, interval: Duration) -> Duration {
    let intervals = now.as_millis() / interval.as_millis().max(1) + 1;
    interval.saturating_mul(u32::try_from(intervals).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"a message of a receiver";

    fn all(line: &mut Line, until: Duration) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| line.due(until)).collect()
    }

    #[test]
    fn a_good_line_carries_each_message_at_once_and_whole() {
        let mut line = Line::new(None);
        assert_eq!(line.push(MESSAGE.to_vec(), Sent::Telegram, Duration::ZERO), 1);
        assert_eq!(all(&mut line, Duration::ZERO), [MESSAGE]);
    }

    #[test]
    fn a_split_message_has_all_its_bytes_one_after_another() {
        let mut line = Line::new(Some(Fault::Split));
        line.push(MESSAGE.to_vec(), Sent::Telegram, Duration::ZERO);
        assert_eq!(all(&mut line, Duration::ZERO).len(), 0);
        let pieces = all(&mut line, Duration::from_secs(1));
        assert!(pieces.len() > 6 && pieces.iter().all(|piece| piece.len() <= 3));
        assert_eq!(pieces.concat(), MESSAGE);
    }

    #[test]
    fn merged_messages_come_together_and_later() {
        let mut line = Line::new(Some(Fault::Merged));
        for millis in [10, 20] {
            line.push(MESSAGE.to_vec(), Sent::Telegram, Duration::from_millis(millis));
        }
        assert_eq!(line.next_due(), Some(Duration::from_millis(250)));
        assert_eq!(all(&mut line, Duration::from_millis(249)).len(), 0);
        assert_eq!(all(&mut line, Duration::from_millis(250)).concat(), [MESSAGE, MESSAGE].concat());
    }

    #[test]
    fn a_message_with_a_wrong_bit_does_not_count_as_delivered() {
        let mut line = Line::new(Some(Fault::WrongChecksum));
        let whole: Vec<_> =
            (0..6).map(|_| line.push(MESSAGE.to_vec(), Sent::Telegram, Duration::ZERO)).collect();
        assert_eq!(whole, [1, 1, 0, 1, 1, 0]);
        let arrived = all(&mut line, Duration::ZERO);
        assert_eq!(arrived.iter().filter(|message| message.as_slice() == MESSAGE).count(), 4);
    }

    #[test]
    fn slow_answers_keep_their_order_with_telegrams() {
        let mut line = Line::new(Some(Fault::SlowAnswers));
        line.push(b"answer".to_vec(), Sent::Answer, Duration::ZERO);
        line.push(b"telegram".to_vec(), Sent::Telegram, Duration::ZERO);
        assert_eq!(line.next_due(), Some(Duration::from_secs(1)));
        assert_eq!(all(&mut line, Duration::from_secs(1)), [b"answer".to_vec(), b"telegram".to_vec()]);
    }

    #[test]
    fn a_mute_receiver_speaks_again_when_its_port_is_opened_again() {
        let mut line = Line::new(Some(Fault::Mute));
        let arrive = |line: &mut Line| {
            (0..30).map(|_| line.push(MESSAGE.to_vec(), Sent::Telegram, Duration::ZERO)).sum::<usize>()
        };
        assert_eq!(arrive(&mut line), 20);
        assert_eq!(arrive(&mut line), 0);
        line.reopened();
        assert_eq!(arrive(&mut line), 20);
    }
}
