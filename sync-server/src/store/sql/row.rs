//! Reading a row column by column, in the order of the statement.

use sync_protocol::Timestamp;
use uuid::Uuid;

use super::{Result, Value};
use crate::store::StoreError;

/// A row of an answer, read from left to right.
pub(in crate::store) struct Row {
    values: std::vec::IntoIter<Value>,
}

impl Row {
    pub(in crate::store) fn new(values: Vec<Value>) -> Self {
        Self { values: values.into_iter() }
    }

    /// Returns the values that were not read.
    pub(in crate::store) fn into_values(self) -> Vec<Value> {
        self.values.collect()
    }

    /// Returns the next value.
    fn next(&mut self) -> Result<Value> {
        self.values.next().ok_or(StoreError::Corrupt { place: "a row that is too short" })
    }

    pub(in crate::store) fn text(&mut self) -> Result<String> {
        match self.next()? {
            Value::Text(text) => Ok(text),
            _ => Err(StoreError::Corrupt { place: "a text column" }),
        }
    }

    pub(in crate::store) fn optional_text(&mut self) -> Result<Option<String>> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(StoreError::Corrupt { place: "a text column" }),
        }
    }

    pub(in crate::store) fn blob(&mut self) -> Result<Vec<u8>> {
        match self.next()? {
            Value::Blob(bytes) => Ok(bytes),
            _ => Err(StoreError::Corrupt { place: "a column of bytes" }),
        }
    }

    pub(in crate::store) fn optional_blob(&mut self) -> Result<Option<Vec<u8>>> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Blob(bytes) => Ok(Some(bytes)),
            _ => Err(StoreError::Corrupt { place: "a column of bytes" }),
        }
    }

    pub(in crate::store) fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.blob()?.try_into().map_err(|_| StoreError::Corrupt { place: "a column of a fixed length" })
    }

    pub(in crate::store) fn uuid(&mut self) -> Result<Uuid> {
        self.optional_uuid()?.ok_or(StoreError::Corrupt { place: "an identity column" })
    }

    pub(in crate::store) fn optional_uuid(&mut self) -> Result<Option<Uuid>> {
        const CORRUPT: StoreError = StoreError::Corrupt { place: "an identity column" };
        match self.next()? {
            Value::Null => Ok(None),
            Value::Uuid(id) => Ok(Some(id)),
            // SQLite has no type for them.
            Value::Blob(bytes) => Uuid::from_slice(&bytes).map(Some).map_err(|_| CORRUPT),
            _ => Err(CORRUPT),
        }
    }

    pub(in crate::store) fn integer(&mut self) -> Result<i64> {
        self.optional_integer()?.ok_or(StoreError::Corrupt { place: "a number column" })
    }

    pub(in crate::store) fn optional_integer(&mut self) -> Result<Option<i64>> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Integer(number) => Ok(Some(number)),
            _ => Err(StoreError::Corrupt { place: "a number column" }),
        }
    }

    /// Returns the next number within a smaller type.
    pub(in crate::store) fn number<T: TryFrom<i64>>(&mut self) -> Result<T> {
        T::try_from(self.integer()?).map_err(|_| StoreError::Corrupt { place: "a number's range" })
    }

    /// Returns the next number within a smaller type, or none.
    pub(in crate::store) fn optional_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>> {
        self.optional_integer()?
            .map(|number| T::try_from(number).map_err(|_| StoreError::Corrupt { place: "a number's range" }))
            .transpose()
    }

    pub(in crate::store) fn timestamp(&mut self) -> Result<Timestamp> {
        Ok(Timestamp::from_millis(self.integer()?))
    }

    pub(in crate::store) fn optional_timestamp(&mut self) -> Result<Option<Timestamp>> {
        Ok(self.optional_integer()?.map(Timestamp::from_millis))
    }
}
