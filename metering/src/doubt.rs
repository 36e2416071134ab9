//! Whether a value came over the air unhurt, and was understood whole.

use wmbus::{DataRecord, Telegram};

/// Tells whether the value of a record may be another than the one that the meter shows: the telegram may
/// have been damaged on its way although its checks fit ([`Telegram::is_doubtful`]), or something in the
/// record was not understood, such as a VIFE that may change what it means.
///
/// Such a value is never billed silently: see [`Verdict::Doubtful`](crate::Verdict::Doubtful).
pub fn is_doubtful(telegram: &Telegram, record: &DataRecord) -> bool {
    telegram.is_doubtful() || !record.warnings.is_empty()
}

#[cfg(test)]
mod tests {
    use wmbus::encode::{Record, TelegramBuilder};
    use wmbus::{Frame, KeyRing};

    use super::*;

    fn doubts(frame: &Frame) -> Vec<bool> {
        let telegram = Telegram::decode(frame, &KeyRing::default()).unwrap();
        let records = telegram.content().records();
        records.iter().map(|record| is_doubtful(&telegram, record)).collect()
    }

    fn meter() -> TelegramBuilder {
        TelegramBuilder::new("XYZ-12345678-01-07".parse().unwrap())
    }

    fn volume() -> Record {
        Record::bcd8(1).volume(-3)
    }

    #[test]
    fn a_telegram_that_was_understood_whole_is_believed() {
        assert_eq!(
            doubts(&meter().record(volume()).record(volume().storage(1)).build().unwrap()),
            [false; 2]
        );
    }

    #[test]
    fn every_value_of_a_telegram_that_may_be_damaged_is_doubtful() {
        let reserved_control = meter().control(0x55).record(volume()).record(volume().storage(1));
        assert_eq!(doubts(&reserved_control.build().unwrap()), [true; 2]);
    }

    #[test]
    fn a_record_with_an_unknown_vife_is_doubtful_and_the_others_are_not() {
        let unknown = volume().vife(0x10);
        let frame = meter().record(unknown).record(volume()).build().unwrap();
        assert_eq!(doubts(&frame), [true, false]);
    }
}
