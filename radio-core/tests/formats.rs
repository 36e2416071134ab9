//! The formats of `wmbus decode`, `wmbus explain`, and what the wired bus adds to both.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Output;

use common::{stderr, stdout, wmbus};
use serde_json::Value;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::tpl::Ci;
use wmbus::wired::{PrimaryAddress, WiredControl, WiredFrame};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// What a meter at address 5 sends: CI 72, number 12345678 of ELS, these records.
fn wired(access_number: u8, records: &[u8]) -> String {
    let header = [0x78, 0x56, 0x34, 0x12, 0x93, 0x15, 0x33, 0x03, access_number, 0x00, 0x00, 0x00];
    let data = [&header, records].concat();
    let (control, address) = (WiredControl(0x08), PrimaryAddress(5));
    hex(&WiredFrame::Long { control, address, ci: Ci(0x72), data }.emit().unwrap())
}

const VOLUME: [u8; 6] = [0x0C, 0x14, 0x27, 0x04, 0x85, 0x02];
const MORE: [u8; 1] = [0x1F];
const ERROR_FLAGS: [u8; 5] = [0x02, 0xFD, 0x17, 0x00, 0x00];
const REQUEST: &str = "105B056016";
const NEXT: &str = "107B058016";
/// EN 13757-4, annex example.
const EN_T1: &str = "0F44AE0C785634120107780B13436587";

fn answers(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn json_and_jsonl_are_the_same_lines() {
    let lines = |format| stdout(&wmbus(&["decode", "--format", format, EN_T1, "0F44"], ""));
    assert_eq!(lines("json"), lines("jsonl"));
    assert_eq!(lines("jsonl").lines().count(), 2);
}

#[test]
fn xml_holds_what_json_holds_with_all_digits_and_escaped_texts() {
    let telegram = TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap())
        .record(Record::bcd8(2_850_400).volume(-2))
        .record(Record::text("<\"a\" & b>").vif(&[0xFD, 0x10]))
        .build()
        .unwrap();
    let output = wmbus(&["decode", "--format", "xml", &hex(telegram.bytes()), "0F44"], "");
    let xml = stdout(&output);
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<telegrams contract=\"1\">\n"));
    assert!(xml.ends_with("</telegrams>\n"));
    for part in [
        "<telegram access_number=\"0\" content=\"records\" frame=\"none\" id=\"1\" ok=\"true\"",
        "identification_number=\"12345678\" manufacturer=\"KAM\"",
        "quantity=\"volume\"",
        "unit=\"m³\" value=\"28504.00\"/>",
        "value=\"&lt;&quot;a&quot; &amp; b&gt;\"/>",
        "<error code=\"frame_too_short\" layer=\"dll\"",
    ] {
        assert!(xml.contains(part), "{part} is not in\n{xml}");
    }
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn xml_without_telegrams_is_a_document_all_the_same() {
    let xml = stdout(&wmbus(&["decode", "--format", "xml"], ""));
    assert_eq!(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<telegrams contract=\"1\">\n</telegrams>\n");
}

#[test]
fn a_wired_telegram_gives_its_records_without_being_announced() {
    for (arguments, input) in [
        (vec!["decode", "--format", "json", &wired(1, &VOLUME)], String::new()),
        (vec!["decode", "--format", "json"], wired(1, &VOLUME)),
        (vec!["decode", "--jsonl"], format!("{{\"hex\":\"{}\"}}", wired(1, &VOLUME))),
    ] {
        let answer = answers(&wmbus(&arguments, &input)).remove(0);
        assert_eq!(answer["frame"], "wired");
        assert_eq!(answer["meter"]["identification_number"], "12345678");
        assert_eq!(answer["records"][0]["value"].to_string(), "28504.27");
    }
}

#[test]
fn a_readout_of_several_telegrams_in_one_line_is_one_answer() {
    let first = wired(1, &[&VOLUME[..], &MORE].concat());
    let line = [REQUEST, &first, NEXT, &wired(2, &ERROR_FLAGS)].concat();
    let both = [
        wmbus(&["decode", "--format", "json", &line], ""),
        wmbus(&["decode", "--jsonl"], format!("{{\"hex\":\"{line}\",\"frame\":\"wired\"}}")),
    ];
    for output in both {
        let answers = answers(&output);
        assert_eq!(answers.len(), 1);
        let quantities: Vec<_> = answers[0]["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| (record["quantity"].as_str().unwrap(), record["telegram"].as_u64()))
            .collect();
        assert_eq!(quantities, [("volume", None), ("manufacturer_data", None), ("error_flags", Some(1))]);
        assert_eq!(answers[0]["warnings"], serde_json::json!([]));
    }
    let unfinished = answers(&wmbus(&["decode", "--format", "json", &[REQUEST, &first].concat()], ""));
    assert!(unfinished[0]["warnings"][0].as_str().unwrap().contains("next telegram is missing"));
}

#[test]
fn what_the_master_sends_is_named_and_no_meter_is_made_up_for_it() {
    let output = wmbus(&["decode", "--format", "json", REQUEST, "E5", "680303685301BD1116"], "");
    let answers = answers(&output);
    assert!(output.status.success());
    for answer in &answers {
        assert_eq!((&answer["ok"], &answer["content"]), (&true.into(), &"bus".into()));
        assert!(answer["meter"].is_null());
        assert_eq!(answer["records"], serde_json::json!([]));
    }
    assert_eq!(answers[0]["detail"]["text"], "REQ-UD2, FCB 0 to address 5");
    assert_eq!(answers[1]["detail"]["kind"], "acknowledge");
    assert_eq!(answers[2]["detail"]["name"], "set baud rate");
}

#[test]
fn a_recorded_bus_is_read_from_a_file_of_bytes_or_digits() {
    let mut other = wired(7, &VOLUME);
    other.replace_range(14..16, "79");
    // The checksum follows the number: one more.
    let end = other.len() - 4;
    let checksum = u8::from_str_radix(&other[end..end + 2], 16).unwrap().wrapping_add(1);
    other.replace_range(end..end + 2, &format!("{checksum:02X}"));
    let digits = [REQUEST, &wired(1, &VOLUME), "FF", REQUEST, &other].concat();
    let bytes: Vec<u8> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
    let wrapped: Vec<String> =
        digits.as_bytes().chunks(33).map(|line| String::from_utf8_lossy(line).into()).collect();
    for content in [bytes, wrapped.join("\n").into_bytes()] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let path = file.path().to_str().unwrap();
        let output = wmbus(&["decode", "--format", "json", "--wired", path], "");
        let answers = answers(&output);
        assert_eq!(output.status.code(), Some(1), "{answers:?}");
        let meters: Vec<_> =
            answers.iter().map(|answer| answer["meter"]["identification_number"].as_str()).collect();
        assert_eq!(meters, [Some("12345678"), None, Some("12345679")]);
        assert_eq!(answers[1]["error"]["code"], "wired_start");
    }
    let several =
        wmbus(&["decode", "--jsonl"], format!("{{\"id\":3,\"hex\":\"{}{other}\"}}", wired(1, &VOLUME)));
    let answer = answers(&several).remove(0);
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&3.into(), &"several_readouts".into()));
}

#[test]
fn a_damaged_wired_frame_is_refused_with_what_is_wrong() {
    let good = wired(1, &VOLUME);
    let end = good.len();
    for (hex, code) in [
        (format!("{}00{}", &good[..end - 4], &good[end - 2..]), "wired_checksum"),
        (format!("{}17", &good[..end - 2]), "wired_stop"),
        (good[..end - 2].to_owned(), "frame_truncated"),
        (format!("{}13{}", &good[..2], &good[4..]), "wired_length"),
        ("105B056116".to_owned(), "wired_checksum"),
        ("6803036808057016".to_owned(), "frame_truncated"),
        ("68030368080570 7D 16".to_owned(), "error_answer"),
    ] {
        let answer = answers(&wmbus(&["decode", "--format", "json", &hex], "")).remove(0);
        assert_eq!((&answer["ok"], &answer["error"]["code"]), (&false.into(), &code.into()), "{hex}");
    }
}

#[test]
fn explain_names_every_byte_of_air_and_wire_and_of_what_is_damaged() {
    let output = wmbus(&["explain", EN_T1, REQUEST, &wired(1, &VOLUME)], "");
    let text = stdout(&output);
    for words in [
        "C field: SND-NR",
        "CI field 78",
        "data: 876.543",
        "C field: REQ-UD2, FCB 0",
        "A field: primary address 5",
        "volume 28504.27 m³",
        "checksum",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    assert!(output.status.success());
    let output = wmbus(&["explain", "0B44AE0C7856341201077A01"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("transport layer is cut off"), "{}", stdout(&output));
    assert!(stdout(&output).contains("manufacturer CEN"));
    assert!(stderr(&output).starts_with("wmbus: telegram 1: transport layer is cut off"));
}

#[test]
fn a_kem_file_is_opened_with_its_password_and_refused_without() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "<E><CipherValue>AAAAAAAAAAAAAAAAAAAAAA==</CipherValue></E>").unwrap();
    let path = file.path().to_str().unwrap();
    let output = wmbus(&["decode", "--keys", path, EN_T1], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("its password is needed"), "{}", stderr(&output));
    let output = wmbus(&["decode", "--keys", path, "--keys-password", "walkby", EN_T1], "");
    assert!(stderr(&output).contains("the password does not open the file"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("walkby"));
}

#[test]
fn all_telegrams_of_a_meter_give_one_state() {
    let meter = || TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap());
    let long = meter().record(Record::int32(5_000).volume(-3)).record(Record::int16(7).volume_flow(-3));
    let short = meter().record(Record::int32(5_100).volume(-3));
    let lines = [long.build(), short.build()].map(|frame| hex(frame.unwrap().bytes())).join("\n");
    let output = wmbus(&["state"], format!("{lines}\n{EN_T1}\n"));
    assert!(output.status.success(), "{}", stderr(&output));
    let states = answers(&output);
    assert_eq!(states.len(), 2);
    assert_eq!(states[0]["last_telegram"], 2);
    let field = |name: &str| states[0]["fields"][name][0].clone();
    let (volume, flow) = (field("total_volume"), field("flow"));
    assert_eq!((volume["value"].to_string(), &volume["telegram"]), ("5.100".to_owned(), &2.into()));
    assert_eq!((flow["value"].to_string(), &flow["telegram"]), ("0.007".to_owned(), &1.into()));
    assert_eq!(states[1]["meter"]["manufacturer"], "CEN");
}

#[test]
fn explain_says_which_name_a_value_has() {
    let text = stdout(&wmbus(&["explain", EN_T1], ""));
    assert!(text.contains("volume 876.543 m³ → total_volume"), "{text}");
}

#[test]
fn every_row_of_a_key_file_is_judged_and_no_key_is_shown() {
    let key = "000102030405060708090A0B0C0D0E0F";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("id;key\n12345678;{key}\n77;{key}\n12345679;{}\n", &key[..30]))
        .unwrap();
    let output = wmbus(&["keys", file.path().to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stdout(&output),
        "line 2: accepted\nline 3: accepted; leading zeros of the id were restored\n\
         line 4: the key has 30 hexadecimal digits; an AES-128 key has 32, one of 64 bits has 16\n\
         2 of 3 rows accepted\n"
    );
}

#[test]
fn explain_takes_dib_and_vib_apart() {
    let telegram = TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap())
        .record(Record::bcd8(123).volume(-3).storage(1).tariff(2))
        .build()
        .unwrap();
    let text = stdout(&wmbus(&["explain", &hex(telegram.bytes())], ""));
    assert!(text.contains("DIB: 8-digit BCD, instantaneous, storage 1, tariff 2"), "{text}");
    assert!(text.contains("VIB: volume in m³"), "{text}");
}

#[test]
fn text_tells_what_content_without_records_consists_of() {
    for (telegram, lines) in [
        ("0F44AE0C7856341201076E2A00000002", "  code: 2\n  meaning: buffer too long, truncated\n"),
        ("0D44AE0C785634120107A3010203", "  ci: A3\n  data: 010203\n"),
        ("0F44AE0C7856341201077A2A0000080C", "  mode: 8\n"),
    ] {
        let text = stdout(&wmbus(&["decode", telegram], ""));
        assert!(text.contains(lines), "{text}");
    }
}
