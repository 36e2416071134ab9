//! The program `walkby-emulator`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const RECORDING: &str =
    "T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x1844AE4C4455223368077A55000000041389E20100023B0000\n";

/// Else it would end with its receiver's unplugging.
#[test]
fn a_program_that_leads_a_session_is_not_controlled_by_the_terminal_that_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let telegrams = folder.path().join("walk.txt");
    fs::write(&telegrams, RECORDING).unwrap();
    let mut program = Command::new("setsid")
        .arg(env!("CARGO_BIN_EXE_walkby-emulator"))
        .args(["im871a", "--telegrams"])
        .arg(&telegrams)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut place = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut place).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/stat", program.id()));
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(place.starts_with("/dev/pts/"), "{place}");
    // Behind the name, which stands in parentheses: state, parent, group, session, controlling terminal.
    let status = status.unwrap();
    let (_, members) = status.rsplit_once(')').unwrap();
    let members: Vec<_> = members.split_whitespace().collect();
    assert_eq!((members.get(3), members.get(4)), (Some(&program.id().to_string().as_str()), Some(&"0")));
}
