//! A telegram: a frame understood with all its layers.

mod addresses;
mod content;
mod decode;
mod doubts;
mod error;
mod explain;
mod formats;
mod fragment;
mod layers;
mod messages;
mod open_ell;
mod reassembly;
mod recognise;
mod security;
mod unseal;
mod waiting;

pub use addresses::Addresses;
pub use content::{Content, SealedReason, application_error_name};
pub use decode::Telegram;
pub use error::{DecodeError, Warning};
pub use messages::whole_messages;
pub use reassembly::Reassembly;
pub use security::{Authentication, Security};
pub use waiting::WaitingFrames;
