//! Amber AMB8465 (receivers.md §3).

use radio_core::LinkMode;
use radio_core::receiver::{Event, Kind, Reject, State};

use crate::desk::{Desk, hex, identified, listening, rejected, state};

const WHO: &str = "FF 0A 02 00 80 77";
const SET_C_AND_T: &str = "FF 04 01 09 F3";
const IS_SET: &str = "FF 84 01 00 7A";
/// The constructed examples: RSSI C4 is −104 dBm.
const BARE: &str = "19 44AE4C44552233 68 07 7A55000000041389E20100023B0000 C4";
const IN_COMMAND: &str = "FF 03 19 44AE4C44552233 68 07 7A55000000041389E20100023B0000 C4 83";
const TELEGRAM: &str = "18 44AE4C44552233 68 07 7A55000000041389E20100023B0000";

fn answer(command: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, command | 0x80, u8::try_from(payload.len()).unwrap()];
    bytes.extend_from_slice(payload);
    bytes.push(bytes.iter().fold(0, |sum, byte| sum ^ byte));
    bytes
}

/// The parameters of an AMB8465, telegrams in commands or not, signal strength on or off.
fn parameters(command_out: u8, rssi: u8) -> Vec<u8> {
    let mut payload = vec![0x00, 0x78];
    payload.extend([0; 120]);
    payload[2 + 0x05] = command_out;
    payload[2 + 0x45] = rssi;
    answer(0x0A, &payload)
}

fn listening_desk(modes: &str, command_out: u8) -> Desk {
    let mut desk = Desk::new(Kind::Amb8465, modes);
    desk.hear(parameters(command_out, 1));
    if command_out == 0 {
        desk.pass(2_000);
    }
    desk.hear(answer(0x0C, &[2, 7, 1]));
    desk.hear(answer(0x0B, &[0x12, 0x34, 0x56, 0x78]));
    desk.hear_hex(IS_SET);
    desk.events();
    desk.sent();
    desk
}

#[test]
fn a_receiver_that_is_set_already_is_only_told_its_mode() {
    let mut desk = Desk::new(Kind::Amb8465, "t,c");
    assert_eq!(desk.baud_rate, 9_600);
    desk.assert_sent(WHO);
    let parameters = parameters(1, 1);
    assert!(parameters.starts_with(&[0xFF, 0x8A, 0x7A, 0x00, 0x78]));
    desk.hear(parameters);
    desk.assert_sent("FF 0C 00 F3");
    desk.hear(answer(0x0C, &[2, 7, 1]));
    desk.assert_sent("FF 0B 00 F4");
    desk.hear(answer(0x0B, &[0x12, 0x34, 0x56, 0x78]));
    desk.assert_sent(SET_C_AND_T);
    assert_eq!(desk.events(), [identified(Kind::Amb8465, "AMB8465", Some("12345678"), Some("2.7.1"))]);
    desk.hear_hex(IS_SET);
    assert_eq!(desk.events(), [listening("t,c"), state(State::Receiving)]);
}

#[test]
fn what_differs_in_its_memory_is_written_once_and_the_receiver_reset() {
    let mut desk = Desk::new(Kind::Amb8465, "t,c");
    desk.sent();
    desk.hear(parameters(0, 0));
    desk.assert_sent("FF 09 03 45 01 01 B0");
    desk.hear(answer(0x09, &[0]));
    desk.assert_sent("FF 09 03 05 01 01 F0");
    desk.hear(answer(0x09, &[0]));
    desk.assert_sent("FF 05 00 FA");
    desk.hear(answer(0x05, &[0]));
    // It starts anew and is left alone.
    desk.assert_sent("");
    desk.pass(500);
    desk.assert_sent("FF 0C 00 F3");
}

#[test]
fn each_mode_alone_has_its_setting() {
    for (modes, sent) in [("s", "FF 04 01 03 F9"), ("t", "FF 04 01 08 F2"), ("c", "FF 04 01 0E F4")] {
        let mut desk = Desk::new(Kind::Amb8465, modes);
        desk.hear(parameters(1, 1));
        desk.hear(answer(0x0C, &[2, 7, 1]));
        desk.sent();
        desk.pass(500);
        desk.assert_sent(sent);
    }
}

#[test]
fn a_firmware_that_cannot_hear_c_and_t_together_takes_turns() {
    let mut desk = Desk::new(Kind::Amb8465, "s,t,c");
    desk.hear(parameters(1, 1));
    desk.hear(answer(0x0C, &[1, 0]));
    desk.hear(answer(0x0B, &[0x12, 0x34, 0x56, 0x78]));
    desk.events();
    desk.hear(answer(0x04, &[1]));
    let mut turns = Vec::new();
    for _ in 0..4 {
        desk.hear_hex(IS_SET);
        turns.extend(desk.events().into_iter().filter_map(|event| match event {
            Event::Listening(modes) => Some(modes.to_string()),
            _ => None,
        }));
        desk.pass(7_000);
    }
    assert_eq!(turns, ["t", "c", "s", "t"]);
}

#[test]
fn telegrams_are_heard_in_commands_with_their_strength() {
    let mut desk = listening_desk("t", 1);
    desk.hear_hex(IN_COMMAND);
    let frames = desk.frames();
    let [received] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(received.frame.bytes(), hex(TELEGRAM));
    assert_eq!((received.rssi_dbm, received.link_mode), (Some(-104), Some(LinkMode::T1)));
}

#[test]
fn a_receiver_that_sends_bare_telegrams_all_the_same_is_heard() {
    let mut desk = listening_desk("t,c", 0);
    desk.hear_hex(BARE);
    let frames = desk.frames();
    let [received] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(received.frame.bytes(), hex(TELEGRAM));
    assert_eq!((received.rssi_dbm, received.link_mode), (Some(-104), None));
}

#[test]
fn no_bare_telegram_is_believed_once_they_come_in_commands() {
    let mut desk = listening_desk("t,c", 1);
    desk.hear_hex(IN_COMMAND);
    desk.frames();
    desk.hear_hex(BARE);
    assert_eq!(desk.events(), [rejected(Reject::Garbage)]);
}

#[test]
fn damage_is_told_once_and_the_next_telegram_is_heard() {
    let mut desk = listening_desk("t,c", 1);
    desk.hear_hex(IN_COMMAND);
    desk.frames();
    let mut damaged = hex(IN_COMMAND);
    damaged[12] ^= 0x40;
    desk.hear([damaged, hex(IN_COMMAND)].concat());
    let events = desk.events();
    assert_eq!(events[0], rejected(Reject::Checksum));
    assert!(matches!(events[1..], [Event::Frame(_)]), "{events:?}");
}

#[test]
fn a_bare_telegram_that_was_cut_off_is_given_up_after_a_pause() {
    let mut desk = listening_desk("t,c", 0);
    let telegram = hex(BARE);
    desk.hear(&telegram[..20]);
    desk.pass(500);
    assert_eq!(desk.events(), [rejected(Reject::Length)]);
    desk.hear(&telegram);
    assert_eq!(desk.frames().len(), 1);
}

#[test]
fn a_telegram_heard_before_the_parameters_are_known_is_left_out() {
    let mut desk = Desk::new(Kind::Amb8465, "t,c");
    desk.hear_hex(BARE);
    assert_eq!(desk.events(), []);
}

#[test]
fn a_silent_receiver_is_lost_and_a_talking_one_is_not() {
    let mut desk = listening_desk("t,c", 1);
    desk.pass(10_000);
    desk.assert_sent(WHO);
    desk.hear(parameters(1, 1));
    desk.pass(12_000);
    assert_eq!(desk.events(), [state(State::Lost)]);
}

#[test]
fn a_receiver_that_answers_and_hears_nothing_is_reset_because_some_stall() {
    let mut desk = listening_desk("t,c", 1);
    for _ in 0..6 {
        desk.pass(10_000);
        desk.hear(parameters(1, 1));
    }
    assert_eq!(desk.events(), [state(State::NothingHeard)]);
    let sent = desk.sent();
    assert!(sent.ends_with(&hex("FF 05 00 FA")), "{sent:02X?}");
    desk.hear(answer(0x05, &[0]));
    desk.pass(500);
    desk.assert_sent(SET_C_AND_T);
}

#[test]
fn the_receiver_for_169_mhz_keeps_its_mode() {
    let mut desk = Desk::new(Kind::Amb8465, "t,c");
    let mut payload = vec![0x00, 0x80];
    payload.extend([0; 128]);
    payload[2 + 0x05] = 1;
    payload[2 + 0x45] = 1;
    desk.hear(answer(0x0A, &payload));
    desk.hear(answer(0x0C, &[2, 7, 1]));
    desk.sent();
    desk.pass(500);
    desk.assert_sent("");
    assert_eq!(desk.events().first(), Some(&identified(Kind::Amb8465, "AMB3665", None, Some("2.7.1"))));
    desk.hear_hex(IN_COMMAND);
    assert_eq!(desk.frames().len(), 1);
}
