//! Puts an emulator behind a port of this machine.

mod host;
mod port;
#[cfg(unix)]
mod pty;
mod station;
mod tcp;

pub use station::Station;
