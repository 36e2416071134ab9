//! IMST iU891A-XL (receivers.md §2).

use radio_core::LinkMode;
use radio_core::receiver::{Kind, Reject, State};

use crate::desk::{Desk, hex, identified, listening, rejected, state, x25};

/// Thirty times C0, and the question for the device's information.
const WHO: &str = "C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0 C0 01 03 04 24 C0";
/// The documented telegram, RSSI −25 dBm.
const TELEGRAM: &str = "9F436D38 00 00 02 E7 1844AE4C4455223368077A55000000041389E20100023B0000";

/// Puts a message into SLIP; none of those here has a byte to escape.
fn slip(text: &str) -> Vec<u8> {
    let body = hex(text);
    let crc = x25(&body);
    [vec![0xC0], body, crc.to_vec(), vec![0xC0]].concat()
}

fn listening_desk(modes: &str) -> Desk {
    let mut desk = Desk::new(Kind::Iu891a, modes);
    desk.hear(slip("01 04 00 6E 78563412"));
    desk.hear(slip("01 06 00 02 01"));
    desk.hear(slip("09 04 00"));
    desk.events();
    desk.sent();
    desk
}

#[test]
fn it_is_woken_up_asked_who_it_is_and_set_with_the_documented_bytes() {
    let mut desk = Desk::new(Kind::Iu891a, "t,c");
    assert_eq!(desk.baud_rate, 115_200);
    desk.assert_sent(WHO);
    desk.hear(slip("01 04 00 6E 78563412"));
    desk.sent();
    desk.hear(slip("01 06 00 02 01"));
    assert_eq!(desk.events(), [identified(Kind::Iu891a, "iU891A-XL", Some("12345678"), Some("1.2"))]);
    desk.assert_sent("C0 09 03 03 06 00 00 00 00 00 00 00 00 00 A1 76 C0");
    desk.hear(slip("09 04 00"));
    assert_eq!(desk.events(), [listening("t,c"), state(State::Receiving)]);
}

#[test]
fn each_mode_alone_has_its_documented_setting() {
    for (modes, sent) in [
        ("c", "C0 09 03 05 06 00 00 00 00 00 00 00 00 00 D6 83 C0"),
        ("t", "C0 09 03 02 06 00 00 00 00 00 00 00 00 00 30 23 C0"),
        ("s", "C0 09 03 01 06 00 00 00 00 00 00 00 00 00 83 DD C0"),
    ] {
        let mut desk = Desk::new(Kind::Iu891a, modes);
        desk.hear(slip("01 04 00 6E 78563412"));
        desk.hear(slip("01 06 00 02 01"));
        let all = desk.sent();
        assert!(all.ends_with(&hex(sent)), "{modes}: {all:02X?}");
    }
}

#[test]
fn a_receiver_that_keeps_its_firmware_for_itself_is_set_all_the_same() {
    let mut desk = Desk::new(Kind::Iu891a, "t,c");
    desk.hear(slip("01 04 00 6D 78563412"));
    desk.pass(500);
    assert_eq!(desk.events(), [identified(Kind::Iu891a, "iM891A-XL", Some("12345678"), None)]);
    desk.hear(slip("09 04 00"));
    assert_eq!(desk.events(), [listening("t,c"), state(State::Receiving)]);
}

#[test]
fn the_documented_telegram_is_heard() {
    let mut desk = listening_desk("t,c");
    desk.hear_hex("C0 09 20 9F436D38 00 00 02 E7 1844AE4C4455223368077A55000000041389E20100023B0000 AF59 C0");
    let frames = desk.frames();
    let [received] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(received.frame.bytes(), hex("1844AE4C4455223368077A55000000041389E20100023B0000"));
    assert_eq!((received.rssi_dbm, received.link_mode), (Some(-25), None));
    assert_eq!(received.quality.device_time, Some(0x386D_439F));
    assert_eq!(received.received_at, Some(desk.clock().wall));
}

#[test]
fn messages_that_share_their_end_and_beginning_are_both_heard() {
    let mut desk = listening_desk("t");
    let message = slip(&format!("09 20 {TELEGRAM}"));
    desk.hear([&message[..], &message[1..]].concat());
    let frames = desk.frames();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[1].link_mode, Some(LinkMode::T1));
}

#[test]
fn damage_and_noise_are_told_and_the_next_message_is_heard() {
    let mut desk = listening_desk("t,c");
    let message = slip(&format!("09 20 {TELEGRAM}"));
    let mut damaged = message.clone();
    damaged[20] ^= 1;
    desk.hear([&damaged[..], &message[..]].concat());
    desk.hear([&[0x17, 0x18][..], &message[..]].concat());
    let events = desk.events();
    assert_eq!(events[0], rejected(Reject::Checksum));
    assert_eq!(events[2], rejected(Reject::Garbage));
    assert_eq!(events.len(), 4);
}

#[test]
fn s_and_the_others_take_turns() {
    let mut desk = listening_desk("s,t,c");
    desk.pass(7_000);
    desk.assert_sent("C0 09 03 01 06 00 00 00 00 00 00 00 00 00 83 DD C0");
    desk.hear(slip("09 04 00"));
    assert_eq!(desk.events(), [listening("s")]);
    desk.pass(7_000);
    desk.hear(slip("09 04 00"));
    assert_eq!(desk.events(), [listening("t,c")]);
}

#[test]
fn a_receiver_that_refuses_c_and_t_together_takes_turns() {
    let mut desk = Desk::new(Kind::Iu891a, "t,c");
    desk.hear(slip("01 04 00 6E 78563412"));
    desk.hear(slip("01 06 00 02 01"));
    desk.events();
    desk.sent();
    desk.hear(slip("09 04 01"));
    desk.assert_sent("C0 09 03 02 06 00 00 00 00 00 00 00 00 00 30 23 C0");
    desk.hear(slip("09 04 00"));
    assert_eq!(desk.events(), [listening("t"), state(State::Receiving)]);
    desk.pass(7_000);
    desk.assert_sent("C0 09 03 05 06 00 00 00 00 00 00 00 00 00 D6 83 C0");
}
