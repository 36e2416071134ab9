//! What the tests of the whole chain and the demo share: the real programs, driven from outside.

pub mod demo;
pub mod faces;
pub mod handheld;
pub mod office;
pub mod programs;
pub mod server;
pub mod simulation;
pub mod webdriver;
