//! A tour in the neutral columns: one line, one meter.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{MeterKey, SendingWindow, TourMeter};

use super::field;
use super::table::{Column, Table, TableError};
use super::verdict::{Finding, RowVerdict};

/// Columns that Walkby knows; every other one passes through untouched.
const COLUMNS: [&str; 30] = [
    "tour",
    "seq",
    "site",
    "street",
    "house",
    "entrance",
    "floor",
    "flat",
    "place",
    "name",
    "customer_ref",
    "account_ref",
    "meter_no",
    "radio_id",
    "manufacturer",
    "version",
    "type",
    "medium",
    "key",
    "due_date",
    "prev_value",
    "prev_date",
    "low",
    "high",
    "factor",
    "unit",
    "digits",
    "sends",
    "mode",
    "note",
];

/// Returns the field of a line that a column of a tour fills; none for one that passes through.
fn field_of(column: &str) -> Option<&str> {
    COLUMNS.contains(&column).then_some(match column {
        "seq" => "position",
        "meter_no" => "meter_number",
        "type" => "device_type",
        "prev_value" => "previous_value",
        "prev_date" => "previous_date",
        "mode" => "link_modes",
        same => same,
    })
}

/// A tour as its file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourFile {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<TourRowContent>,
}

/// One row of a tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourRowContent {
    /// Whether it was taken.
    pub verdict: RowVerdict,
    /// The line of a row that was taken; its identities are still to be given.
    pub meter: Option<TourMeter>,
}

/// Reads a tour. The walking order is `seq` where the file has it, else the order of the rows. Without
/// a `name` the first row that names a tour gives it.
///
/// # Errors
/// When the file as a whole is no table with a column `meter_no` or `radio_id`.
pub fn read_tour(file: &[u8], name: Option<&str>) -> Result<TourFile, TableError> {
    let table = Table::read(file)?;
    if !table.columns.iter().any(|column| column == "meter_no" || column == "radio_id") {
        return Err(TableError::MissingColumn { column: "meter_no or radio_id" });
    }
    let columns = Column::all(&table.columns, field_of);
    let named = table.rows.iter().filter_map(|row| row.fields.as_ref().ok()?.get("tour"));
    let name = match name {
        Some(name) => name.to_owned(),
        None => named.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default(),
    };
    let mut radio_ids = BTreeSet::new();
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in table.rows {
        rows.push(match row.fields {
            Ok(fields) => {
                let position = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
                let reader = RowReader { fields, findings: Vec::new() };
                reader.read(row.line, position, &name, &mut radio_ids)
            }
            Err(error) => {
                let finding = Finding::new(error.code(), "", error.to_string());
                TourRowContent { verdict: RowVerdict::refused(row.line, vec![finding]), meter: None }
            }
        });
    }
    Ok(TourFile { columns, rows })
}

/// Reads one row and collects what is odd about it.
struct RowReader {
    fields: BTreeMap<String, String>,
    findings: Vec<Finding>,
}

impl RowReader {
    fn read(
        mut self,
        line: u64,
        position: u32,
        tour: &str,
        radio_ids: &mut BTreeSet<String>,
    ) -> TourRowContent {
        let meter_number = self.text("meter_no");
        let radio_id = match self.radio_id(&meter_number) {
            Ok(radio_id) => radio_id,
            Err(finding) => {
                self.findings.push(finding);
                return TourRowContent { verdict: RowVerdict::refused(line, self.findings), meter: None };
            }
        };
        if meter_number.is_empty() && radio_id.is_none() {
            self.warn("meter_missing", "meter_no", "the row names no meter: neither meter_no nor radio_id");
            return TourRowContent { verdict: RowVerdict::refused(line, self.findings), meter: None };
        }
        if let Some(radio_id) = &radio_id
            && !radio_ids.insert(radio_id.clone())
        {
            self.warn("radio_id_repeated", "radio_id", format!("{radio_id} stands in an earlier row, too"));
        }
        let named_tour = self.text("tour");
        if !named_tour.is_empty() && named_tour != tour {
            self.warn(
                "other_tour",
                "tour",
                format!("the row names the tour {named_tour:?}; taken into this one"),
            );
        }
        let meter = TourMeter {
            position: self
                .parsed("seq", "bad_number", "a whole number", |text| text.parse().ok())
                .unwrap_or(position),
            site: self.text("site"),
            street: self.text("street"),
            house: self.text("house"),
            entrance: self.text("entrance"),
            floor: self.text("floor"),
            flat: self.text("flat"),
            place: self.text("place"),
            name: self.text("name"),
            customer_ref: self.text("customer_ref"),
            account_ref: self.text("account_ref"),
            meter_number: if meter_number.is_empty() {
                radio_id.clone().unwrap_or_default()
            } else {
                meter_number
            },
            radio_id: radio_id.clone(),
            manufacturer: self.parsed(
                "manufacturer",
                "bad_manufacturer",
                "three letters, such as KAM",
                field::manufacturer,
            ),
            version: self.parsed(
                "version",
                "bad_number",
                "a number from 0 to 255, or 0x00 to 0xFF",
                field::byte,
            ),
            device_type: self.parsed(
                "type",
                "bad_number",
                "a number from 0 to 255, or 0x00 to 0xFF",
                field::byte,
            ),
            medium: self.text("medium"),
            key: self.key(radio_id.is_some()),
            due_date: self.date("due_date"),
            previous_value: self.decimal("prev_value"),
            previous_date: self.date("prev_date"),
            low: self.decimal("low"),
            high: self.decimal("high"),
            factor: self.decimal("factor"),
            unit: Some(self.text("unit")).filter(|unit| !unit.is_empty()),
            digits: self.parsed("digits", "bad_number", "a whole number", |text| text.parse().ok()),
            sends: self.sends(),
            link_modes: self.link_modes(),
            note: self.text("note"),
            extra: self.extra(),
            ..TourMeter::default()
        };
        TourRowContent { verdict: RowVerdict::accepted(line, self.findings), meter: Some(meter) }
    }

    fn text(&self, column: &str) -> String {
        self.fields.get(column).cloned().unwrap_or_default()
    }

    fn warn(&mut self, code: &'static str, column: &str, message: impl Into<String>) {
        self.findings.push(Finding::new(code, column, message));
    }

    /// Reads an optional field; what cannot be read is left out with a warning.
    fn parsed<T>(
        &mut self,
        column: &str,
        code: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let value = parse(&text);
        if value.is_none() {
            self.warn(code, column, format!("{text:?} was left out: expected {expected}"));
        }
        value
    }

    fn sends(&mut self) -> Option<String> {
        let expected = "days and hours such as Mon-Fri 08-18";
        let window = self.parsed("sends", "bad_sending_window", expected, |text| text.parse().ok());
        window.map(|window: SendingWindow| window.to_string())
    }

    fn link_modes(&mut self) -> Option<String> {
        self.parsed("mode", "bad_link_mode", "link modes such as T1 or C1,T1", field::link_modes)
    }

    fn date(&mut self, column: &str) -> Option<String> {
        self.parsed(column, "bad_date", "a date such as 2026-12-31 or 31.12.2026", field::date)
    }

    fn decimal(&mut self, column: &str) -> Option<String> {
        self.parsed(column, "bad_decimal", "a number such as 123.5 or 123,5", field::decimal)
    }

    /// Reads the radio id; where the file has none, a meter number of its form stands in for it.
    fn radio_id(&mut self, meter_number: &str) -> Result<Option<String>, Finding> {
        let text = self.text("radio_id");
        if text.is_empty() {
            let radio_id = field::radio_id(meter_number).filter(|id| !id.padded);
            if radio_id.is_some() {
                self.warn(
                    "radio_id_from_meter_no",
                    "radio_id",
                    "no radio id: the meter number stands in for it",
                );
            }
            return Ok(radio_id.map(|id| id.digits));
        }
        let radio_id = field::radio_id(&text).ok_or_else(|| {
            let expected = "a radio id has 8 hexadecimal digits; format the column as text";
            Finding::new("bad_radio_id", "radio_id", format!("{text:?}: {expected}"))
        })?;
        if radio_id.padded {
            let message =
                format!("taken as {}; format the column as text so that zeros stay", radio_id.digits);
            self.warn("leading_zeros_added", "radio_id", message);
        }
        Ok(Some(radio_id.digits))
    }

    /// Reads the key; the warning never repeats it.
    fn key(&mut self, has_radio_id: bool) -> Option<MeterKey> {
        let text = self.text("key");
        if text.is_empty() {
            return None;
        }
        if !has_radio_id {
            self.warn("key_without_radio_id", "key", "the key was left out: it belongs to a radio id");
            return None;
        }
        let key = text.parse::<MeterKey>();
        if let Err(error) = &key {
            self.warn("key_malformed", "key", format!("the key was left out: {error}"));
        }
        key.ok()
    }

    fn extra(&mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.fields)
            .into_iter()
            .filter(|(column, _)| !COLUMNS.contains(&column.as_str()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Verdict;

    fn codes(row: &TourRowContent) -> Vec<&str> {
        row.verdict.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_row_keeps_every_column_and_passes_unknown_ones_through() {
        let file = "seq;street;house;meter_no;radio_id;manufacturer;version;type;key;due_date;prev_value;low;unit;digits;extra_zone;Colour\n\
                    7;Lindenstraße;4a;0042;0012ab34;kam;27;0x16;000102030405060708090A0B0C0D0E0F;31.12.2026;98,10;-1;m³;8;7;red\n";
        let rows = read_tour(file.as_bytes(), Some("north")).unwrap().rows;
        assert_eq!(codes(&rows[0]), Vec::<&str>::new());
        let meter = rows[0].meter.as_ref().unwrap();
        assert_eq!((meter.position, meter.street.as_str(), meter.house.as_str()), (7, "Lindenstraße", "4a"));
        assert_eq!((meter.meter_number.as_str(), meter.radio_id.as_deref()), ("0042", Some("0012AB34")));
        assert_eq!(
            (meter.manufacturer.as_deref(), meter.version, meter.device_type),
            (Some("KAM"), Some(27), Some(0x16))
        );
        assert_eq!(
            (meter.due_date.as_deref(), meter.previous_value.as_deref()),
            (Some("2026-12-31"), Some("98.10"))
        );
        assert_eq!(
            (meter.low.as_deref(), meter.unit.as_deref(), meter.digits),
            (Some("-1"), Some("m³"), Some(8))
        );
        assert!(meter.key.is_some());
        let extra: Vec<_> = meter.extra.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(extra, [("colour", "red"), ("extra_zone", "7")]);
    }

    #[test]
    fn a_row_says_in_which_link_modes_the_meter_may_send() {
        let file = "meter_no;mode\na;t1\nb;S1-m C1\nc;\nd;FM\n";
        let rows = read_tour(file.as_bytes(), Some("north")).unwrap().rows;
        let modes: Vec<_> =
            rows.iter().map(|row| row.meter.as_ref().unwrap().link_modes.as_deref()).collect();
        assert_eq!(modes, [Some("T1"), Some("S1-m,C1"), None, None]);
        assert_eq!((codes(&rows[0]).len(), codes(&rows[3])), (0, vec!["bad_link_mode"]));
    }

    #[test]
    fn a_row_says_who_lives_there_and_when_the_meter_sends() {
        let file = "meter_no;name;sends\na;Novak;Mo-Fr 8-18\nb;;at night\nc;;\n";
        let rows = read_tour(file.as_bytes(), Some("north")).unwrap().rows;
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                (row.meter.as_ref().unwrap().name.as_str(), row.meter.as_ref().unwrap().sends.as_deref())
            })
            .collect();
        assert_eq!(told, [("Novak", Some("Mon-Fri 08-18")), ("", None), ("", None)]);
        assert_eq!((codes(&rows[0]).len(), codes(&rows[1])), (0, vec!["bad_sending_window"]));
    }

    #[test]
    fn bad_optional_fields_are_left_out_and_bad_identities_refuse_the_row() {
        let file = "meter_no;radio_id;due_date;prev_value;key;tour\n\
                    a;12345678;tomorrow;many;0011;south\n\
                    b;nonsense;;;;\n\
                    ;;2026-12-31;;;\n\
                    c;12345678;;;;\n\
                    d;4711;;;;\n\
                    87654321;;;;;\n\
                    tap;;;;;\n";
        let rows = read_tour(file.as_bytes(), Some("north")).unwrap().rows;
        let expected: [(&[&str], Verdict); 7] = [
            (&["other_tour", "key_malformed", "bad_date", "bad_decimal"], Verdict::AcceptedWithWarnings),
            (&["bad_radio_id"], Verdict::Refused),
            (&["meter_missing"], Verdict::Refused),
            (&["radio_id_repeated"], Verdict::AcceptedWithWarnings),
            (&["leading_zeros_added"], Verdict::AcceptedWithWarnings),
            (&["radio_id_from_meter_no"], Verdict::AcceptedWithWarnings),
            (&[], Verdict::Accepted),
        ];
        for (row, (expected, verdict)) in rows.iter().zip(expected) {
            assert_eq!((codes(row).as_slice(), row.verdict.verdict), (expected, verdict), "{row:?}");
        }
        assert!(rows[0].verdict.findings.iter().all(|finding| !finding.message.contains("0011")));
    }

    #[test]
    fn a_file_without_meters_is_refused() {
        let missing = TableError::MissingColumn { column: "meter_no or radio_id" };
        assert_eq!(read_tour(b"street;house\nx;1\n", None), Err(missing));
    }

    #[test]
    fn a_file_says_which_columns_are_read_and_which_pass_through() {
        let file =
            read_tour(b"Meter_No;prev_value;zone;tour\na;1;7;\nb;1;7;north\nc;1;7;south\n", None).unwrap();
        let columns: Vec<_> =
            file.columns.iter().map(|column| (column.header.as_str(), column.field.as_deref())).collect();
        assert_eq!(
            columns,
            [
                ("meter_no", Some("meter_number")),
                ("prev_value", Some("previous_value")),
                ("zone", None),
                ("tour", Some("tour")),
            ]
        );
        // The first name is taken for the tour's.
        assert_eq!(file.rows.iter().map(codes).collect::<Vec<_>>(), [vec![], vec![], vec!["other_tour"]]);
    }
}
