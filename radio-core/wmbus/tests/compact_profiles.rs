//! Compact profiles: each value becomes a record with its date.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_explanation_tiles, decode, frame_around, hex};
use wmbus::{DataRecord, KeyRing, Qualifier, Quantity, RecordWarning, Source, Telegram, Value};

fn telegram(records: &str) -> Telegram {
    let frame = frame_around(&[hex("78"), hex(records)].concat());
    let telegram = decode(&frame, &KeyRing::default());
    assert_explanation_tiles(&telegram, frame.len(), records);
    telegram
}

/// The values that were expanded, without the dates beside them.
fn values(telegram: &Telegram) -> Vec<String> {
    let is_value = |record: &&DataRecord| {
        record.source == Source::Expanded && !matches!(record.quantity, Quantity::Date | Quantity::DateTime)
    };
    telegram.content().records().iter().filter(is_value).map(ToString::to_string).collect()
}

#[test]
fn a_forward_profile_goes_on_from_base_value_and_base_time() {
    // EN 13757-3, annex F.2.7.
    let telegram = telegram("84046D002041118B04150030128D04951F056901030211");
    assert_eq!(
        values(&telegram),
        [
            "volume 12300.3 m³ (storage 9, at 2010-01-01T01:00)",
            "volume 12300.5 m³ (storage 10, at 2010-01-01T02:00)",
            "volume 12301.6 m³ (storage 11, at 2010-01-01T03:00)",
        ]
    );
    // The profile itself stays as it was sent, and each value has its byte.
    let records = telegram.content().records();
    assert_eq!((records[2].source, &records[2].value), (Source::Transmitted, &Value::Raw));
    assert_eq!((records[3].offset, &*records[3].raw), (31, &[0x03][..]));
    assert_eq!((records[4].quantity, records[4].storage_number), (Quantity::DateTime, 9));
    assert_eq!(records[4].value.to_string(), "2010-01-01T01:00");
}

#[test]
fn an_inverse_profile_goes_back_from_base_value_and_base_time() {
    // EN 13757-3, annex F.2.8.
    assert_eq!(
        values(&telegram("84046D002341118B04151630128D049513056901110203")),
        [
            "volume 12300.5 m³ (storage 9, at 2010-01-01T02:00)",
            "volume 12300.3 m³ (storage 10, at 2010-01-01T01:00)",
            "volume 12300.0 m³ (storage 11, at 2010-01-01T00:00)",
        ]
    );
}

#[test]
fn a_month_end_is_followed_by_month_ends() {
    // Heat cost allocator, absolute values, base 2019-10-31.
    assert_eq!(
        values(&telegram("83046E00000082046C7F2A8D04EE1F0872FE000003001600")),
        [
            "hca_units 0 HCA (storage 9, at 2019-11-30)",
            "hca_units 3 HCA (storage 10, at 2019-12-31)",
            "hca_units 25 HCA (storage 11, at 2020-01-31)",
        ]
    );
}

#[test]
fn an_absolute_profile_needs_no_base_value_and_keeps_its_gaps() {
    assert_eq!(
        values(&telegram("82046C41328D04EE130B3BFE270600FFFFFF760100")),
        [
            "hca_units 627 HCA (storage 9, at 2026-01-01)",
            "hca_units not available (storage 10, at 2025-12-01)",
            "hca_units 176 HCA (storage 11, at 2025-11-01)",
        ]
    );
}

#[test]
fn seconds_days_and_parts_of_years_are_steps_of_time() {
    for (spacing, expected) in [
        ("010F", "2020-01-01T00:00:15"),
        ("110F", "2020-01-01T00:15"),
        ("2101", "2020-01-01T01:00"),
        ("3107", "2020-01-08"),
        ("31FE", "2020-02-01"),
        ("21FE", "2020-04-01"),
        ("11FE", "2020-07-01"),
    ] {
        let telegram = telegram(&format!("82046C81218D04931F03{spacing}05"));
        let value = &telegram.content().records()[2];
        assert_eq!(value.date.unwrap().to_string(), expected, "{spacing}");
    }
}

#[test]
fn without_base_time_the_values_have_no_date() {
    assert_eq!(
        values(&telegram("8B04150030128D04951F0469010302")),
        ["volume 12300.3 m³ (storage 9)", "volume 12300.5 m³ (storage 10)"]
    );
}

#[test]
fn the_base_value_is_that_of_the_same_register() {
    // The volume of another tariff is no base; that of the profile's own is.
    let tariff_1 = "8B14150010008B04150030128D14951F03690103";
    assert_eq!(
        values(&telegram(tariff_1)),
        ["volume 100.3 m³ (storage 8, tariff 1)"].map(|text| text.replace("storage 8", "storage 9"))
    );
}

#[test]
fn a_profile_that_cannot_be_expanded_says_why_and_stays_raw() {
    for (records, warning) in [
        ("8D04951F03690103", RecordWarning::ProfileWithoutBase),
        ("8B0415FFFFFF8D04951F03690103", RecordWarning::ProfileWithoutBase),
        ("8B04150030128D04951F03690003", RecordWarning::ProfileNotExpanded),
        ("8B04150030128D04951F0369FB03", RecordWarning::ProfileNotExpanded),
        ("8B04150030128D04951F036D0103", RecordWarning::ProfileNotExpanded),
        ("8B04150030128D04951F0169", RecordWarning::ProfileNotExpanded),
    ] {
        let telegram = telegram(records);
        let profile = telegram.content().records().last().unwrap();
        assert_eq!((&profile.value, profile.warnings.as_slice()), (&Value::Raw, &[warning][..]), "{records}");
    }
}

#[test]
fn an_invalid_value_ends_a_profile_of_differences() {
    assert_eq!(
        values(&telegram("8C0413100000008D04931F0671017F01FF05")),
        ["volume 0.137 m³ (storage 9)", "volume 0.138 m³ (storage 10)"]
    );
}

#[test]
fn other_qualifiers_hold_for_every_value() {
    let telegram = telegram("8B04953B0030128D0495BB1F03690103");
    let value = telegram.content().records().last().unwrap();
    assert_eq!(value.value.to_string(), "12300.3");
    assert_eq!(value.qualifiers.len(), 1);
    assert!(matches!(value.qualifiers[0], Qualifier::Accumulation(_)));
}

#[test]
fn two_profiles_of_one_storage_have_their_dates_once() {
    let telegram = telegram("82046C81218D04931F04310105068D04831F0431010708");
    let dates = telegram
        .content()
        .records()
        .iter()
        .filter(|record| record.quantity == Quantity::Date && record.source == Source::Expanded)
        .map(|record| (record.storage_number, record.value.to_string()));
    assert_eq!(dates.collect::<Vec<_>>(), [(9, "2020-01-02".to_owned()), (10, "2020-01-03".to_owned())]);
}
