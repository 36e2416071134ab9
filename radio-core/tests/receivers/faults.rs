//! Whatever goes wrong between receiver and driver: what arrives whole is heard, and nothing else.

use std::time::Duration;

use radio_core::LinkMode;
use radio_core::receiver::{self, State};
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
