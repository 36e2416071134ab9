//! What all modes share once chips are sought: pulses and their correlations, the least certain decisions, and the
//! correction of a block whose CRC does not fit.

mod correction;
mod event;
mod explanation;
mod pulse;
mod syndrome;

pub(crate) use correction::Corrector;
pub(crate) use event::{ErrorEvent, flip};
pub(crate) use explanation::Explainer;
pub(crate) use pulse::{Correlation, Pulse, bent};
pub(crate) use syndrome::syndrome_of;
