//! A telegram in hexadecimal and nothing else.

use super::{LineError, line::Span};
use crate::ReceivedFrame;

pub(super) fn parse(line: Span<'_>) -> Result<ReceivedFrame, LineError> {
    line.frame()
}
