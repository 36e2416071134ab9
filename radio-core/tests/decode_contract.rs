//! The contract of `wmbus decode`, pinned by golden files: `docs/wmbus-decode.md` describes it.
//!
//! The files in `golden/` are pairs: what goes in, and what must come out. A change of the contract is
//! deliberate: `UPDATE_GOLDEN=1 cargo test -p radio-core --test decode_contract` writes them anew, and
//! the difference is for the reviewer to see. Telegrams are published examples or made by the encoder.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use common::{stderr, stdout, wmbus};
use serde_json::Value;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Date, DateTime, Frame, Function, Key64, Time};

/// Compares with a golden file, or writes it when told so.
fn check(file: &str, found: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{file} differs; UPDATE_GOLDEN=1 writes it anew if that is intended");
}

const OMS_KEY: &str = "000102030405060708090A0B0C0D0E0F";
const OMS_KEY_A: &str = "0102030405060708090A0B0C0D0E0F11";
/// EN 13757-4, annex examples.
const EN_T1: &str = "0F44AE0C785634120107780B13436587";
const EN_T1_FORMAT_A: &str = "0F44AE0C7856341201074447780B134365871E6D";
const EN_C1_FORMAT_B: &str = "1444AE0C7856341201078C2027780B134365877AC5";
/// OMS volume 2, annex N: profile A, profile B, and a heat cost allocator behind a radio converter.
const OMS_PROFILE_A: &str =
    "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3";
const OMS_PROFILE_B: &str = "434493157856341233038C2075900F002C25B30A000021924D4F2FB66E017A75002007109058475F4BC91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93";
const OMS_HCA: &str =
    "2D4493444433221155377288776655934455080004100500DFE2A782146D1513581CD2F83F39040CFD1078563412";

fn hex(frame: &Frame) -> String {
    frame.bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn meter(address: &str) -> TelegramBuilder {
    TelegramBuilder::new(address.parse().unwrap())
}

/// Every kind of value that a record can have.
fn every_kind_of_value() -> String {
    let date = Date { year: Some(2025), month: Some(12), day: Some(31) };
    let time =
        |second: Option<u8>| Time { hour: Some(7), minute: Some(5), second, has_seconds: second.is_some() };
    let moment = |second| DateTime { date, time: time(second), summer_time: false, calendar: None };
    let frame = meter("KAM-12345678-1B-16")
        .access_number(7)
        .status(0x04)
        .record(Record::int32(123_529).volume(-3))
        .record(Record::int64(-9_223_372_036_854_775_807).energy_kwh(-6))
        .record(Record::bcd12(999_999_999_999).energy_mj(3))
        .record(Record::bcd8(-1_234).supply_temperature(-2))
        .record(Record::real(0.5).volume_flow(0))
        .record(Record::bcd8(330).volume(-3).storage(1).tariff(2).subunit(1).function(Function::Maximum))
        .record(Record::date(date).storage(1))
        .record(Record::date(Date { year: None, ..date }).storage(2))
        .record(Record::date_time(moment(None)))
        .record(Record::date_time(moment(Some(59))))
        .record(Record::raw(0x3, [9, 8, 7]).vif(&[0x6D]))
        .record(Record::text("Küche \"2\"").vif(&[0xFD, 0x10]))
        .record(Record::int16(5).error_flags())
        .record(Record::raw(0x2, [0xFF, 0xFF]).vif(&[0x6C]))
        .record(Record::raw(0xB, [0xAB, 0xCD, 0xEF]).volume(-3))
        .record(Record::raw(0x4, [0, 0, 0, 0x80]).volume(-3))
        .record(Record::raw(0x2, [1, 2]).vif(&[0xFF, 0x20]))
        .record(Record::int32(12_345).energy_kwh(0).vife(0x3C))
        .build();
    hex(&frame.unwrap())
}

fn line(id: &str, hex: &str, more: &str) -> String {
    format!("{{\"id\":{id},\"hex\":\"{hex}\"{more}}}\n")
}

fn key(key: &str) -> String {
    format!(",\"key\":\"{key}\"")
}

/// Telegrams of every content, and the reasons for which one stays sealed.
fn telegrams() -> String {
    let own_key = AesKey::new([0x2A; 16]);
    let own_digits = "2A".repeat(16);
    let water = || meter("SEN-33225544-68-07").record(Record::int32(123_529).volume(-3));
    let ell = hex(&water().no_header().ell_ctr(own_key.clone(), 9, 0x0123_4567).build().unwrap());
    // Another record: no telegram before the compact one has the same headers.
    let unheard = || water().record(Record::int16(1).volume_flow(-3));
    let compact = hex(&unheard().compact_frame().build().unwrap());
    let format = hex(&unheard().format_frame().build().unwrap());
    let mode7 = water().mode7(own_key, 77).build().unwrap();
    let mut wrong_mac = mode7.bytes().to_vec();
    *wrong_mac.last_mut().unwrap() ^= 1;
    let wrong_mac: String = wrong_mac.iter().map(|byte| format!("{byte:02X}")).collect();
    [
        line("\"EN T1\"", EN_T1, ""),
        line("\"EN T1 format A\"", EN_T1_FORMAT_A, ",\"frame\":\"A\""),
        line("\"EN C1 format B\"", EN_C1_FORMAT_B, ",\"frame\":\"B\""),
        line("\"OMS A\"", OMS_PROFILE_A, &key(OMS_KEY_A)),
        line("\"OMS B\"", OMS_PROFILE_B, &key(OMS_KEY)),
        line("\"OMS HCA\"", OMS_HCA, &key(OMS_KEY)),
        line("\"every value\"", &every_kind_of_value(), ""),
        line("\"ELL\"", &ell, &key(&own_digits)),
        line("\"no key\"", OMS_PROFILE_A, ",\"key\":null"),
        line("\"wrong key\"", OMS_PROFILE_A, &key(OMS_KEY)),
        line("\"MAC\"", &wrong_mac, &key(&own_digits)),
        line("\"unsupported mode\"", "1344AE0C7856341201077A010010090011223344", ""),
        line("\"compact\"", &compact, ""),
        line("\"format\"", &format, ""),
        line("\"manufacturer\"", "0D44AE0C785634120107A2010203", ""),
        line("\"empty\"", "0E44AE0C7856341201078A2A000000", ""),
        line("\"application error\"", "0F44AE0C7856341201076E2A00000008", ""),
        line("\"unsupported\"", "0F44AE0C7856341201077D0102030405", ""),
    ]
    .concat()
}

/// Lines that hold no telegram, each answered in its place.
fn faults() -> String {
    let mut bad_crc = EN_T1_FORMAT_A.to_owned();
    bad_crc.replace_range(38.., "6E");
    [
        "not json\n".to_owned(),
        "[1,2]\n".to_owned(),
        "\n".to_owned(),
        "{\"id\":1}\n".to_owned(),
        line("{\"a\":[1.50]}", "", ""),
        line("3", "0F4X", ""),
        line("4.10", "0F4", ""),
        "{\"id\":5,\"hex\":7}\n".to_owned(),
        line("6", EN_T1, ",\"key\":\"0001\""),
        line("7", EN_T1, ",\"key\":\"XY\""),
        line("8", EN_T1, ",\"frame\":\"C\""),
        line("9", &bad_crc, ",\"frame\":\"A\""),
        line("10", "0F44AE0C785634120107780B13", ""),
        line("11", "0F44", ""),
        line("12", "0B44AE0C7856341201077A01", ""),
        line("null", EN_T1, ",\"later\":true"),
        format!("{{\"hex\":\"{EN_T1}\"}}"),
    ]
    .concat()
}

#[test]
fn every_content_is_answered_as_the_contract_says() {
    let telegrams = telegrams();
    check("telegrams.jsonl", &telegrams);
    let output = wmbus(&["decode", "--jsonl"], &telegrams);
    check("telegrams.answers.jsonl", &stdout(&output));
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
}

#[test]
fn every_fault_is_answered_in_its_place() {
    let faults = faults();
    check("faults.jsonl", &faults);
    let output = wmbus(&["decode", "--jsonl"], &faults);
    check("faults.answers.jsonl", &stdout(&output));
    assert!(output.status.success());
    assert_eq!(stdout(&output).lines().count(), faults.lines().count());
}

#[test]
fn the_formats_for_people_and_tables_are_what_they_were() {
    let key = ["decode", "--key", OMS_KEY];
    for (format, file) in
        [("text", "telegrams.txt"), ("csv", "telegrams.csv"), ("explain", "telegrams.explain.txt")]
    {
        let arguments = [&key[..], &["--format", format, EN_T1, OMS_HCA, OMS_PROFILE_A]].concat();
        let output = wmbus(&arguments, "");
        check(file, &stdout(&output));
        assert!(output.status.success());
    }
}

#[test]
fn the_members_that_the_contract_names_are_there_in_every_answer() {
    let output = wmbus(&["decode", "--jsonl"], telegrams());
    for answer in stdout(&output).lines() {
        let answer: Value = serde_json::from_str(answer).unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
        assert!(answer["fields"].is_object() && answer.get("reason").is_some(), "{answer}");
        assert_eq!(answer["reason"].is_null(), answer["content"] != "sealed", "{answer}");
        for member in ["manufacturer", "identification_number", "version", "device_type", "device_type_name"]
        {
            assert!(!answer["meter"][member].is_null(), "{answer}");
        }
        for record in answer["records"].as_array().unwrap() {
            for member in
                ["quantity", "unit", "value", "storage", "tariff", "subunit", "function", "offset", "raw"]
            {
                assert!(record.get(member).is_some(), "{record}");
            }
        }
    }
}

#[test]
fn a_number_comes_out_with_all_its_digits() {
    let telegram = meter("KAM-12345678-1B-16")
        .record(Record::int64(-9_223_372_036_854_775_807).volume(-6))
        .record(Record::bcd8(2_850_400).volume(-2))
        .build();
    let answers = stdout(&wmbus(&["decode", "--format", "json", &hex(&telegram.unwrap())], ""));
    assert!(answers.contains("\"value\":-9223372036854.775807,"), "{answers}");
    assert!(answers.contains("\"value\":28504.00,"), "{answers}");
}

#[test]
fn arguments_and_standard_input_are_two_ways_to_the_same_answer() {
    let of_argument = stdout(&wmbus(&["decode", "--format", "json", EN_T1], ""));
    let recorded = format!("# a walk\ntelegram=|{EN_T1}|+1\n");
    let of_input = stdout(&wmbus(&["decode", "--format", "json"], &recorded));
    assert_eq!(of_input, of_argument.replacen("\"id\":1", "\"id\":2", 1));
}

#[test]
fn a_refused_telegram_is_told_and_does_not_hold_up_the_others() {
    let output = wmbus(&["decode", "0F4X", EN_T1], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("876.543 m³"));
    assert_eq!(stderr(&output), "wmbus: telegram 1: character 4 is not a hexadecimal digit (at 3)\n");
}

#[test]
fn keys_come_from_the_line_the_option_the_file_or_the_environment() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, format!("id;key\n12345678;{OMS_KEY_A}\n1;zz\n")).unwrap();
    let path = file.path().to_str().unwrap();
    let line = line("1", OMS_PROFILE_A, "");
    let is_open = |output: Output| stdout(&output).contains("28504.27");
    assert!(is_open(wmbus(&["decode", "--jsonl", "--key", OMS_KEY_A], &line)));
    let output = wmbus(&["decode", "--jsonl", "--keys", path], &line);
    assert!(stderr(&output).contains("line 3: the key has a character"), "{}", stderr(&output));
    assert!(is_open(output));
    let output = Command::new(env!("CARGO_BIN_EXE_wmbus"))
        .args(["decode", OMS_PROFILE_A])
        .env("WMBUS_KEY", OMS_KEY_A)
        .output()
        .unwrap();
    assert!(is_open(output));
}

#[test]
fn no_output_ever_repeats_a_key() {
    let input =
        [telegrams(), faults(), line("1", OMS_PROFILE_A, &key("0102030405060708090A0B0C0D0E0FZZ"))].concat();
    let jsonl = wmbus(&["decode", "--jsonl", "--key", OMS_KEY], &input);
    let bad_key = wmbus(&["decode", "--key", "0102030405060708090A0B0C0D0E0FZZ", EN_T1], "");
    assert_eq!(bad_key.status.code(), Some(1));
    let explain = wmbus(&["decode", "--format", "explain", "--key", OMS_KEY_A, OMS_PROFILE_A], "");
    let help = Command::new(env!("CARGO_BIN_EXE_wmbus"))
        .args(["decode", "--help"])
        .env("WMBUS_KEY", OMS_KEY)
        .output()
        .unwrap();
    for output in [jsonl, bad_key, explain, help] {
        let shown = stdout(&output) + &stderr(&output);
        for key in [OMS_KEY, OMS_KEY_A, "0102030405060708090A0B0C0D0E0FZZ"] {
            assert!(!shown.contains(&key[..12]), "{shown}");
        }
    }
}

#[test]
fn any_line_is_answered_by_one_line() {
    let seeds = telegrams() + &faults();
    // A linear congruential generator: the same lines on every run.
    let mut state = 2_026_u64;
    let mut next = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let mut input = Vec::new();
    for seed in seeds.lines().cycle().take(5_000) {
        let mut line = seed.as_bytes().to_vec();
        for _ in 0..=next(3) {
            let byte =
                if next(2) == 0 { b"0123456789ABCDEF"[next(16)] } else { u8::try_from(next(256)).unwrap() };
            let place = next(line.len() + 1);
            match line.get_mut(place) {
                Some(old) if byte != b'\n' => *old = byte,
                _ => line.truncate(place),
            }
        }
        input.extend(line);
        input.push(b'\n');
    }
    let output = wmbus(&["decode", "--jsonl"], &input);
    assert!(output.status.success());
    let answers = stdout(&output);
    assert_eq!(answers.lines().count(), 5_000);
    for answer in answers.lines() {
        let answer: Value = serde_json::from_str(answer).unwrap();
        assert!(answer["ok"].is_boolean() && answer.get("id").is_some(), "{answer}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wmbus"))
        .args(["decode", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // More than any pipe or buffer holds; the program may be gone before all of it is written.
    let _ = stdin.write_all(line("1", EN_T1, "").repeat(20_000).as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert!(output.status.success());
}

#[test]
fn the_version_names_the_contract() {
    let version = stdout(&wmbus(&["--version"], ""));
    let contract = radio_core::cli::CONTRACT_VERSION;
    assert!(version.contains(&format!("(decode contract {contract}, decoder ")), "{version}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/wmbus-decode.md");
    let page = fs::read_to_string(path).unwrap();
    assert!(page.contains(&format!("Contract version **{contract}**")));
}

#[test]
fn each_line_is_answered_before_the_next_one_is_written() {
    for arguments in [&["decode", "--jsonl"][..], &["decode", "--format", "json"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wmbus"))
            .args(arguments)
            .env_remove("WMBUS_KEY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        for id in 1..=2 {
            match arguments {
                [_, "--jsonl"] => writeln!(input, r#"{{"id":{id},"hex":"{EN_T1}"}}"#).unwrap(),
                _ => writeln!(input, "{EN_T1}").unwrap(),
            }
            let mut answer = String::new();
            output.read_line(&mut answer).unwrap();
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(answer["id"], id);
            assert_eq!(answer["meter"]["identification_number"], "12345678");
        }
        drop(input);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_message_in_fragments_is_answered_where_its_last_one_is_read() {
    let volumes = (0..40).map(|month| Record::int32(1_000 + month).volume(-3).storage(month as u64));
    let fragments = meter("KAM-12345678-1B-16").records(volumes).build_fragments(90).unwrap();
    let lines: Vec<String> =
        fragments.iter().map(|frame| format!("{{\"hex\":\"{}\"}}\n", hex(frame))).collect();
    let output = stdout(&wmbus(&["decode", "--jsonl"], lines.concat()));
    let answers: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, others) = answers.split_last().unwrap();
    assert_eq!(others.len() + 1, fragments.len());
    assert!(others.iter().all(|answer| answer["content"] == "fragment" && answer["fragments"].is_null()));
    assert_eq!(last["content"], "records");
    assert_eq!(last["records"].as_array().unwrap().len(), 40);
    assert_eq!(last["fragments"], fragments.len());
}

#[test]
fn a_key_of_64_bits_opens_what_it_is_for() {
    let frame = meter("ALK-00000001-04-07")
        .record(Record::int32(6_408).volume(-3))
        .mode2(Key64::new([1, 2, 3, 4, 5, 6, 7, 8]))
        .build()
        .unwrap();
    let line = format!("{{\"hex\":\"{}\",\"key\":\"0102030405060708\"}}\n", hex(&frame));
    for output in [
        wmbus(&["decode", "--jsonl"], &line),
        wmbus(&["decode", "--format", "json", "--key", "01 02 03 04 05 06 07 08", &hex(&frame)], ""),
    ] {
        let answer: Value = serde_json::from_str(stdout(&output).trim()).unwrap();
        assert_eq!(answer["security"]["mode"], 2);
        assert_eq!(answer["records"][0]["value"].to_string(), "6.408");
    }
}
