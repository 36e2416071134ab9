//! Sources that only send: lines, bare frames, or either.

use std::time::Duration;

use jiff::Timestamp;
use radio_core::ReceivedFrame;
use radio_core::receiver::{
    Driver, Event, FrameDriver, LineDriver, LinkModes, Now, RtlTcpDriver, StreamDriver, Tuning,
};

/// A driver remembers no more than this, however much it heard; counted in its `Debug` text.
const MOST_REMEMBERED: usize = 256 * 1024;

/// Lets a source send any bytes, whole and in pieces as long as the first byte says, and checks that the pieces make
/// no difference and nothing is remembered without end.
///
/// # Panics
/// When it does not hold.
pub fn stream(bytes: &[u8]) {
    let &[step, ref bytes @ ..] = bytes else { return };
    let step = usize::from(step).max(1);
    for make in [lines, frames, either] {
        let whole = heard(make().as_mut(), bytes, bytes.len().max(1));
        let in_pieces = heard(make().as_mut(), bytes, step);
        assert_eq!(whole, in_pieces, "in steps of {step}");
    }
    // Its samples are the demodulator's business; here it is who greets.
    let mut greeted = RtlTcpDriver::new(Tuning::default(), LinkModes::default());
    heard(&mut greeted, bytes, step);
}

fn lines() -> Box<dyn Driver> {
    Box::new(LineDriver::new())
}

fn frames() -> Box<dyn Driver> {
    Box::new(FrameDriver::new())
}

fn either() -> Box<dyn Driver> {
    Box::new(StreamDriver::new(LineDriver::new()))
}

fn heard(driver: &mut dyn Driver, bytes: &[u8], step: usize) -> Vec<ReceivedFrame> {
    let now = Now { monotonic: Duration::ZERO, wall: Timestamp::UNIX_EPOCH };
    let mut frames = Vec::new();
    for piece in bytes.chunks(step) {
        driver.handle_input(piece, now);
        take_frames(driver, piece.len(), &mut frames);
    }
    driver.handle_end(now);
    take_frames(driver, bytes.len(), &mut frames);
    let remembered = format!("{driver:?}").len();
    assert!(remembered <= MOST_REMEMBERED, "{remembered} bytes are remembered");
    frames
}

fn take_frames(driver: &mut dyn Driver, bytes: usize, frames: &mut Vec<ReceivedFrame>) {
    // A frame with what it changes takes three events, and what is no frame one; what was begun before counts, too.
    let most = 3 * bytes + 1024;
    for count in 0.. {
        let Some(event) = driver.poll_event() else { return };
        assert!(count < most, "{count} events of {bytes} bytes");
        if let Event::Frame(frame) = event {
            frames.push(*frame);
        }
    }
}
