//! Receives modes T and C: blind, without any knowledge of when, how fast or at which frequency a meter sends.
//!
//! Detector → synchronisation → estimate → sequence detection → CRC: each stage is costlier than the one before and
//! sees only what that one let through.

mod budget;
mod chips;
mod decoder;
mod detector;
mod estimate;
mod frame;
mod grid;
mod header;
mod model;
mod receiver;
mod subtract;
mod sync;
mod track;
mod words;

pub(crate) use receiver::Receiver;
