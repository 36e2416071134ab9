//! The content of an event, read when it is sent.

use serde::Serialize;
use sync_protocol::TourId;

use super::super::standing::LineRow;
use super::super::{Result, Service, ServiceError};
use super::Notice;

/// An event as listeners get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LiveEvent {
    /// What it is, such as `tour`.
    pub(crate) name: &'static str,
    /// JSON on one line.
    pub(crate) data: String,
}

/// A line whose standing changed.
#[derive(Debug, Serialize)]
struct ChangedLine {
    tour: TourId,
    line: LineRow,
}

impl Service {
    /// Reads what changed; none where it is gone, or is no business of the office.
    pub(crate) async fn live_event(&self, notice: Notice) -> Result<Option<LiveEvent>> {
        match notice {
            Notice::Tour(tour) => self.tour_summary(tour).await?.map(|tour| event("tour", &tour)).transpose(),
            Notice::Line(tour, line) => {
                let line = self.line(tour, line).await?;
                line.map(|line| event("line", &ChangedLine { tour, line })).transpose()
            }
            Notice::Handheld(replica) => match self.handheld_detail(replica).await {
                Ok(handheld) => event("handheld", &handheld).map(Some),
                Err(ServiceError::NotFound(_)) => Ok(None),
                Err(error) => Err(error),
            },
            Notice::Keys => event("keys", &self.key_counts().await?).map(Some),
            Notice::Sessions => Ok(None),
        }
    }
}

fn event(name: &'static str, content: &impl Serialize) -> Result<LiveEvent> {
    let data =
        serde_json::to_string(content).map_err(|_| ServiceError::Internal("an event cannot be written"))?;
    Ok(LiveEvent { name, data })
}
