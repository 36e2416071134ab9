//! What a CSV would do, before it does it.

use sync_server::Actor;
use sync_server::import::Verdict;
use sync_server::service::{Preview, PreviewMeter, VerdictCounts};

use crate::kit::{Kit, on_every_store};
use crate::telegrams::KEY;

on_every_store! {
    a_tour_is_judged_row_by_row_and_not_created,
    what_the_server_knows_of_a_meter_shows_in_its_row,
    a_file_that_cannot_be_read_says_why,
}

async fn preview(kit: &Kit, csv: &str) -> Preview<PreviewMeter> {
    kit.service.preview_tour(csv.as_bytes()).await.unwrap()
}

fn codes<What>(preview: &Preview<What>) -> Vec<(u64, Verdict, Vec<&str>)> {
    let rows = preview.rows.iter().map(|row| &row.verdict);
    rows.map(|row| (row.line, row.verdict, row.findings.iter().map(|finding| finding.code).collect()))
        .collect()
}

async fn a_tour_is_judged_row_by_row_and_not_created(kit: &Kit) {
    let csv = format!(
        "meter_no;radio_id;street;house;key;prev_value;low;high;zone\n\
         a;00000001;Lindenstraße;4;{KEY};1,5;10;9.5;7\n\
         b;00000002;;;;2;1;2;\n\
         c;nonsense;;;{KEY};;;;\n\
         d;;;;;3;;;\n\
         e;00000005;;;{KEY};;;;\n\
         f;00000006;;;{KEY};5;;;\n"
    );
    let found = preview(kit, &csv).await;
    assert_eq!(found.refused_file, None);
    assert_eq!(
        codes(&found),
        [
            (4, Verdict::Refused, vec!["bad_radio_id"]),
            (2, Verdict::AcceptedWithWarnings, vec!["limits_reversed"]),
            (3, Verdict::AcceptedWithWarnings, vec!["no_key"]),
            (6, Verdict::AcceptedWithWarnings, vec!["no_previous_value"]),
            (5, Verdict::Accepted, vec![]),
            (7, Verdict::Accepted, vec![]),
        ]
    );
    assert_eq!(found.counts, VerdictCounts { accepted: 2, accepted_with_warnings: 3, refused: 1 });
    assert_eq!(found.rows[0].what, None);
    let what = found.rows[1].what.as_ref().unwrap();
    assert_eq!((what.street.as_str(), what.house.as_str(), what.has_key), ("Lindenstraße", "4", true));
    assert_eq!(found.columns.last().unwrap().field, None);
    let told = serde_json::to_string(&found).unwrap();
    assert!(!told.to_uppercase().contains(KEY), "{told}");
    assert_eq!(kit.service.tours().await.unwrap(), []);
    assert_eq!(kit.service.audit(None, 10).await.unwrap(), []);
}

async fn what_the_server_knows_of_a_meter_shows_in_its_row(kit: &Kit) {
    let csv = "meter_no;radio_id\na;00000001\nb;00000002\n";
    assert_eq!(preview(kit, csv).await.counts.accepted_with_warnings, 2);
    kit.service.create_tour(Actor::Admin, "north", b"meter_no;radio_id\na;00000001\n").await.unwrap();
    let keys = format!("id;key\n00000001;{KEY}\n00000002;{KEY}\n");
    kit.service.import_keys(Actor::Admin, keys.as_bytes()).await.unwrap();
    let found = preview(kit, csv).await;
    assert_eq!(
        codes(&found),
        [(2, Verdict::AcceptedWithWarnings, vec!["in_other_tour"]), (3, Verdict::Accepted, vec![])]
    );
    assert!(found.rows.iter().all(|row| row.what.as_ref().unwrap().has_key));
}

async fn a_file_that_cannot_be_read_says_why(kit: &Kit) {
    let utf16: Vec<u8> =
        "\u{FEFF}meter_no;street\na;Süd\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (file, code, line, words) in [
        (b"".as_slice(), "csv_empty", None, "the file is empty"),
        (b"meter_no\n", "csv_empty", None, "no row below the header"),
        (&utf16, "csv_encoding", None, "not UTF-8 but UTF-16"),
        (b"meter_no;Stra\xDFe\na;b\n", "csv_encoding", None, "not UTF-8 but Windows-1252 (Latin-1)"),
        (b"street\nx\n", "csv_missing_column", Some(1), "no column meter_no or radio_id"),
        (b"meter_no;Meter_No\na;b\n", "csv_repeated_column", Some(1), "the column meter_no stands twice"),
        (b"meter_no;note\na;x\nb;\"y\nc;z\n", "csv_quote_not_closed", Some(3), "a quote on line 3"),
    ] {
        let found = kit.service.preview_tour(file).await.unwrap();
        let refusal = found.refused_file.expect(code);
        assert_eq!((refusal.code, refusal.line), (code, line));
        assert!(refusal.message.contains(words), "{}", refusal.message);
        assert_eq!((found.rows.len(), found.counts), (0, VerdictCounts::default()));
    }
    // A good header, and one row as an old spreadsheet writes it: the others stand.
    let mixed = kit.service.preview_tour(b"meter_no;street\na;S\xFCd\nb;Nord\n").await.unwrap();
    assert_eq!(codes(&mixed), [(2, Verdict::Refused, vec!["not_utf8"]), (3, Verdict::Accepted, vec![])]);
    assert!(mixed.rows[0].verdict.findings[0].message.contains("Windows-1252"));
}
