//! A key file from an office.

use radio_core::keys::KeyFile;

/// Reads a key file: every row has its verdict, in the order of the file, and none repeats a key.
///
/// # Panics
/// When it does not hold.
pub fn key_file(bytes: &[u8]) {
    // The bytes are no password's fault: a file that is encrypted is opened with one or refused.
    let _ = KeyFile::read(bytes, Some("walkby"));
    let file = KeyFile::parse(bytes);
    assert!(file.rows.is_sorted_by_key(|row| row.line), "verdicts are out of order");
    let accepted = file.rows.iter().filter(|row| row.verdict.is_accepted()).count();
    assert_eq!(file.refused().count() + accepted, file.rows.len());
    let told: String = file.rows.iter().map(|row| format!("{row}{row:?}\n")).collect();
    // A key is 32 digits, and no verdict has so many in a row.
    let longest = told.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max().unwrap_or(0);
    assert!(longest < 32, "a verdict repeats a key");
}
