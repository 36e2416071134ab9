//! The handheld without a window.
fn main() {}
