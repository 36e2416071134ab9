//! CUL, nanoCUL and other radios with culfw or a-culfw (receivers.md §5).

mod line;
mod protocol;

pub(super) use protocol::Cul;
