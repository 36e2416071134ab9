//! What every emulated receiver can do.

use std::fmt;
use std::time::Duration;

use crate::AirTelegram;

/// Speaks as one receiver does, without a port and without a clock.
///
/// `now` is the time since the receiver got power.
pub trait Emulator: fmt::Debug + Send {
    /// Returns the rate that the receiver's UART works at; none where the rate of the port means nothing to it.
    fn baud_rate(&self) -> Option<u32> {
        None
    }

    /// Takes its power away and gives it again: what it was told without storing it is forgotten.
    fn lose_power(&mut self) {}

    /// Tells it that a host opened its port and DTR rose; returns what it says of its own accord. Behind a port that
    /// was closed without HUPCL DTR is still up, and the receiver does not notice that it is opened again.
    fn opened(&mut self, _now: Duration) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// Takes bytes that the host wrote, split and merged in any way; returns its answers, one message each.
    fn receive(&mut self, bytes: &[u8], now: Duration) -> Vec<Vec<u8>>;

    /// Puts a telegram in the air; returns what it says about it, none when it does not hear that mode now.
    fn hear(&mut self, telegram: &AirTelegram, now: Duration) -> Option<Heard>;

    /// Returns what it says because time goes by, as a stream of samples does.
    fn elapse(&mut self, _now: Duration) -> Vec<u8> {
        Vec::new()
    }
}

/// Is what a receiver says about a telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The bytes of its message.
    pub message: Vec<u8>,
    /// Whether all of the telegram is in it.
    pub is_whole: bool,
}

impl Heard {
    /// Is a message with the whole telegram.
    pub fn whole(message: Vec<u8>) -> Self {
        Self { message, is_whole: true }
    }
}
