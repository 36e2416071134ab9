//! Whatever goes wrong between receiver and driver: what arrives whole is heard, and nothing else.

use std::time::Duration;

use radio_core::LinkMode;
use radio_core::receiver::{self, Reject, State};
use walkby_emulators::{Fault, Kind};

use crate::hearing::{PAIRS, SOON, modes};
use crate::simulation::Simulation;
use crate::telegrams::short_telegrams;

const INTERVAL: Duration = Duration::from_millis(300);
const MINUTE: Duration = Duration::from_secs(60);

/// Lets a receiver with a fault hear 90 telegrams once it listens; returns those that are on their way whole.
fn hear(
    kind: receiver::Kind,
    emulated: Kind,
    fault: Fault,
    interval: Duration,
) -> (Simulation, Vec<Vec<u8>>) {
    let mut simulation = Simulation::new(kind, emulated, modes("t"), Some(fault));
    assert!(simulation.run_until_listening(MINUTE * 3), "{emulated} {fault}: {:?}", simulation.events());
    let under_way = simulation.hear_all(&short_telegrams(LinkMode::T1, 90), interval);
    simulation.run(Duration::from_secs(5));
    (simulation, under_way.into_iter().map(|telegram| telegram.bytes).collect())
}

/// Tells whether a receiver's own messages have a checksum. RC1180 says telegrams bare; the CUL's lines carry the
/// telegram's own CRCs.
fn is_checked(kind: receiver::Kind) -> bool {
    kind != receiver::Kind::Rc1180
}

#[test]
fn split_merged_and_late_messages_lose_nothing() {
    for fault in [Fault::Split, Fault::Merged, Fault::SlowAnswers] {
        for (kind, emulated, _) in PAIRS {
            let (simulation, under_way) = hear(kind, emulated, fault, INTERVAL);
            assert_eq!(under_way.len(), 90, "{emulated} {fault}");
            assert_eq!(simulation.heard(), under_way, "{emulated} {fault}");
            // Without checksums a list of registers that comes late looks like the beginning of a telegram.
            if is_checked(kind) {
                assert_eq!(simulation.rejects(), [], "{emulated} {fault}");
            }
        }
    }
}

#[test]
fn answers_that_are_lost_are_asked_for_again() {
    for (kind, emulated, _) in PAIRS {
        let (simulation, under_way) = hear(kind, emulated, Fault::LostAnswers, INTERVAL);
        assert_eq!(simulation.heard(), under_way, "{emulated}");
        assert_eq!(under_way.len(), 90, "{emulated}");
    }
}

#[test]
fn garbage_costs_nothing_but_itself_where_messages_are_checked() {
    for (kind, emulated, _) in PAIRS {
        // Where nothing is checked, only a pause ends what garbage seems to begin.
        let interval = if is_checked(kind) { INTERVAL } else { Duration::from_secs(1) };
        let (simulation, under_way) = hear(kind, emulated, Fault::Garbage, interval);
        let heard = simulation.heard();
        if is_checked(kind) {
            assert!(heard == under_way, "{emulated}: {} of {} heard", heard.len(), under_way.len());
        } else {
            let right = heard.iter().filter(|bytes| under_way.contains(bytes)).count();
            assert!(right >= 60, "{emulated}: {right} of 90, {} wrong", heard.len() - right);
        }
        assert!(simulation.rejects().len() >= 20, "{emulated} {:?}", simulation.rejects());
    }
}

#[test]
fn a_message_with_a_wrong_checksum_is_refused_and_costs_no_other() {
    for (kind, emulated, _) in PAIRS.into_iter().filter(|(kind, ..)| is_checked(*kind)) {
        let (simulation, under_way) = hear(kind, emulated, Fault::WrongChecksum, INTERVAL);
        assert!(under_way.len() >= 58, "{emulated} {}", under_way.len());
        assert!(simulation.heard() == under_way, "{emulated}: {}", simulation.heard().len());
        assert!(simulation.rejects().len() >= 25, "{emulated} {:?}", simulation.rejects());
        assert!(
            simulation.rejects().iter().all(|reject| *reject != Reject::LineCode),
            "{emulated} {:?}",
            simulation.rejects()
        );
    }
}

#[test]
fn a_flood_comes_out_whole_and_is_told_where_the_line_is_full() {
    for (kind, emulated, _) in PAIRS {
        let (simulation, under_way) = hear(kind, emulated, Fault::Flood, Duration::from_millis(20));
        assert_eq!(under_way.len(), 9_000, "{emulated}");
        assert_eq!(simulation.heard(), under_way, "{emulated}");
    }
}

#[test]
fn a_receiver_that_falls_silent_is_told_to_be_lost_and_comes_back_with_its_port() {
    for (kind, emulated, _) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, modes("t"), Some(Fault::Mute));
        simulation.run_until_listening(SOON);
        simulation.hear_all(&short_telegrams(LinkMode::T1, 40), INTERVAL);
        simulation.run(MINUTE * 5);
        assert!(simulation.states().contains(&State::Lost), "{emulated} {:?}", simulation.states());
        let heard = simulation.heard().len();
        simulation.reopen();
        assert!(simulation.run_until_listening(SOON), "{emulated}");
        assert_eq!(simulation.hear_all(&short_telegrams(LinkMode::T1, 3), INTERVAL).len(), 3, "{emulated}");
        assert_eq!(simulation.heard().len(), heard + 3, "{emulated}");
    }
}

#[test]
fn a_receiver_that_forgot_its_setting_is_set_again_without_being_told() {
    for (kind, emulated, _) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, modes("c"), None);
        simulation.run_until_listening(SOON);
        simulation.lose_power();
        simulation.run(MINUTE * 5);
        let under_way = simulation.hear_all(&short_telegrams(LinkMode::C1, 10), INTERVAL);
        assert_eq!(under_way.len(), 10, "{emulated} {:?}", simulation.events());
        simulation.run(Duration::from_secs(2));
        assert_eq!(simulation.heard().len(), 10, "{emulated}");
    }
}

#[test]
fn nothing_heard_is_told_and_taken_back() {
    for (kind, emulated, _) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, modes("t"), None);
        simulation.run_until_listening(SOON);
        simulation.run(MINUTE * 3);
        assert_eq!(simulation.states().last(), Some(&State::NothingHeard), "{emulated}");
        simulation.hear_all(&short_telegrams(LinkMode::T1, 2), INTERVAL);
        assert_eq!(simulation.states().last(), Some(&State::Receiving), "{emulated}");
    }
}
