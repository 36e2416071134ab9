//! Each receiver's driver against the receiver's emulator, which was written from the same documents by another
//! hand: what is in the air comes out, byte for byte, whatever goes wrong on the way.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod ears;
mod faults;
mod hearing;
mod networks;
mod program;
mod simulation;
mod sticks;
mod telegrams;
