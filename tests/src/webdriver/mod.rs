//! Real windows driven from outside: a small WebDriver client, and what it needs around it.
//!
//! [`Page`] finds what a person would look for, by role, label or words, and waits for it. [`Session`] is
//! the protocol beneath ([W3C WebDriver](https://www.w3.org/TR/webdriver2/)), [`Tools`] the programs of
//! the system, [`Display`] a screen of its own for the app's window.

mod accessibility;
mod display;
mod locator;
mod page;
mod process;
mod session;
mod tools;

pub use display::Display;
pub use locator::{Locator, Role, css, named, text};
pub use page::{Camera, Page};
pub use process::{Group, Turn, free_port, wait_for_port};
pub use session::{Element, Session, WebDriverError};
pub use tools::Tools;
