//! Each receiver is recognised, is set to the modes that are wanted, and what it hears comes out.

use std::time::Duration;

use radio_core::LinkMode;
use radio_core::receiver::{self, Event, Identity, LinkModes};
use walkby_emulators::Kind;

use crate::simulation::Simulation;
use crate::telegrams::{short_telegrams, telegrams};

/// A receiver, its emulator, and the modes of C and T that it hears at once.
type Pair = (receiver::Kind, Kind, &'static str);

pub(crate) const PAIRS: [Pair; 7] = [
    (receiver::Kind::Im871a, Kind::Im871a, "t,c"),
    (receiver::Kind::Im871a, Kind::Im871aFirmware13, "t"),
    (receiver::Kind::Iu891a, Kind::Iu891a, "t,c"),
    (receiver::Kind::Amb8465, Kind::Amb8465, "t,c"),
    (receiver::Kind::Rc1180, Kind::Rc1180, "t,c"),
    (receiver::Kind::Cul, Kind::Cul, "t"),
    (receiver::Kind::Cul, Kind::NanoCul, "t"),
];

pub(crate) const SOON: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(100);

pub(crate) fn modes(text: &str) -> LinkModes {
    text.parse().unwrap()
}

fn identity(simulation: &Simulation) -> Identity {
    let identity = |event: &Event| if let Event::Identified(who) = event { Some(who.clone()) } else { None };
    simulation.events().iter().find_map(|(_, event)| identity(event)).unwrap()
}

#[test]
fn each_receiver_tells_who_it_is() {
    let who = |(kind, emulated, _): Pair| {
        let mut simulation = Simulation::new(kind, emulated, LinkModes::C_AND_T, None);
        assert!(simulation.run_until_listening(SOON), "{emulated}: {:?}", simulation.events());
        identity(&simulation)
    };
    let [im871a, _, iu891a, amb8465, rc1180, cul, nano] = PAIRS.map(who);
    assert!(im871a.model.contains("iM871A"), "{im871a:?}");
    assert_eq!(im871a.id.map(|id| id.to_lowercase()).as_deref(), Some("a4b3c2d1"));
    assert!(iu891a.model.contains("iU891A"), "{iu891a:?}");
    assert_eq!(iu891a.id.map(|id| id.to_lowercase()).as_deref(), Some("07654321"));
    assert!(amb8465.model.contains("AMB8465") && amb8465.id.is_some(), "{amb8465:?}");
    assert!(rc1180.model.contains("RC1180"), "{rc1180:?}");
    assert!(cul.model.contains("CUL868") && nano.model.contains("nanoCUL868"), "{cul:?} {nano:?}");
}

#[test]
fn every_telegram_of_a_mode_comes_out_byte_for_byte() {
    for (kind, emulated, _) in PAIRS {
        for mode in [LinkMode::S1, LinkMode::T1, LinkMode::C1] {
            let mut simulation = Simulation::new(kind, emulated, [mode].into_iter().collect(), None);
            simulation.run_until_listening(SOON);
            let sent = short_telegrams(mode, 60);
            let under_way = simulation.hear_all(&sent, SHORT);
            simulation.run(Duration::from_secs(2));
            let bytes: Vec<_> = sent.iter().map(|telegram| telegram.bytes.clone()).collect();
            assert_eq!(under_way.len(), sent.len(), "{emulated} {mode}: {:?}", simulation.events());
            assert_eq!(simulation.heard(), bytes, "{emulated} {mode}");
            assert_eq!(simulation.rejects(), [], "{emulated} {mode}");
            for (frame, telegram) in simulation.frames().iter().zip(&sent) {
                assert!(frame.link_mode.is_none_or(|told| told == mode), "{emulated} {:?}", frame.link_mode);
                let rssi_dbm = frame.rssi_dbm.unwrap_or_default();
                assert!((rssi_dbm - telegram.rssi_dbm).abs() <= 1, "{emulated} {mode} {rssi_dbm}");
            }
        }
    }
}

#[test]
fn a_telegram_of_another_mode_is_not_heard() {
    for (kind, emulated, _) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, modes("s"), None);
        simulation.run_until_listening(SOON);
        assert_eq!(simulation.hear_all(&telegrams(LinkMode::T1, 3), SHORT), []);
        assert_eq!(simulation.hear_all(&telegrams(LinkMode::S1, 3), SHORT).len(), 3, "{emulated}");
    }
}

#[test]
fn a_receiver_that_hears_c_and_t_at_once_does_so_and_others_take_visible_turns() {
    for (kind, emulated, at_once) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, LinkModes::C_AND_T, None);
        simulation.run_until_listening(SOON);
        simulation.run(Duration::from_secs(60));
        let told = simulation.listenings();
        if at_once == "t,c" {
            assert_eq!(told, [LinkModes::C_AND_T], "{emulated}");
        } else {
            assert!(
                told.len() >= 6 && told.windows(2).all(|turns| turns[0] != turns[1]),
                "{emulated} {told:?}"
            );
            let all = told.iter().fold(LinkModes::default(), |all, modes| all.union(*modes));
            assert_eq!(all, LinkModes::C_AND_T, "{emulated}");
        }
    }
}

#[test]
fn of_three_modes_none_is_left_out_and_what_is_told_is_what_is_heard() {
    for (kind, emulated, _) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, LinkModes::ALL, None);
        simulation.run_until_listening(SOON);
        let mut heard_in = [0_usize; 3];
        for number in 0..600 {
            for (count, mode) in heard_in.iter_mut().zip([LinkMode::S1, LinkMode::T1, LinkMode::C1]) {
                let telegram = &telegrams(mode, number % 8 + 1)[number % 8];
                *count += simulation.hear(telegram);
                simulation.run(SHORT);
            }
        }
        simulation.run(Duration::from_secs(2));
        let sent = heard_in.iter().sum::<usize>();
        assert!(heard_in.iter().all(|count| *count >= 120), "{emulated} {heard_in:?}");
        assert_eq!(simulation.frames().len(), sent, "{emulated}");
        assert_eq!(simulation.rejects(), [], "{emulated}");
    }
}

#[test]
fn other_modes_can_be_wanted_later() {
    for (kind, emulated, _) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, modes("s"), None);
        simulation.run_until_listening(SOON);
        simulation.set_link_modes(modes("t"));
        assert!(simulation.run_until_listening(SOON), "{emulated}");
        assert_eq!(simulation.hear_all(&telegrams(LinkMode::S1, 2), SHORT), [], "{emulated}");
        assert_eq!(simulation.hear_all(&telegrams(LinkMode::T1, 2), SHORT).len(), 2, "{emulated}");
        assert_eq!(simulation.listenings().last(), Some(&modes("t")), "{emulated}");
    }
}

#[test]
fn thirty_one_frames_a_second_for_five_minutes_come_out_without_a_loss() {
    for (kind, emulated, at_once) in PAIRS {
        let mut simulation = Simulation::new(kind, emulated, modes("t"), None);
        simulation.run_until_listening(SOON);
        let sent = short_telegrams(LinkMode::T1, 31);
        let mut count = 0;
        for _ in 0..300 {
            for telegram in &sent {
                count += simulation.hear(telegram);
                simulation.run(Duration::from_micros(32_258));
            }
        }
        simulation.run(Duration::from_secs(1));
        assert_eq!(count, 9_300, "{emulated} {at_once}");
        assert_eq!(simulation.frames().len(), 9_300, "{emulated}");
    }
}

#[test]
fn a_telegram_that_a_nano_cul_cuts_off_is_refused_and_the_next_one_heard() {
    let mut simulation = Simulation::new(receiver::Kind::Cul, Kind::NanoCul, modes("t"), None);
    simulation.run_until_listening(SOON);
    let mut long = telegrams(LinkMode::T1, 1).remove(0);
    long.bytes.resize(200, 0x2F);
    long.bytes[0] = 199;
    assert_eq!(simulation.hear_all(&[long], SHORT), []);
    assert_eq!(simulation.hear_all(&telegrams(LinkMode::T1, 1), SHORT).len(), 1);
    assert_eq!((simulation.rejects().len(), simulation.frames().len()), (1, 1));
}
