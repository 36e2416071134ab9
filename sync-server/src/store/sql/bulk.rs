//! Statements over many rows at once, which the two databases write differently.

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    Integer,
    Text,
    Blob,
    Uuid,
}

/// A column and its type.
pub(in crate::store) type Column = (&'static str, Kind);

/// What an insert does where a row with the same key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum OnConflict {
    /// The earlier row stays.
    Keep,
    /// The new row takes its place.
    Replace,
}

/// An insert of many rows.
#[derive(Debug)]
pub(in crate::store) struct Insert {
    pub(in crate::store) table: &'static str,
    pub(in crate::store) columns: &'static [Column],
    /// How many of the first columns are the key.
    pub(in crate::store) key: usize,
    pub(in crate::store) on_conflict: OnConflict,
}

impl Insert {
    /// Writes `INSERT INTO table (columns)`.
    pub(in crate::store) fn head(&self) -> String {
        format!("INSERT INTO {} ({})", self.table, names(self.columns))
    }

    /// Writes `ON CONFLICT …`.
    pub(in crate::store) fn tail(&self) -> String {
        match self.on_conflict {
            OnConflict::Keep => "ON CONFLICT DO NOTHING".to_owned(),
            OnConflict::Replace => {
                let set =
                    self.columns.iter().skip(self.key).map(|(name, _)| format!("{name} = excluded.{name}"));
                format!(
                    "ON CONFLICT ({}) DO UPDATE SET {}",
                    names(self.key_columns()),
                    set.collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    /// Returns the columns of the key.
    pub(in crate::store) fn key_columns(&self) -> &'static [Column] {
        self.columns.get(..self.key).unwrap_or_default()
    }
}

/// A search for many keys.
#[derive(Debug)]
pub(in crate::store) struct Lookup {
    /// `SELECT … FROM one_table`, without conditions.
    pub(in crate::store) select: &'static str,
    pub(in crate::store) keys: &'static [Column],
}

/// A deletion of many keys.
#[derive(Debug)]
pub(in crate::store) struct Delete {
    pub(in crate::store) table: &'static str,
    pub(in crate::store) keys: &'static [Column],
}

/// Writes the names of columns, with commas.
pub(in crate::store) fn names(columns: &[Column]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Writes `a = $1 AND b = $2`.
pub(in crate::store) fn equals(columns: &[Column]) -> String {
    let terms = columns.iter().zip(1..).map(|((name, _), number)| format!("{name} = ${number}"));
    terms.collect::<Vec<_>>().join(" AND ")
}
