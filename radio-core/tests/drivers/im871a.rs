//! IMST iM871A-USB (receivers.md §1).

use radio_core::LinkMode;
use radio_core::receiver::{Event, Kind, LinkModes, Reject, State};

use crate::desk::{Desk, hex, identified, listening, rejected, state, x25};

/// Device info of an iM871A in receiver mode, firmware 1.4, id 12345678, built by the frame's rules.
const INFO_FIRMWARE_14: &str = "A5 81 10 08 33 00 14 02 78 56 34 12";
/// Answer to a setting, from a log.
const IS_SET: &str = "A5 81 04 00 9C F7";
/// Answer to a ping, from a log.
const PONG: &str = "A5 81 02 00 4C A3";
/// A telegram of our own making: the annex's example of EN 13757-4, RSSI 8C.
const TELEGRAM: &str = "A5 C2 03 0F 44AE0C7856341201 07780B13436587 8C";

/// Puts the checksum behind a message.
fn checked(text: &str) -> Vec<u8> {
    let mut bytes = hex(text);
    bytes.extend(x25(&bytes[1..]));
    bytes
}

fn listening_desk(modes: &str) -> Desk {
    let mut desk = Desk::new(Kind::Im871a, modes);
    desk.hear(checked(INFO_FIRMWARE_14));
    desk.hear_hex(IS_SET);
    desk.events();
    desk.sent();
    desk
}

#[test]
fn it_is_asked_who_it_is_then_set_to_c_and_t_with_rssi_and_time_stamps() {
    let mut desk = Desk::new(Kind::Im871a, "c,t");
    assert_eq!(desk.baud_rate, 57_600);
    desk.assert_sent("A5 01 0F 00");
    desk.hear(checked(INFO_FIRMWARE_14));
    desk.assert_sent("A5 01 03 06 00 02 0A 30 01 01");
    assert_eq!(desk.events(), [identified(Kind::Im871a, "iM871A-USB", Some("12345678"), Some("1.4"))]);
    desk.hear_hex(IS_SET);
    assert_eq!(desk.events(), [listening("c,t"), state(State::Receiving)]);
    desk.assert_sent("");
}

#[test]
fn t_alone_is_set_as_in_the_documented_dialogue() {
    let mut desk = Desk::new(Kind::Im871a, "t");
    desk.sent();
    desk.hear(checked(INFO_FIRMWARE_14));
    desk.assert_sent("A5 01 03 06 00 02 03 30 01 01");
}

#[test]
fn a_stick_that_was_a_meter_becomes_a_receiver() {
    let mut desk = Desk::new(Kind::Im871a, "t");
    desk.sent();
    desk.hear(checked("A5 81 10 08 33 01 14 02 78 56 34 12"));
    desk.assert_sent("A5 01 03 07 00 03 00 03 30 01 01");
}

#[test]
fn an_old_firmware_takes_turns_and_every_turn_is_told() {
    let mut desk = Desk::new(Kind::Im871a, "s,t,c");
    desk.sent();
    desk.hear(checked("A5 81 10 08 33 00 13 02 78 56 34 12"));
    let mut turns = Vec::new();
    for _ in 0..5 {
        turns.push(desk.sent()[6]);
        desk.hear_hex(IS_SET);
        desk.pass(7_000);
    }
    assert_eq!(turns, [0x03, 0x06, 0x07, 0x00, 0x03]);
    let heard: Vec<_> = desk
        .events()
        .into_iter()
        .filter_map(|event| if let Event::Listening(modes) = event { Some(modes.to_string()) } else { None })
        .collect();
    assert_eq!(heard, ["t", "c", "s", "t"]);
}

#[test]
fn a_firmware_that_says_nothing_to_c_and_t_together_takes_turns() {
    let mut desk = Desk::new(Kind::Im871a, "t,c");
    desk.hear(checked(INFO_FIRMWARE_14));
    desk.sent();
    desk.pass(1_600);
    assert_eq!(desk.sent().last_chunk(), Some(&[0x03, 0x30, 0x01, 0x01]));
    desk.hear_hex(IS_SET);
    assert_eq!(desk.events().get(1), Some(&listening("t")));
}

#[test]
fn a_telegram_gets_its_l_field_back_and_its_signal_strength_in_dbm() {
    let mut desk = listening_desk("t");
    desk.hear(checked(TELEGRAM));
    let frames = desk.frames();
    let [received] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(received.frame.bytes(), hex("0F 44AE0C7856341201 07780B13436587"));
    assert_eq!(received.rssi_dbm, Some(-52));
    assert_eq!(received.link_mode, Some(LinkMode::T1));
    assert_eq!(received.received_at, Some(desk.clock().wall));
    assert_eq!(received.quality.device_time, None);
}

#[test]
fn the_receiver_s_own_time_is_kept_in_its_own_units() {
    let mut desk = listening_desk("t,c");
    desk.hear(checked("A5 E2 03 0F 44AE0C7856341201 07780B13436587 04030201 8C"));
    let frames = desk.frames();
    assert_eq!(frames[0].quality.device_time, Some(0x0102_0304));
    assert_eq!((frames[0].rssi_dbm, frames[0].link_mode), (Some(-52), None));
}

#[test]
fn messages_may_arrive_byte_by_byte_or_many_at_once() {
    let mut desk = listening_desk("t");
    let stream: Vec<u8> = std::iter::repeat_n(checked(TELEGRAM), 3).flatten().collect();
    desk.hear(&stream);
    assert_eq!(desk.frames().len(), 3);
    for byte in &stream {
        desk.hear([*byte]);
        desk.pass(2);
    }
    assert_eq!(desk.frames().len(), 3);
}

#[test]
fn what_is_damaged_is_told_once_and_the_next_telegram_is_heard() {
    let mut desk = listening_desk("t");
    let mut damaged = checked(TELEGRAM);
    damaged[10] ^= 0xA5;
    desk.hear([damaged, checked(TELEGRAM)].concat());
    let events = desk.events();
    assert_eq!(events[0], rejected(Reject::Checksum));
    assert!(matches!(events[1..], [Event::Frame(_)]), "{events:?}");

    desk.hear([hex("00 FF 13 A5 F1 07"), checked(TELEGRAM)].concat());
    let events = desk.events();
    assert_eq!(events[0], rejected(Reject::Garbage));
    assert!(matches!(events[1..], [Event::Frame(_)]), "{events:?}");
}

#[test]
fn a_message_that_was_cut_off_hides_the_next_ones_only_for_a_second() {
    let mut desk = listening_desk("t");
    // The header of a long message, then a telegram that the long message would swallow.
    desk.hear([hex("A5 82 03 FF 44"), checked(TELEGRAM)].concat());
    assert_eq!(desk.events(), []);
    desk.pass(1_000);
    let events = desk.events();
    assert_eq!(events[0], rejected(Reject::Length));
    assert!(matches!(events[1..], [Event::Frame(_)]), "{events:?}");
}

#[test]
fn without_a_checksum_nothing_is_believed_once_it_sent_one() {
    let mut desk = listening_desk("t");
    desk.hear_hex("A5 02 03 0F 44AE0C7856341201 07780B13436587");
    assert_eq!(desk.events(), [rejected(Reject::Garbage)]);
}

#[test]
fn a_frame_too_short_to_have_an_address_is_rejected() {
    let mut desk = listening_desk("t");
    desk.hear(checked("A5 82 03 03 44AE0C"));
    assert_eq!(desk.events(), [rejected(Reject::Length)]);
}

#[test]
fn silence_is_questioned_and_a_receiver_that_does_not_answer_is_lost_and_comes_back() {
    let mut desk = listening_desk("t");
    desk.pass(10_000);
    desk.assert_sent("A5 01 01 00");
    desk.hear_hex(PONG);
    desk.pass(10_000);
    desk.assert_sent("A5 01 01 00");
    desk.pass(1_500);
    desk.assert_sent("A5 01 01 00 A5 01 01 00");
    assert_eq!(desk.events(), [state(State::Lost)]);

    // It is asked anew, with growing pauses.
    desk.pass(1_000);
    desk.assert_sent("A5 01 0F 00");
    desk.pass(60_000);
    assert_eq!(desk.events(), []);
    desk.sent();
    // Whatever comes first from it makes the driver ask at once.
    desk.hear_hex(PONG);
    desk.assert_sent("A5 01 0F 00");
    desk.hear(checked(INFO_FIRMWARE_14));
    desk.hear_hex(IS_SET);
    assert_eq!(
        desk.events(),
        [
            identified(Kind::Im871a, "iM871A-USB", Some("12345678"), Some("1.4")),
            listening("t"),
            state(State::Receiving)
        ]
    );
}

#[test]
fn a_lost_receiver_that_is_heard_again_is_asked_at_once() {
    let mut desk = Desk::new(Kind::Im871a, "t");
    desk.pass(60_000);
    assert_eq!(desk.events(), [state(State::Lost)]);
    desk.sent();
    desk.hear(checked(TELEGRAM));
    desk.assert_sent("A5 01 0F 00");
    assert_eq!(desk.frames().len(), 1);
}

#[test]
fn a_minute_without_a_telegram_is_told_and_the_receiver_is_set_anew() {
    let mut desk = listening_desk("t");
    for _ in 0..6 {
        desk.pass(10_000);
        desk.hear_hex(PONG);
    }
    assert_eq!(desk.events(), [state(State::NothingHeard)]);
    assert_eq!(desk.sent().last_chunk(), Some(&[0x03, 0x30, 0x01, 0x01]));
    desk.hear_hex(IS_SET);
    desk.hear(checked(TELEGRAM));
    let events = desk.events();
    assert!(matches!(events[..], [Event::Frame(_), Event::State(State::Receiving)]), "{events:?}");
}

#[test]
fn other_modes_are_set_while_it_listens_and_no_mode_is_no_frame() {
    let mut desk = listening_desk("t");
    desk.set_link_modes("s".parse().unwrap());
    desk.assert_sent("A5 01 03 06 00 02 00 30 01 01");
    desk.hear_hex(IS_SET);
    assert_eq!(desk.events(), [listening("s")]);
    desk.set_link_modes(LinkModes::default());
    assert_eq!(desk.events(), [Event::Listening(LinkModes::default()), state(State::Idle)]);
    desk.hear(checked(TELEGRAM));
    assert_eq!(desk.events(), []);
}

#[test]
fn most_of_it_damaged_is_an_overloaded_receiver() {
    let mut desk = listening_desk("t");
    let mut damaged = checked(TELEGRAM);
    damaged[10] ^= 0x01;
    for _ in 0..10 {
        desk.hear(&damaged);
    }
    assert_eq!(desk.events().last(), Some(&state(State::Overloaded)));
    // The first window was bad, the second one is not.
    for _ in 0..2 {
        desk.pass(10_000);
        desk.hear_hex(PONG);
    }
    assert_eq!(desk.events(), [state(State::Receiving)]);
}
