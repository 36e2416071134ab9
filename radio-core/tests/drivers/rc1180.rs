//! Radiocrafts RC1180-MBUS (receivers.md §4).

use radio_core::LinkMode;
use radio_core::receiver::{Event, Kind, Reject, State};

use crate::desk::{Desk, hex, identified, listening, rejected, state};

const PROMPT: &[u8] = b">";
/// A telegram of our own making with RSSI: 92 is −73 dBm.
const TELEGRAM: &str = "10 44AE0C7856341201 07780B13436587 92";

fn registers(mode: u8, rssi: u8, role: u8) -> Vec<u8> {
    let mut registers = vec![0; 256];
    registers[0x03] = mode;
    registers[0x05] = rssi;
    registers[0x12] = role;
    registers[0x1B..0x1F].copy_from_slice(&[0x12, 0x34, 0x56, 0x78]);
    registers[0x30] = 5;
    registers.push(b'>');
    registers
}

/// Answers the commands that set a mode.
fn set_mode(desk: &mut Desk) {
    // Leaving, then entering again.
    desk.pass(100);
    for _ in 0..3 {
        desk.hear(PROMPT);
        desk.pass(30);
    }
    desk.pass(100);
}

fn listening_desk(modes: &str) -> Desk {
    let mut desk = Desk::new(Kind::Rc1180, modes);
    desk.hear(PROMPT);
    desk.pass(30);
    desk.hear(registers(0x0A, 1, 1));
    desk.pass(30);
    set_mode(&mut desk);
    desk.events();
    desk.sent();
    desk
}

#[test]
fn it_is_configured_as_documented_and_its_mode_set_for_this_session_only() {
    let mut desk = Desk::new(Kind::Rc1180, "t,c");
    assert_eq!(desk.baud_rate, 19_200);
    desk.assert_sent("00");
    desk.hear(PROMPT);
    desk.pass(30);
    desk.assert_sent("30");
    desk.hear(registers(0x0A, 1, 1));
    desk.pass(30);
    desk.assert_sent("58");
    desk.pass(50);
    assert_eq!(desk.events(), [identified(Kind::Rc1180, "RC1180-MBUS", Some("12345678"), None)]);
    desk.assert_sent("00");
    desk.hear(PROMPT);
    desk.pass(30);
    desk.assert_sent("47");
    desk.hear(PROMPT);
    desk.pass(30);
    desk.assert_sent("0A");
    desk.hear(PROMPT);
    desk.pass(30);
    desk.assert_sent("58");
    desk.pass(50);
    assert_eq!(desk.events(), [listening("t,c"), state(State::Receiving)]);
}

#[test]
fn registers_that_differ_are_written_whether_the_command_prompts_or_not() {
    for prompts in [true, false] {
        let mut desk = Desk::new(Kind::Rc1180, "t");
        desk.hear(PROMPT);
        desk.pass(30);
        desk.sent();
        desk.hear(registers(0x01, 0, 0));
        desk.pass(30);
        desk.assert_sent("4D");
        if prompts {
            desk.hear(PROMPT);
            desk.pass(30);
        } else {
            desk.pass(130);
        }
        desk.assert_sent("05 01 12 01 FF");
        desk.hear(PROMPT);
        desk.pass(30);
        desk.assert_sent("58");
    }
}

#[test]
fn a_prompt_that_comes_twice_does_not_answer_the_next_command() {
    let mut desk = Desk::new(Kind::Rc1180, "t");
    desk.sent();
    desk.hear(b">>");
    desk.pass(10);
    desk.hear(PROMPT);
    desk.pass(20);
    desk.assert_sent("30");
    desk.hear(&registers(0x0A, 1, 1)[..200]);
    desk.pass(10);
    desk.hear(&registers(0x0A, 1, 1)[200..]);
    desk.pass(30);
    desk.assert_sent("58");
}

#[test]
fn a_receiver_that_tells_its_part_number_is_called_by_it() {
    let mut desk = Desk::new(Kind::Rc1180, "t");
    desk.hear(PROMPT);
    desk.pass(30);
    let mut registers = registers(0x0A, 1, 1);
    registers[0x80..0x8C].copy_from_slice(b"RC1180-MBUS3");
    desk.hear(registers);
    desk.pass(80);
    assert_eq!(desk.events(), [identified(Kind::Rc1180, "RC1180-MBUS3", Some("12345678"), None)]);
}

#[test]
fn a_clone_that_prompts_when_it_leaves_loses_no_telegram() {
    let mut desk = listening_desk("t");
    desk.pass(30_000);
    desk.hear(PROMPT);
    desk.pass(30);
    desk.sent();
    desk.hear(PROMPT);
    desk.hear_hex(TELEGRAM);
    let events = desk.events();
    assert!(matches!(events[..], [Event::Frame(_)]), "{events:?}");
}

#[test]
fn a_telegram_is_heard_with_its_strength() {
    let mut desk = listening_desk("t");
    desk.hear_hex(TELEGRAM);
    let frames = desk.frames();
    let [received] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(received.frame.bytes(), hex("0F 44AE0C7856341201 07780B13436587"));
    assert_eq!((received.rssi_dbm, received.link_mode), (Some(-73), Some(LinkMode::T1)));
}

#[test]
fn telegrams_may_arrive_in_pieces_or_many_at_once() {
    let mut desk = listening_desk("t,c");
    for byte in hex(TELEGRAM).repeat(2) {
        desk.hear([byte]);
        desk.pass(1);
    }
    desk.hear(hex(TELEGRAM).repeat(3));
    let frames = desk.frames();
    assert_eq!(frames.len(), 5);
    assert!(frames.iter().all(|received| received.link_mode.is_none()));
}

#[test]
fn noise_and_stumps_are_told_and_the_next_telegram_is_heard() {
    let mut desk = listening_desk("t");
    desk.hear([hex("00 00 FF 13"), hex(TELEGRAM)].concat());
    let events = desk.events();
    assert_eq!((events.len(), &events[0]), (2, &rejected(Reject::Garbage)));
    desk.hear(&hex(TELEGRAM)[..9]);
    desk.pass(500);
    desk.hear_hex(TELEGRAM);
    let events = desk.events();
    assert_eq!((events.len(), &events[0]), (2, &rejected(Reject::Length)));
}

#[test]
fn an_old_firmware_that_says_nothing_to_the_new_modes_hears_t_and_s_in_turn() {
    let mut desk = Desk::new(Kind::Rc1180, "s,t,c");
    desk.hear(PROMPT);
    desk.pass(30);
    desk.hear(registers(0x01, 1, 1));
    desk.pass(80);
    desk.events();
    // A command that it does not know stays without an answer.
    let mut said = Vec::new();
    let mut argument_follows = false;
    for _ in 0..4_000 {
        desk.pass(10);
        let Some(byte) = desk.sent().first().copied() else { continue };
        match byte {
            b'X' => {}
            mode if argument_follows => {
                said.push(mode);
                argument_follows = false;
                if mode < 2 {
                    desk.hear(PROMPT);
                }
            }
            byte => {
                argument_follows = byte == b'G';
                desk.hear(PROMPT);
            }
        }
    }
    assert_eq!(said[..9], [0x0A, 0x0A, 0x0A, 0x01, 0x09, 0x09, 0x09, 0x01, 0x00]);
    let last = desk.events().into_iter().rev().find(|event| matches!(event, Event::Listening(_)));
    assert!(last == Some(listening("s")) || last == Some(listening("t")), "{last:?}");
}

#[test]
fn a_clone_that_cannot_be_told_a_mode_hears_in_the_one_that_it_has() {
    let mut desk = Desk::new(Kind::Rc1180, "t");
    desk.hear(PROMPT);
    desk.pass(30);
    desk.hear(registers(0x01, 1, 1));
    desk.pass(80);
    desk.hear(PROMPT);
    desk.pass(2_000);
    desk.sent();
    assert!(desk.events().contains(&listening("t")));
}

#[test]
fn it_is_asked_rarely_because_asking_interrupts_hearing() {
    let mut desk = listening_desk("t");
    desk.pass(29_000);
    desk.assert_sent("");
    desk.pass(1_000);
    desk.assert_sent("00");
    desk.hear(PROMPT);
    desk.pass(30);
    desk.assert_sent("58");
    desk.pass(40_000);
    assert_eq!(desk.events().last(), Some(&state(State::Lost)));
}
