//! CUL and nanoCUL (receivers.md §5).

use radio_core::LinkMode;
use radio_core::receiver::{Event, Kind, Reject, State};

use crate::desk::{Desk, hex, identified, listening, rejected, state};

/// The standard's annex example in format A, LQI 64, RSSI −49 dBm.
const FORMAT_A: &str = "b0F44AE0C7856341201074447780B134365871E6D8032\r\n";
/// The example of link.md in format B, LQI 64, RSSI −49 dBm.
const FORMAT_B: &str = "bY1444AE0C78563412010 78C2027780B134365877AC58032\r\n";
const TELEGRAM: &str = "0F 44AE0C7856341201 07780B13436587";

fn format_b() -> String {
    FORMAT_B.replace(' ', "")
}

fn listening_desk(modes: &str, answers: &str) -> Desk {
    let mut desk = Desk::new(Kind::Cul, modes);
    desk.hear("V 1.67 nanoCUL868\r\n");
    desk.hear(answers);
    desk.events();
    desk.sent();
    desk
}

fn turns(events: Vec<Event>) -> Vec<String> {
    let told = events.into_iter().filter_map(|event| match event {
        Event::Listening(modes) => Some(modes.to_string()),
        _ => None,
    });
    told.collect()
}

#[test]
fn it_is_asked_for_its_version_and_set_with_rssi() {
    let mut desk = Desk::new(Kind::Cul, "t");
    assert_eq!(desk.baud_rate, 38_400);
    assert_eq!(desk.sent(), b"V\r\n");
    desk.hear("V 1.67 nanoCUL868\r\n");
    assert_eq!(desk.sent(), b"X21\r\nbrt\r\n");
    desk.hear("TMODE\r\n");
    assert_eq!(
        desk.events(),
        [identified(Kind::Cul, "nanoCUL868", None, Some("1.67")), listening("t"), state(State::Receiving)]
    );
}

#[test]
fn a_nano_cul_may_take_some_seconds_to_start() {
    let mut desk = Desk::new(Kind::Cul, "t");
    desk.pass(4_000);
    assert_eq!(desk.events(), []);
    desk.hear("V 1.26.05 a-culfw Build: 311 CUL_V3\r\n");
    desk.hear("TMODE\r\n");
    assert_eq!(desk.events().first(), Some(&identified(Kind::Cul, "CUL_V3", None, Some("1.26.05"))));
}

#[test]
fn the_documented_line_is_a_telegram_with_quality_and_strength() {
    let mut desk = listening_desk("t", "TMODE\r\n");
    desk.hear(FORMAT_A);
    let frames = desk.frames();
    let [received] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(received.frame.bytes(), hex(TELEGRAM));
    assert_eq!(received.rssi_dbm, Some(-49));
    assert_eq!(received.quality.link_quality, Some(64));
    assert_eq!(received.link_mode, Some(LinkMode::T1));
}

#[test]
fn a_line_without_quality_and_strength_is_a_telegram_too() {
    let mut desk = listening_desk("t", "TMODE\r\n");
    desk.hear("b0F44AE0C7856341201074447780B134365871E6D\r\n");
    let frames = desk.frames();
    assert_eq!((frames[0].rssi_dbm, frames[0].quality.link_quality), (None, None));
}

#[test]
fn format_b_is_told_by_a_letter_or_by_its_crc_in_mode_c() {
    let mut desk = listening_desk("c", "CMODE\r\n");
    desk.hear(format_b());
    desk.hear(format_b().replace('Y', ""));
    let frames = desk.frames();
    assert_eq!(frames.len(), 2);
    for received in frames {
        assert_eq!(received.frame.bytes(), hex("12 44AE0C7856341201 078C2027780B13436587"));
        assert_eq!((received.link_mode, received.rssi_dbm), (Some(LinkMode::C1), Some(-49)));
    }
}

#[test]
fn a_damaged_a_truncated_and_a_merged_line_are_told_apart() {
    let mut desk = listening_desk("t", "TMODE\r\n");
    desk.hear(FORMAT_A.replace("780B", "780C"));
    assert_eq!(desk.events(), [rejected(Reject::Crc)]);
    desk.hear("b0F44AE0C785634120107444778\r\n");
    assert_eq!(desk.events(), [rejected(Reject::Length)]);
    desk.hear(format!("b0F44AE0C78{FORMAT_A}"));
    let events = desk.events();
    assert_eq!(events[0], rejected(Reject::Garbage));
    assert!(matches!(events[1..], [Event::Frame(_)]), "{events:?}");
}

#[test]
fn noise_before_a_line_does_not_take_it_away() {
    let mut desk = listening_desk("t", "TMODE\r\n");
    desk.hear([b"\x00\xFF\x80", FORMAT_A.as_bytes()].concat());
    let events = desk.events();
    assert_eq!((events.len(), &events[0]), (2, &rejected(Reject::Garbage)));
}

#[test]
fn modes_take_turns_until_mode_t_is_heard_in_mode_c() {
    let mut desk = listening_desk("t,c", "TMODE\r\n");
    desk.pass(7_000);
    assert_eq!(desk.sent(), b"X21\r\nbrc\r\n");
    desk.hear("CMODE\r\n");
    assert_eq!(turns(desk.events()), ["c"]);
    // It marks both formats of mode C with a letter, so what has none is mode T.
    desk.hear(FORMAT_A);
    desk.hear(FORMAT_A.replace('b', "bX"));
    desk.hear(FORMAT_A);
    let heard: Vec<_> = desk.frames().iter().map(|received| received.link_mode).collect();
    assert_eq!(heard, [None, Some(LinkMode::C1), Some(LinkMode::T1)]);
    desk.pass(7_000);
    desk.hear("TMODE\r\n");
    desk.hear("CMODE\r\n");
    assert_eq!(turns(desk.events()), ["t,c"]);
    desk.sent();
    desk.pass(9_000);
    desk.assert_sent("");
}

#[test]
fn a_firmware_without_mode_c_hears_the_others() {
    for answer in ["? (brc is unknown) Use one of B b C F i A Z\r\n", ""] {
        let mut desk = listening_desk("s,t,c", "TMODE\r\n");
        desk.pass(7_000);
        desk.hear(answer);
        desk.pass(if answer.is_empty() { 1_600 } else { 0 });
        assert!(desk.sent().ends_with(b"brt\r\n"), "{answer}");
        desk.hear("TMODE\r\n");
        desk.pass(7_000);
        desk.hear("SMODE\r\n");
        assert_eq!(turns(desk.events()), ["s"], "{answer}");
        desk.pass(7_000);
        desk.hear("TMODE\r\n");
        assert_eq!(turns(desk.events()), ["t"], "{answer}");
    }
}

#[test]
fn silence_is_questioned_with_the_version() {
    let mut desk = listening_desk("t", "TMODE\r\n");
    desk.pass(10_000);
    assert_eq!(desk.sent(), b"V\r\n");
    desk.hear("V 1.67 nanoCUL868\r\n");
    desk.pass(11_500);
    assert_eq!(desk.events(), [state(State::Lost)]);
}

#[test]
fn other_modes_while_it_listens_leave_no_deadline_in_the_past() {
    let mut desk = listening_desk("s,t", "TMODE\r\n");
    desk.hear(FORMAT_A);
    // The answer does not come while what was counted of the telegram becomes old: `pass` would never end.
    desk.set_link_modes("s".parse().unwrap());
    desk.pass(12_000);
    assert_eq!(desk.events().last(), Some(&state(State::Lost)));
}
