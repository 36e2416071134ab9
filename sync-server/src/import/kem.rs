//! KEM and KEM2 files as Kamstrup sends them, opened with their password.

use kem_files::{KemFileError, KemMeter};

use super::keys::{KeyFile, KeyRows};
use super::table::Column;

/// What the texts of a meter are called in the file.
const NUMBER: &str = "SerialNo";
const KEY: &str = "DEK";

/// Reads the meters of a file; their place in the list stands for the line.
pub(super) fn read(content: &[u8], password: Option<&str>) -> Result<KeyFile, KemFileError> {
    let names = [NUMBER, KEY].map(str::to_owned);
    let columns = Column::all(&names, |name| match name {
        NUMBER => Some("identification_number"),
        KEY => Some("key"),
        _ => None,
    });
    let mut rows = KeyRows::default();
    for (place, KemMeter { number, key, .. }) in (1..).zip(kem_files::meters(content, password)?) {
        let key = key.as_ref().map_or("", |key| key.as_str());
        rows.read(place, (NUMBER, number.as_deref().unwrap_or_default()), (KEY, key));
    }
    Ok(KeyFile { columns, rows: rows.into_rows() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{KeyUpload, read_keys};

    /// The document below, encrypted with `12345` as a KEM file is:
    ///
    /// ```xml
    /// <MetersInOrder><Meter><SerialNo>76348799</SerialNo><DEK>000102030405060708090A0B0C0D0E0F</DEK></Meter>
    /// <Meter><SerialNo>12345</SerialNo></Meter></MetersInOrder>
    /// ```
    const FILE: &str = "<EncryptedData><CipherData><CipherValue>\
        +yo+hXnWez2kz/vgi8bPOKZIoMslaO8oTlrwwO1Vuk8fZIm8oioHuwtTknDG4+3cyOCcd3YYyp7jUJuQlKzVQtglUg\
        u4Kki1WUOsgwERHPLBapAo33HM9vh1IwYUz2CtqPmtfrocSEZQMWeC4Kfc/7qA8MCxF4e50rPa4KqZEXHwXUrOCs3G\
        TmRWKi7xyF9uJHxSpumrPUzu6bkAkzFMTngs4LSRI++3NAvZHb15paA=\
        </CipherValue></CipherData></EncryptedData>";

    #[test]
    fn a_kem_file_gives_the_key_of_every_meter_that_has_one() {
        let file = read(FILE.as_bytes(), Some("12345")).unwrap();
        let keys: Vec<_> = file.rows.iter().map(|row| row.key.clone()).collect();
        let key = "000102030405060708090A0B0C0D0E0F".parse().unwrap();
        assert_eq!(keys, [Some(("76348799".to_owned(), key)), None]);
        let codes: Vec<Vec<&str>> = file
            .rows
            .iter()
            .map(|row| row.verdict.findings.iter().map(|finding| finding.code).collect())
            .collect();
        assert_eq!(codes, [vec![], vec!["leading_zeros_added", "key_missing"]]);
        let fields: Vec<_> = file.columns.iter().map(|column| column.field.as_deref()).collect();
        assert_eq!(fields, [Some("identification_number"), Some("key")]);
    }

    #[test]
    fn a_wrong_password_is_told_from_a_missing_one() {
        for (password, code) in [(None, "password_missing"), (Some("54321"), "wrong_password")] {
            let upload = KeyUpload { content: FILE.as_bytes(), password };
            assert_eq!(read_keys(upload).unwrap_err().code(), code);
        }
    }
}
