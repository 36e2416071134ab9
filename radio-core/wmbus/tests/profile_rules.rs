//! Profiles as they are written: what is refused, and what flags, names and keys come of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::profiles::{Alarm, AlarmCode, FlatValue, ProfileError, Profiles};
use wmbus::{Date, Decimal, KeyRing, Telegram, Value};

const METER: &str = "SEN-33225544-68-04";

fn telegram(address: &str, status: u8, records: Vec<Record>) -> Telegram {
    let builder = TelegramBuilder::new(address.parse().unwrap()).status(status);
    let frame = records.into_iter().fold(builder, TelegramBuilder::record).build().unwrap();
    Telegram::decode(&frame, &KeyRing::default()).unwrap()
}

/// Makes a profile of what stands behind the meters.
fn profile(rest: &str) -> Profiles {
    let mut profiles = Profiles::default();
    profiles.add("tested", &text(rest)).unwrap();
    profiles
}

fn text(rest: &str) -> String {
    format!("title = \"A meter\"\ndriver = \"tested\"\nmeters = [{{ manufacturer = \"SEN\" }}]\n{rest}")
}

fn flat(profiles: &Profiles, telegram: &Telegram, key: &str) -> Option<FlatValue> {
    let flat = profiles.read(telegram).wmbusmeters(telegram);
    flat.into_iter().find_map(|(of, value)| (of == key).then_some(value))
}

fn flat_text(text: &str) -> Option<FlatValue> {
    Some(FlatValue::Text(text.to_owned()))
}

fn date(year: u16, month: u8, day: u8) -> Date {
    Date { year: Some(year), month: Some(month), day: Some(day) }
}

#[test]
fn what_is_wrong_is_refused_with_the_reason() {
    let refused = |rest: &str| Profiles::default().add("tested", &text(rest)).unwrap_err();
    let field = |members: &str| refused(&format!("fields = [{{ {members} }}]"));
    let flags = |members: &str| refused(&format!("flags = [{{ {members} }}]"));
    let owned = str::to_owned;
    assert_eq!(field("quantity = \"volumes\""), ProfileError::Quantity(owned("volumes")));
    assert_eq!(field("key = \"total_m3\""), ProfileError::NoSelector);
    assert_eq!(field("header = \"04\""), ProfileError::Header(owned("04")));
    assert_eq!(field("header = \"04XY\""), ProfileError::Header(owned("04XY")));
    let volume = |more: &str| field(&format!("quantity = \"volume\", {more}"));
    assert_eq!(volume("name = \"totalVolume\""), ProfileError::Name(owned("totalVolume")));
    assert_eq!(volume("name = \"total__volume\""), ProfileError::Name(owned("total__volume")));
    assert_eq!(volume("storage = \"17..2\""), ProfileError::Range(owned("17..2")));
    assert_eq!(volume("function = \"max\""), ProfileError::Function(owned("max")));
    assert_eq!(volume("unit = \"litres\""), ProfileError::Unit(owned("litres")));
    assert_eq!(volume("index = \"storage/2\""), ProfileError::Template(owned("storage/2")));
    assert_eq!(volume("key = \"{months}\""), ProfileError::Template(owned("{months}")));
    let bits = |more: &str| flags(&format!("quantity = \"error_flags\", {more}"));
    assert_eq!(bits("bits = [{ value = 1, alarm = \"leek\" }]"), ProfileError::Alarm(owned("leek")));
    assert_eq!(bits("bits = [{ value = 0 }]"), ProfileError::NoBit);
    assert_eq!(bits("bits = [{ value = 1 }], values = [{ value = 1 }]"), ProfileError::FlagCodings);
    assert_eq!(flags("source = \"header\""), ProfileError::FlagSource);
    for unknown in ["unknown = 1", "fields = [{ quantity = \"volume\", unknown = 1 }]", "fields = 1", "="] {
        assert!(matches!(refused(unknown), ProfileError::Syntax(_)), "{unknown}");
    }
    let no_meters = Profiles::default().add("tested", "title = \"Nobody\"\nmeters = []");
    assert_eq!(no_meters, Err(ProfileError::NoMeters));
    let unknown_maker = "title = \"?\"\nmeters = [{ manufacturer = \"S1\" }]";
    assert_eq!(
        Profiles::default().add("tested", unknown_maker),
        Err(ProfileError::Manufacturer(owned("S1")))
    );
    assert_eq!(Profiles::default().add("Tested", &text("")), Err(ProfileError::Name(owned("Tested"))));
    let mut profiles = profile("");
    assert_eq!(profiles.add("tested", &text("")), Err(ProfileError::Duplicate(owned("tested"))));
}

#[test]
fn a_meter_that_no_profile_knows_keeps_every_value() {
    let records = vec![
        Record::int32(123_529).volume(-3),
        Record::int32(6_408).volume(-3).storage(1),
        Record::date(date(2025, 12, 31)).storage(1),
        Record::int32(6_000).volume(-3).storage(8),
        Record::date(date(2025, 11, 30)).storage(8),
    ];
    let telegram = telegram("QQQ-12345678-FE-07", 0x04, records);
    let profiles = Profiles::builtin();
    let reading = profiles.read(&telegram);
    assert!(reading.profile().is_none());
    let values: Vec<String> = reading
        .fields()
        .iter()
        .map(|field| format!("{}{:?} {} {}", field.name, field.index, field.value, field.unit))
        .collect();
    assert_eq!(
        values,
        [
            "total_volumeNone 123.529 m³",
            "due_date_volumeNone 6.408 m³",
            "due_dateNone 2025-12-31 ",
            "month_end_volumeSome(1) 6.000 m³",
            "month_end_dateSome(1) 2025-11-30 ",
        ]
    );
    let due = reading.field("due_date_volume").unwrap();
    assert_eq!(due.date.unwrap().date(), date(2025, 12, 31));
    assert_eq!(reading.alarms(), [Alarm::present(AlarmCode::PowerLow)]);
    assert_eq!(flat(&profiles, &telegram, "meter"), flat_text("unknown"));
    assert_eq!(flat(&profiles, &telegram, "status"), flat_text("POWER_LOW"));
    assert_eq!(flat(&profiles, &telegram, "target_date"), flat_text("2025-12-31"));
}

#[test]
fn a_profile_that_was_added_later_comes_first() {
    let mut profiles = profile("fields = [{ quantity = \"volume\", name = \"first\" }]");
    profiles.add("own", &text("fields = [{ quantity = \"volume\", name = \"second\" }]")).unwrap();
    let telegram = telegram(METER, 0, vec![Record::int32(1).volume(-3)]);
    let reading = profiles.read(&telegram);
    assert_eq!(reading.profile().map(|profile| profile.name()), Some("own"));
    assert_eq!(reading.fields()[0].name, "second");
}

#[test]
fn series_and_tariffs_are_named_by_their_numbers() {
    let profiles = profile(
        "fields = [\n    { name = \"month_end_volume\", index = \"storage-1\", key = \"prev_{storage-1:2}_m3\", \
         quantity = \"volume\", storage = \"2..13\" },\n    { name = \"energy_of_tariff_{tariff}\", quantity = \
         \"energy\", tariff = \"any\" },\n]",
    );
    let records = vec![Record::int32(5).volume(0).storage(3), Record::int32(7).energy_kwh(0).tariff(2)];
    let telegram = telegram(METER, 0, records);
    let reading = profiles.read(&telegram);
    assert_eq!((reading.fields()[0].name.as_str(), reading.fields()[0].index), ("month_end_volume", Some(2)));
    assert_eq!(reading.fields()[1].name, "energy_of_tariff_2");
    assert_eq!(flat(&profiles, &telegram, "prev_02_m3"), Some(FlatValue::Number(Decimal::new(5, 0))));
}

#[test]
fn flags_become_words_and_alarms() {
    let profiles = profile(
        "flags = [{ key = \"status\", quantity = \"error_flags\", bits = [\n\
         { value = 0x01, word = \"DRY\", alarm = \"dry\" },\n\
         { value = 0x02, word = \"WAS_LEAKING\", past = \"leak\" },\n\
         { value = 0x08, word = \"UNSEALED\", alarm = \"tamper\", inverted = true },\n] }]",
    );
    let of = |flags| telegram(METER, 0x04, vec![Record::int16(flags).error_flags()]);
    let telegram = of(0x1B);
    let reading = profiles.read(&telegram);
    assert_eq!(
        reading.alarms(),
        [Alarm::past(AlarmCode::Leak), Alarm::present(AlarmCode::Dry), Alarm::present(AlarmCode::PowerLow)]
    );
    let words = flat(&profiles, &telegram, "status");
    assert_eq!(words, flat_text("DRY ERROR_FLAGS_10 POWER_LOW WAS_LEAKING"));
    assert_eq!(flat(&profiles, &of(0), "status"), flat_text("POWER_LOW UNSEALED"));
}

#[test]
fn values_and_sums_are_two_more_codings_of_flags() {
    let profiles = profile(
        "flags = [\n\
         { name = \"dry_for\", key = \"time_dry\", quantity = \"error_flags\", mask = 0x70, values = [\n\
         { value = 0x00 }, { value = 0x70, word = \"22-31 days\" },\n] },\n\
         { key = \"sum\", quantity = \"error_flags\", sums = [\n\
         { value = 4, word = \"FOUR\" }, { value = 20, word = \"TWENTY\", alarm = \"dry\" },\n] },\n]",
    );
    let of = |flags| telegram(METER, 0, vec![Record::int16(flags).error_flags()]);
    let long_dry = of(0x71);
    assert_eq!(
        profiles.read(&long_dry).field("dry_for").unwrap().value,
        Value::Text("22-31 days".to_owned())
    );
    assert_eq!(flat(&profiles, &long_dry, "time_dry"), flat_text("22-31 days"));
    let sum = of(0x24);
    assert_eq!(flat(&profiles, &sum, "sum"), flat_text("FOUR TWENTY"), "digits are decimal");
    assert_eq!(profiles.read(&sum).alarms(), [Alarm::present(AlarmCode::Dry)]);
    assert!(profiles.read(&of(1)).field("dry_for").is_none(), "nothing to say");
}

#[test]
fn a_bit_of_the_status_byte_can_mean_something_else() {
    let profiles = profile(
        "flags = [{ key = \"status\", source = \"status\", bits = [\n\
         { value = 0x08, word = \"REMOVED\", alarm = \"removal\" }] }]",
    );
    let telegram = telegram(METER, 0x2C, vec![Record::int32(1).volume(0)]);
    assert_eq!(
        profiles.read(&telegram).alarms(),
        [Alarm::present(AlarmCode::Removal), Alarm::present(AlarmCode::PowerLow)]
    );
    assert_eq!(flat(&profiles, &telegram, "status"), flat_text("POWER_LOW REMOVED UNKNOWN_20"));
}

#[test]
fn units_are_converted_for_wmbusmeters_and_nothing_is_made_up() {
    let profiles = profile(
        "fields = [\n\
         { key = [\"total_kwh\", \"old_total_kwh\"], quantity = \"energy\" },\n\
         { key = \"due_date\", quantity = \"date\", storage = 1 },\n\
         { key = \"total_m3\", quantity = \"volume\" },\n\
         { key = \"on_time_h\", quantity = \"on_time\" },\n\
         { key = \"number\", quantity = \"fabrication_number\", text = true },\n]",
    );
    let records = vec![
        Record::int32(1).energy_mj(0),
        Record::raw(0x2, [0xFF, 0xFF]).vif(&[0x6C]).storage(1),
        Record::raw(0x4, [0, 0, 0, 0x80]).volume(-3),
        Record::int32(90).vif(&[0x21]),
        Record::bcd8(1234).vif(&[0x78]),
    ];
    let telegram = telegram(METER, 0, records);
    let number = |mantissa, exponent| Some(FlatValue::Number(Decimal::new(mantissa, exponent)));
    assert_eq!(flat(&profiles, &telegram, "total_kwh"), number(277_778, -6));
    assert_eq!(flat(&profiles, &telegram, "old_total_kwh"), number(277_778, -6));
    assert_eq!(flat(&profiles, &telegram, "due_date"), Some(FlatValue::Null));
    assert_eq!(flat(&profiles, &telegram, "total_m3"), Some(FlatValue::Null));
    assert_eq!(flat(&profiles, &telegram, "on_time_h"), number(15, -1));
    assert_eq!(flat(&profiles, &telegram, "number"), flat_text("00001234"));
    assert_eq!(flat(&profiles, &telegram, "media"), flat_text("heat"));
    assert_eq!(flat(&profiles, &telegram, "meter"), flat_text("tested"));
}

#[test]
fn words_with_a_separator_keep_the_order_of_the_profile() {
    let profiles = profile(
        "flags = [{ key = \"alarms\", quantity = \"error_flags\", ok = \"none\", separator = \",\", bits = [\n\
         { value = 4, word = \"leak\" }, { value = 2, word = \"back_flow\" }, { value = 1, word = \"air\" }] }]",
    );
    let alarms = |flags| {
        let telegram = telegram(METER, 0, vec![Record::int16(flags).vif(&[0x7D, 0x17])]);
        flat(&profiles, &telegram, "alarms")
    };
    assert_eq!(alarms(6), flat_text("leak,back_flow"));
    assert_eq!(alarms(0), flat_text("none"));
}

#[test]
fn texts_and_times_are_written_as_wmbusmeters_writes_them() {
    let profiles = profile(
        "fields = [\n\
         { key = \"meter_datetime\", quantity = \"date_time\", seconds = true },\n\
         { key = \"target_datetime\", quantity = \"date_time\", storage = 1 },\n\
         { key = \"version\", quantity = \"software_version\", text = true },\n\
         { key = \"hardware\", quantity = \"hardware_version\", text = true },\n\
         { key = \"number\", quantity = \"fabrication_number\", text = true },\n\
         { key = \"place\", quantity = \"customer_location\", text = true },\n\
         { key = \"customer\", quantity = \"customer\", text = true },\n\
         { key = \"reactive_kwh\", quantity = \"reactive_energy\" },\n]",
    );
    let time = || Record::raw(0x6, [0x1E, 0x32, 0x17, 0x1F, 0x15, 0x00]).vif(&[0x6D]);
    let records = vec![
        time(),
        time().storage(1),
        Record::raw(0x2, *b"L+").vif(&[0x7D, 0x0F]),
        Record::raw(0x4, *b"2B\0\0").vif(&[0x7D, 0x0D]),
        Record::bcd4(4142).vif(&[0x78]),
        Record::raw(0xD, [2, 0xAA, 0x41]).vif(&[0x7D, 0x10]),
        Record::text("Müller").vif(&[0x7D, 0x11]),
        Record::int32(12).vif(&[0x7B, 0x02]),
    ];
    let telegram = telegram(METER, 0, records);
    for (key, expected) in [
        ("meter_datetime", "2008-05-31 23:50:30"),
        ("target_datetime", "2008-05-31 23:50"),
        ("version", "+L"),
        ("hardware", "00004232"),
        ("number", "4142"),
        ("place", "41AA"),
        ("customer", "4DFC6C6C6572"),
    ] {
        assert_eq!(flat(&profiles, &telegram, key), flat_text(expected), "{key}");
    }
    let twelve = Some(FlatValue::Number(Decimal::new(12, 0)));
    assert_eq!(flat(&profiles, &telegram, "reactive_kwh"), twelve);
}

#[test]
fn every_alarm_is_documented() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/profiles.md")).unwrap();
    for code in AlarmCode::ALL {
        assert!(page.contains(&format!("| `{code}` |")), "docs/profiles.md does not explain {code}");
    }
}
