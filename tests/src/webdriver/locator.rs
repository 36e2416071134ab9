//! What a person looks for on a page.

use std::fmt;

use serde::Serialize;

/// What a control or a part of the page is, as a screen reader says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Something to press.
    Button,
    /// Something that leads elsewhere.
    Link,
    /// A field for words or numbers.
    Field,
    /// A field for a file.
    File,
    /// A list to choose from.
    Select,
    /// One of several.
    Radio,
    /// On or off.
    Checkbox,
    /// A heading.
    Heading,
    /// A line of a list or a table.
    Row,
}

/// What to look for. Everything that is given must fit; the innermost such element is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Locator {
    role: Option<Role>,
    name: Option<String>,
    text: Option<String>,
    css: Option<String>,
    row: Option<String>,
    exact: bool,
}

/// Looks for a part of the page by role and name; the name may be a part of the whole name.
pub fn named(role: Role, name: &str) -> Locator {
    Locator { role: Some(role), name: Some(name.to_owned()), ..Locator::default() }
}

/// Looks for words anywhere on the page.
pub fn text(words: &str) -> Locator {
    Locator { text: Some(words.to_owned()), ..Locator::default() }
}

/// Looks by a CSS selector, where words differ by language or are not unique.
pub fn css(selector: &str) -> Locator {
    Locator { css: Some(selector.to_owned()), ..Locator::default() }
}

impl Locator {
    /// Looks for the field that takes a file.
    pub(super) fn file() -> Self {
        Self { role: Some(Role::File), ..Self::default() }
    }

    /// Looks only for one whose whole name this is.
    #[must_use]
    pub fn exactly(self) -> Self {
        Self { exact: true, ..self }
    }

    /// Looks only in the line of a list or a table that holds these words.
    #[must_use]
    pub fn with_row(self, words: &str) -> Self {
        Self { row: Some(words.to_owned()), ..self }
    }

    /// Looks only for one that holds these words.
    #[must_use]
    pub fn with_text(self, words: &str) -> Self {
        Self { text: Some(words.to_owned()), ..self }
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(role) = self.role {
            write!(f, "{role:?} ")?;
        }
        if let Some(name) = &self.name {
            write!(f, "“{name}” ")?;
        }
        if let Some(css) = &self.css {
            write!(f, "`{css}` ")?;
        }
        if let Some(text) = &self.text {
            write!(f, "with the words “{text}” ")?;
        }
        if let Some(row) = &self.row {
            write!(f, "in the line “{row}” ")?;
        }
        write!(f, "on the page")
    }
}
