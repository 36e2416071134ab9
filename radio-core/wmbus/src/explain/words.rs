//! What is said of some bytes.

use alloc::string::String;
use alloc::string::ToString;
use core::fmt;

/// What is said of some bytes: a sentence, and where the standard names the field, name and value apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(super) field: &'static str,
    pub(super) value: Option<String>,
    pub(super) text: String,
    pub(super) is_warning: bool,
}

impl Words {
    /// Adds the name that the standard gives the field, such as `ACC`.
    pub(crate) fn named(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }

    /// Goes on with the sentence.
    pub(crate) fn and(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds the value.
    pub(crate) fn valued(mut self, value: impl fmt::Display) -> Self {
        self.value = Some(value.to_string());
        self
    }

    /// Says whether a person should look at it.
    pub(crate) fn warning(mut self, is_warning: bool) -> Self {
        self.is_warning = is_warning;
        self
    }
}

/// Begins with a sentence.
pub(crate) fn words(text: impl Into<String>) -> Words {
    Words { text: text.into(), ..Words::default() }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        words(text)
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        words(text)
    }
}
