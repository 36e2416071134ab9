//! The data link layer: frames with their CRCs, C, M and A fields (EN 13757-4 clause 12; EN 13757-2).

mod control;
mod error;
mod format;
mod frame;
mod header;

pub use control::control_name;
pub(crate) use control::{is_control, is_user_data_to_meter};
pub use error::FrameError;
pub use format::FrameFormat;
pub use frame::Frame;
pub use header::{AddressOrder, LinkHeader};
