//! Puts an emulator behind a port of this machine.

mod bridge;
mod host;
mod port;
#[cfg(unix)]
mod pty;
mod station;
mod tcp;

pub use bridge::Bridge;
pub use station::Station;
