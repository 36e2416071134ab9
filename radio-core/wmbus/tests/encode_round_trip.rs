//! What is encoded is decoded again: every coding of a value, every layer, every security mode.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use wmbus::encode::{EncodeError, Record, RecordError, TelegramBuilder};
use wmbus::{
    Addresses, AesKey, Calendar, Content, DataRecord, Date, DateTime, Decimal, Frame, FrameFormat, Function,
    KeyRing, MeterAddress, Quantity, SealedReason, Telegram, Time, Unit, Value, Warning,
};

/// A record, and what must come out of it.
#[derive(Debug, Clone)]
struct Case {
    record: Record,
    quantity: Quantity,
    unit: Unit,
    value: Value,
    storage_number: u64,
    tariff: u32,
    subunit: u32,
    function: Function,
}

/// A value before it has a meaning, with what its digits say.
type Coded = (Record, i128);

fn coded() -> impl Strategy<Value = Coded> {
    fn within(bits: u32) -> std::ops::RangeInclusive<i64> {
        let largest = i64::MAX >> (64 - bits);
        -largest..=largest
    }
    fn digits(digits: u32) -> std::ops::RangeInclusive<i64> {
        -(10i64.pow(digits - 1) - 1)..=10i64.pow(digits) - 1
    }
    let case = |code: fn(i64) -> Record| move |value: i64| (code(value), i128::from(value));
    prop_oneof![
        within(8).prop_map(case(Record::int8)),
        within(16).prop_map(case(Record::int16)),
        within(24).prop_map(case(Record::int24)),
        within(32).prop_map(case(Record::int32)),
        within(48).prop_map(case(Record::int48)),
        within(64).prop_map(case(Record::int64)),
        digits(2).prop_map(case(Record::bcd2)),
        digits(4).prop_map(case(Record::bcd4)),
        digits(6).prop_map(case(Record::bcd6)),
        digits(8).prop_map(case(Record::bcd8)),
        digits(12).prop_map(case(Record::bcd12)),
    ]
}

/// A meaning for a number: how it is asked for, what it is, and its powers of ten.
type Meaning = (fn(Record, i8) -> Record, Quantity, Unit, std::ops::RangeInclusive<i8>);

fn meanings() -> Vec<Meaning> {
    vec![
        (Record::energy_kwh, Quantity::Energy, Unit::KilowattHour, -6..=3),
        (Record::energy_mj, Quantity::Energy, Unit::Megajoule, -6..=3),
        (Record::volume, Quantity::Volume, Unit::CubicMetre, -6..=3),
        (Record::mass_kg, Quantity::Mass, Unit::Kilogram, -3..=4),
        (Record::power_kw, Quantity::Power, Unit::Kilowatt, -6..=3),
        (Record::power_mj_per_h, Quantity::Power, Unit::MegajoulePerHour, -6..=3),
        (Record::volume_flow, Quantity::VolumeFlow, Unit::CubicMetrePerHour, -6..=1),
        (Record::mass_flow, Quantity::MassFlow, Unit::KilogramPerHour, -3..=4),
        (Record::supply_temperature, Quantity::SupplyTemperature, Unit::Celsius, -3..=0),
        (Record::return_temperature, Quantity::ReturnTemperature, Unit::Celsius, -3..=0),
        (Record::temperature_difference, Quantity::TemperatureDifference, Unit::Kelvin, -3..=0),
        (Record::external_temperature, Quantity::ExternalTemperature, Unit::Celsius, -3..=0),
        (Record::pressure, Quantity::Pressure, Unit::Bar, -3..=0),
        (|record, _| record.hca_units(), Quantity::HcaUnits, Unit::HcaUnit, 0..=0),
        (Record::voltage, Quantity::Voltage, Unit::Volt, -9..=6),
        (Record::current, Quantity::Current, Unit::Ampere, -12..=3),
        (|record, _| record.operating_hours(), Quantity::OperatingTime, Unit::Hour, 0..=0),
    ]
}

fn number() -> impl Strategy<Value = (Record, Quantity, Unit, Value)> {
    let meaning = prop::sample::select(meanings())
        .prop_flat_map(|(of, quantity, unit, exponents)| (Just((of, quantity, unit)), exponents));
    (coded(), meaning).prop_map(|((record, digits), ((of, quantity, unit), exponent))| {
        (of(record, exponent), quantity, unit, Value::Number(Decimal::new(digits, exponent)))
    })
}

/// Reals whose decimal digits are few enough to be written down twice.
fn real() -> impl Strategy<Value = (Record, Quantity, Unit, Value)> {
    (-(1i32 << 20)..1 << 20, 0u32..8, -6..=1i8).prop_map(|(mantissa, halvings, exponent)| {
        let real = mantissa as f32 / (1u32 << halvings) as f32;
        let exact = Decimal::new(i128::from(mantissa) * 5i128.pow(halvings), -(halvings as i8));
        let scaled = Decimal::new(exact.mantissa, exact.exponent + exponent);
        (Record::real(real).volume(exponent), Quantity::Volume, Unit::CubicMetre, Value::Number(scaled))
    })
}

fn date(years: std::ops::RangeInclusive<u16>) -> impl Strategy<Value = Date> {
    (prop::option::of(years), prop::option::of(1..=12u8), prop::option::of(1..=28u8))
        .prop_map(|(year, month, day)| Date { year, month, day })
}

/// All ones is the coding of no date at all, and not one of every day.
fn is_coded(date: &Date) -> bool {
    date.day.is_some() || date.month.is_some() || date.year.is_some()
}

fn date_record() -> impl Strategy<Value = (Record, Quantity, Unit, Value)> {
    date(1981..=2080)
        .prop_filter("all ones", is_coded)
        .prop_map(|date| (Record::date(date), Quantity::Date, Unit::None, Value::Date(date)))
}

fn date_time_record() -> impl Strategy<Value = (Record, Quantity, Unit, Value)> {
    let hour = || prop::option::of(0..=23u8);
    let sixty = || prop::option::of(0..=59u8);
    let minutes =
        (date(1981..=2099), hour(), sixty(), any::<bool>()).prop_map(|(date, hour, minute, summer)| {
            let time = Time { hour, minute, second: None, has_seconds: false };
            DateTime { date, time, summer_time: summer, calendar: None }
        });
    let calendar = (prop::option::of(1..=7u8), prop::option::of(1..=53u8), any::<bool>(), -3..=3i8).prop_map(
        |(day_of_week, week, leap_year, deviation_hours)| Calendar {
            day_of_week,
            week,
            leap_year,
            deviation_hours,
        },
    );
    let seconds = (date(1981..=2080), hour(), sixty(), sixty(), any::<bool>(), calendar).prop_map(
        |(date, hour, minute, second, summer_time, calendar)| {
            let time = Time { hour, minute, second, has_seconds: true };
            DateTime { date, time, summer_time, calendar: Some(calendar) }
        },
    );
    prop_oneof![minutes, seconds].prop_map(|moment| {
        (Record::date_time(moment), Quantity::DateTime, Unit::None, Value::DateTime(moment))
    })
}

/// Printable characters of ISO 8859-1.
fn text_record() -> impl Strategy<Value = (Record, Quantity, Unit, Value)> {
    "[ -~¡-ÿ]{1,40}".prop_map(|text| {
        let record = Record::text(text.clone()).vif(&[0xFD, 0x10]);
        (record, Quantity::CustomerLocation, Unit::None, Value::Text(text))
    })
}

fn case() -> impl Strategy<Value = Case> {
    let content = prop_oneof![4 => number(), 1 => real(), 1 => date_record(), 1 => date_time_record(), 1 => text_record()];
    let place = (
        prop_oneof![0..3u64, 0..1u64 << 41],
        prop_oneof![0..4u32, 0..1u32 << 20],
        prop_oneof![0..2u32, 0..1u32 << 10],
        prop::sample::select(vec![
            Function::Instantaneous,
            Function::Maximum,
            Function::Minimum,
            Function::DuringError,
        ]),
    );
    (content, place).prop_map(
        |((record, quantity, unit, value), (storage_number, tariff, subunit, function))| Case {
            record: record.storage(storage_number).tariff(tariff).subunit(subunit).function(function),
            quantity,
            unit,
            value,
            storage_number,
            tariff,
            subunit,
            function,
        },
    )
}

fn check(case: &Case, record: &DataRecord) {
    assert_eq!(record.quantity, case.quantity);
    assert_eq!(record.unit, case.unit);
    assert_eq!(record.value, case.value);
    assert_eq!(record.storage_number, case.storage_number);
    assert_eq!(record.tariff, case.tariff);
    assert_eq!(record.subunit, case.subunit);
    assert_eq!(record.function, case.function);
    assert!(record.warnings.is_empty(), "{:?}", record.warnings);
}

/// How a telegram is protected.
#[derive(Debug, Clone, Copy)]
enum Protection {
    Plain,
    NoHeader,
    Mode5,
    Mode7(u32),
    EllCtr(u32),
    EllCtrAndMode5(u32),
}

fn protection() -> impl Strategy<Value = Protection> {
    prop_oneof![
        Just(Protection::Plain),
        Just(Protection::NoHeader),
        Just(Protection::Mode5),
        any::<u32>().prop_map(Protection::Mode7),
        any::<u32>().prop_map(Protection::EllCtr),
        any::<u32>().prop_map(Protection::EllCtrAndMode5),
    ]
}

/// A telegram's frame around the records.
#[derive(Debug, Clone)]
struct Envelope {
    link: MeterAddress,
    converted: Option<MeterAddress>,
    access_number: u8,
    status: u8,
    protection: Protection,
    key: AesKey,
}

/// Addresses of makers that keep to the standard's byte order.
fn address() -> impl Strategy<Value = MeterAddress> {
    let maker = prop::sample::select(vec!["KAM", "ELS", "QDS", "ZRI", "EFE", "SEN", "LUG"]);
    (maker, 0u32..100_000_000, any::<u8>(), any::<u8>()).prop_map(|(maker, number, version, device_type)| {
        format!("{maker}-{number:08}-{version:02X}-{device_type:02X}").parse().unwrap()
    })
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let key = prop::array::uniform16(any::<u8>()).prop_map(AesKey::new);
    (address(), prop::option::of(address()), any::<u8>(), any::<u8>(), protection(), key).prop_map(
        |(link, converted, access_number, status, protection, key)| Envelope {
            link,
            converted,
            access_number,
            status,
            protection,
            key,
        },
    )
}

impl Envelope {
    fn meter(&self) -> MeterAddress {
        match self.protection {
            Protection::NoHeader => self.link,
            _ => self.converted.unwrap_or(self.link),
        }
    }

    fn builder(&self) -> TelegramBuilder {
        let builder = TelegramBuilder::new(self.link).access_number(self.access_number).status(self.status);
        let builder = match self.converted {
            Some(meter) => builder.long_header(meter),
            None => builder,
        };
        let key = self.key.clone();
        match self.protection {
            Protection::Plain => builder,
            Protection::NoHeader => builder.no_header(),
            Protection::Mode5 => builder.mode5(key),
            Protection::Mode7(counter) => builder.extended_link(0x20, self.access_number).mode7(key, counter),
            Protection::EllCtr(session) => builder.ell_ctr(key, self.access_number, session),
            Protection::EllCtrAndMode5(session) => {
                builder.ell_ctr(key.clone(), self.access_number, session).mode5(key)
            }
        }
    }
}

fn records(frame: &Frame, key: &AesKey) -> Vec<DataRecord> {
    match Telegram::decode(frame, key).unwrap().into_content() {
        Content::Records(records) => records,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn a_record_says_what_was_encoded(case in case()) {
        let frame = TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap())
            .record(case.record.clone())
            .build()
            .unwrap();
        let records = records(&frame, &AesKey::new([0; 16]));
        prop_assert_eq!(records.len(), 1);
        check(&case, &records[0]);
    }

    #[test]
    fn a_telegram_says_what_was_encoded_through_all_layers(
        envelope in envelope(),
        cases in prop::collection::vec(case(), 1..5),
    ) {
        let records_in = cases.iter().map(|case| case.record.clone());
        let frame = envelope.builder().records(records_in).build().unwrap();
        let telegram = Telegram::decode(&frame, &envelope.key).unwrap();
        prop_assert_eq!(telegram.link_address(), envelope.link);
        prop_assert_eq!(telegram.meter(), envelope.meter());
        if !matches!(envelope.protection, Protection::NoHeader) {
            prop_assert_eq!(telegram.access_number(), Some(envelope.access_number));
            prop_assert_eq!(telegram.status().map(|status| status.0), Some(envelope.status));
        }
        // The cases reach further than any meter does.
        let odd = telegram.warnings().iter().find(|warning| !matches!(warning, Warning::ImprobableRecord { .. }));
        prop_assert_eq!(odd, None);
        let records = records(&frame, &envelope.key);
        prop_assert_eq!(records.len(), cases.len());
        cases.iter().zip(&records).for_each(|(case, record)| check(case, record));
    }

    #[test]
    fn a_frame_survives_every_format(envelope in envelope(), case in case()) {
        let frame = envelope.builder().record(case.record).build().unwrap();
        let (format_a, format_b) = (frame.to_format_a(), frame.to_format_b().unwrap());
        prop_assert_eq!(&Frame::parse(&format_a, FrameFormat::A).unwrap(), &frame);
        prop_assert_eq!(&Frame::parse(&format_b, FrameFormat::B).unwrap(), &frame);
        prop_assert_eq!(Frame::detect(&format_a), Ok((frame.clone(), FrameFormat::A)));
        prop_assert_eq!(Frame::detect(&format_b), Ok((frame, FrameFormat::B)));
    }

    #[test]
    fn without_the_key_nothing_is_told_but_whose_it_is(envelope in envelope(), case in case()) {
        let frame = envelope.builder().record(case.record).build().unwrap();
        let telegram = Telegram::decode(&frame, &KeyRing::default()).unwrap();
        let addresses = Addresses::read(&frame).unwrap();
        prop_assert_eq!(addresses.link, envelope.link);
        match envelope.protection {
            Protection::Plain | Protection::NoHeader => {
                prop_assert!(matches!(telegram.content(), Content::Records(_)));
            }
            Protection::EllCtr(_) | Protection::EllCtrAndMode5(_) => {
                prop_assert_eq!(telegram.content(), &Content::Sealed(SealedReason::NoKey));
                prop_assert_eq!(addresses.meter, envelope.link);
            }
            Protection::Mode5 | Protection::Mode7(_) => {
                prop_assert_eq!(telegram.content(), &Content::Sealed(SealedReason::NoKey));
                prop_assert_eq!(addresses.meter, envelope.meter());
            }
        }
    }
}

#[test]
fn long_frames_of_format_b_have_two_parts() {
    let address: MeterAddress = "KAM-12345678-1B-16".parse().unwrap();
    for count in [18, 19, 20, 21, 38] {
        let frame = TelegramBuilder::new(address)
            .records((0..count).map(|value| Record::int32(value).volume(-3)))
            .build()
            .unwrap();
        let format_b = frame.to_format_b().unwrap();
        let crcs = if frame.bytes().len() > 126 { 4 } else { 2 };
        assert_eq!(format_b.len(), frame.bytes().len() + crcs);
        assert_eq!(Frame::parse(&format_b, FrameFormat::B), Ok(frame));
    }
}

#[test]
fn a_wrong_key_opens_nothing() {
    let (key, other) = (AesKey::new([1; 16]), AesKey::new([2; 16]));
    let builder =
        TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap()).record(Record::int32(1).volume(-3));
    let sealed = |frame: Frame| match Telegram::decode(&frame, &other).unwrap().into_content() {
        Content::Sealed(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(sealed(builder.clone().mode5(key.clone()).build().unwrap()), SealedReason::WrongKey);
    assert_eq!(sealed(builder.clone().ell_ctr(key.clone(), 1, 1).build().unwrap()), SealedReason::WrongKey);
    let reason = sealed(builder.mode7(key, 1).build().unwrap());
    assert!(matches!(reason, SealedReason::WrongKey | SealedReason::MacFailed));
}

fn check_refused(record: Record, expected: RecordError) {
    let builder = TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap());
    let result = builder.record(Record::int8(0).hca_units()).record(record).build();
    assert_eq!(result, Err(EncodeError::Record { index: 1, error: expected }));
}

#[test]
fn what_has_no_coding_is_refused_by_its_number() {
    let date = |year| Date { year: Some(year), month: Some(1), day: Some(1) };
    check_refused(Record::int8(1), RecordError::NoVif);
    check_refused(Record::int8(1).vif(&[]), RecordError::NoVif);
    check_refused(Record::int8(1).volume(9), RecordError::Exponent { exponent: 9 });
    check_refused(Record::int8(128).volume(0), RecordError::Value);
    check_refused(Record::int8(-128).volume(0), RecordError::Value);
    check_refused(Record::bcd2(100).volume(0), RecordError::Value);
    check_refused(Record::bcd2(-10).volume(0), RecordError::Value);
    check_refused(Record::real(f32::NAN).volume(0), RecordError::Value);
    check_refused(Record::text("…").fabrication_number(), RecordError::Text);
    check_refused(Record::text("x".repeat(192)).fabrication_number(), RecordError::Text);
    check_refused(Record::date(date(1980)), RecordError::Year { year: 1980 });
    check_refused(Record::int8(0).volume(0).storage(1 << 41), RecordError::TooManyDife);
    check_refused(Record::raw(0x4, [1, 2]).volume(0), RecordError::Length { expected: 4 });
    let many = (0..12).fold(Record::int8(0).volume(0), |record, _| record.vife(0x3B));
    check_refused(many, RecordError::TooManyVife);
}

#[test]
fn a_telegram_that_is_too_long_for_its_fields_is_refused() {
    let builder = TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap());
    let many = |count| (0..count).map(|value| Record::int64(value).volume(-3));
    let result = builder.clone().records(many(30)).build();
    assert_eq!(result, Err(EncodeError::TooLong { length: 314, limit: 255 }));
    let key = AesKey::new([0; 16]);
    let result = builder.clone().records(many(24)).mode5(key.clone()).build();
    assert_eq!(result, Err(EncodeError::TooManyBlocks { blocks: 16 }));
    assert_eq!(builder.no_header().mode5(key).build(), Err(EncodeError::NoConfigurationField));
}
