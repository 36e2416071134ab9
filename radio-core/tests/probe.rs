//! Finding out what is attached, against a line on which nobody answers.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use jiff::Timestamp;
use radio_core::receiver::{Driver, Event, LinkModes, Now, ProbeDriver, State, Transmit};

/// EN 13757-4, annex example of T1.
const T1: &str = "0F44AE0C785634120107780B13436587\r\n";

fn at(monotonic: Duration) -> Now {
    Now { monotonic, wall: Timestamp::UNIX_EPOCH }
}

/// Lets time pass from one timeout to the next while `go_on` says so; returns what was sent and told.
fn pass(
    driver: &mut ProbeDriver,
    time: &mut Duration,
    mut go_on: impl FnMut(&[Transmit], &[Event]) -> bool,
) -> (Vec<Transmit>, Vec<Event>) {
    let (mut sent, mut told) = (Vec::new(), Vec::new());
    for _ in 0..10_000 {
        sent.extend(std::iter::from_fn(|| driver.poll_transmit()));
        told.extend(std::iter::from_fn(|| driver.poll_event()));
        let Some(due) = driver.poll_timeout().filter(|_| go_on(&sent, &told)) else { return (sent, told) };
        *time = due.max(*time);
        driver.handle_timeout(at(*time));
    }
    panic!("it never ends");
}

fn baud_rates(sent: &[Transmit]) -> Vec<u32> {
    let rates = sent.iter().filter_map(|transmit| match transmit {
        Transmit::BaudRate(rate) => Some(*rate),
        _ => None,
    });
    rates.collect()
}

#[test]
fn every_kind_is_asked_in_turn_and_a_line_on_which_nobody_answers_is_given_up() {
    let mut driver = ProbeDriver::new(LinkModes::C_AND_T);
    let mut time = Duration::ZERO;
    let (sent, told) = pass(&mut driver, &mut time, |_, told| told.is_empty());
    assert_eq!(baud_rates(&sent), [115_200, 57_600, 9_600, 19_200, 38_400, 9_600]);
    assert!(matches!(sent.first(), Some(Transmit::BaudRate(_))), "nothing is sent at an unknown rate");
    assert_eq!(told, [Event::State(State::Lost)]);
    assert!(time <= Duration::from_secs(30), "{time:?}");
}

#[test]
fn a_device_that_restarts_when_its_port_opens_is_left_alone_first() {
    let mut driver = ProbeDriver::new(LinkModes::C_AND_T);
    driver.handle_timeout(at(Duration::ZERO));
    assert_eq!(driver.poll_transmit(), None);
    assert_eq!(driver.poll_timeout(), Some(Duration::from_millis(200)));
}

#[test]
fn what_answers_to_nothing_but_sends_telegrams_is_taken_as_it_is() {
    let mut driver = ProbeDriver::new(LinkModes::C_AND_T);
    let mut time = Duration::ZERO;
    pass(&mut driver, &mut time, |sent, _| baud_rates(sent).len() < 6);
    driver.handle_input(T1.as_bytes(), at(time));
    let told: Vec<_> = std::iter::from_fn(|| driver.poll_event()).collect();
    assert!(matches!(
        told.as_slice(),
        [Event::Identified(_), Event::State(State::Receiving), Event::Frame(_)]
    ));
    driver.handle_timeout(at(time + Duration::from_secs(20)));
    assert_eq!(driver.poll_event(), None, "what was found is not given up");
}
