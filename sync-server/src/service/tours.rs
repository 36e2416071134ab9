//! Tours: made from the office's CSV, given to handhelds, released for walking.

use sync_protocol::{MeterKey, ReplicaId, TourId, TourMeter, TourMeterId};

use super::environment::mint_uuid;
use super::live::Notice;
use super::{Actor, Result, Service, ServiceError, TourImport};
use crate::import::read_tour;
use crate::store::Transaction;
use crate::store::rows::{Assignment, TourMeterRow, TourRow};

/// Characters of a tour's name at most.
const NAME_CHARACTERS: usize = 200;

impl Service {
    /// Creates a tour from a CSV in the neutral columns. Rows that cannot be taken are left out with a
    /// verdict; keys go to the sealed store.
    ///
    /// # Errors
    /// `Unprocessable` when the file as a whole is no tour, or the name is empty or too long.
    pub async fn create_tour(&self, actor: Actor, name: &str, csv: &[u8]) -> Result<TourImport> {
        let name = check_name(name)?;
        let rows =
            read_tour(csv, Some(&name)).map_err(|error| ServiceError::Unprocessable(error.to_string()))?.rows;
        let (verdicts, meters): (Vec<_>, Vec<_>) =
            rows.into_iter().map(|row| (row.verdict, row.meter)).unzip();
        let meters: Vec<TourMeter> = meters.into_iter().flatten().collect();
        let accepted = u32::try_from(meters.len()).unwrap_or(u32::MAX);
        let refused = u32::try_from(verdicts.len()).unwrap_or(u32::MAX).saturating_sub(accepted);
        let tour = if meters.is_empty() { None } else { Some(self.keep_tour(actor, name, meters).await?) };
        Ok(TourImport { tour, accepted, refused, rows: verdicts })
    }

    async fn keep_tour(&self, actor: Actor, name: String, meters: Vec<TourMeter>) -> Result<TourId> {
        let id = TourId(mint_uuid(&*self.environment)?);
        let mut keys: Vec<(String, MeterKey)> = Vec::new();
        let mut lines = Vec::with_capacity(meters.len());
        let due_date = common_due_date(&meters);
        let mut tx = self.begin().await?;
        let change = tx.advance(1).await?;
        for mut meter in meters {
            meter.id = TourMeterId(mint_uuid(&*self.environment)?);
            meter.tour = id;
            if let (Some(radio_id), Some(key)) = (&meter.radio_id, meter.key.take()) {
                keys.push((radio_id.clone(), key));
            }
            lines.push(TourMeterRow { meter, change });
        }
        let row = TourRow {
            id,
            name: name.clone(),
            due_date,
            meters: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            created_at: self.now(),
            released_at: None,
            changed_at: self.now(),
            change,
        };
        let detail = format!("{name}: {} meters, {} keys", lines.len(), keys.len());
        tx.put_tour(row).await?;
        tx.insert_tour_meters(lines).await?;
        let mut notices = self.take_keys(&mut *tx, keys).await?.notices;
        notices.push(Notice::Tour(id));
        self.record(&mut *tx, actor, "tour_create", id.to_string(), detail).await?;
        self.commit_and_tell(tx, notices).await?;
        Ok(id)
    }

    /// Gives a tour to a handheld; it sees the tour once it is released. Several handhelds may have a
    /// tour.
    ///
    /// # Errors
    /// `NotFound` when there is no such tour or handheld, `Conflict` when the handheld was revoked.
    pub async fn assign_tour(&self, actor: Actor, tour: TourId, replica: ReplicaId) -> Result<()> {
        let mut tx = self.begin().await?;
        let row = known_tour(&mut *tx, tour).await?;
        let handheld = tx.handheld(replica).await?.ok_or(ServiceError::NotFound("handheld"))?;
        if handheld.revoked_at.is_some() {
            return Err(ServiceError::Conflict("the handheld was revoked; pair it again"));
        }
        if active_assignment(&mut *tx, tour, replica).await?.is_some() {
            return Ok(());
        }
        tx.put_assignment(Assignment { tour, replica, assigned_at: self.now(), withdrawn_at: None }).await?;
        if row.released_at.is_some() {
            self.publish_tour(&mut *tx, tour, replica).await?;
        }
        tx.touch_tour(tour, self.now()).await?;
        self.record(&mut *tx, actor, "tour_assign", tour.to_string(), replica.to_string()).await?;
        self.commit_and_tell(tx, vec![Notice::Tour(tour), Notice::Handheld(replica)]).await
    }

    /// Takes a tour from a handheld: it wipes the tour's keys, and keeps its facts until they are safe.
    ///
    /// # Errors
    /// `NotFound` when the handheld does not have the tour.
    pub async fn withdraw_tour(&self, actor: Actor, tour: TourId, replica: ReplicaId) -> Result<()> {
        let mut tx = self.begin().await?;
        let row = known_tour(&mut *tx, tour).await?;
        let assignment = active_assignment(&mut *tx, tour, replica)
            .await?
            .ok_or(ServiceError::NotFound("assignment of this tour to this handheld"))?;
        tx.put_assignment(Assignment { withdrawn_at: Some(self.now()), ..assignment }).await?;
        if row.released_at.is_some() {
            self.publish_withdrawal(&mut *tx, tour, replica).await?;
        }
        tx.touch_tour(tour, self.now()).await?;
        self.record(&mut *tx, actor, "tour_withdraw", tour.to_string(), replica.to_string()).await?;
        self.commit_and_tell(tx, vec![Notice::Tour(tour), Notice::Handheld(replica)]).await
    }

    /// Releases a tour for walking: only then its handhelds see it. Releasing it again changes nothing.
    ///
    /// # Errors
    /// `NotFound` when there is no such tour.
    pub async fn release_tour(&self, actor: Actor, tour: TourId) -> Result<()> {
        let mut tx = self.begin().await?;
        let row = known_tour(&mut *tx, tour).await?;
        if row.released_at.is_some() {
            return Ok(());
        }
        let change = tx.advance(1).await?;
        let now = self.now();
        let mut notices = vec![Notice::Tour(tour)];
        tx.put_tour(TourRow { released_at: Some(now), changed_at: now, change, ..row }).await?;
        for assignment in tx.assignments(tour).await? {
            if assignment.withdrawn_at.is_none() {
                self.publish_tour(&mut *tx, tour, assignment.replica).await?;
                notices.push(Notice::Handheld(assignment.replica));
            }
        }
        self.record(&mut *tx, actor, "tour_release", tour.to_string(), "").await?;
        self.commit_and_tell(tx, notices).await
    }
}

/// Returns a tour, or says that there is none.
pub(super) async fn known_tour(tx: &mut dyn Transaction, tour: TourId) -> Result<TourRow> {
    tx.tour(tour).await?.ok_or(ServiceError::NotFound("tour"))
}

async fn active_assignment(
    tx: &mut dyn Transaction,
    tour: TourId,
    replica: ReplicaId,
) -> Result<Option<Assignment>> {
    let assignments = tx.assignments(tour).await?;
    Ok(assignments.into_iter().find(|row| row.replica == replica && row.withdrawn_at.is_none()))
}

fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS || name.chars().any(char::is_control) {
        let what = format!("the tour needs a name of 1 to {NAME_CHARACTERS} printable characters");
        return Err(ServiceError::Unprocessable(what));
    }
    Ok(name.to_owned())
}

/// Returns the due date if all lines have the same.
fn common_due_date(meters: &[TourMeter]) -> Option<String> {
    let first = meters.first()?.due_date.clone()?;
    meters.iter().all(|meter| meter.due_date.as_ref() == Some(&first)).then_some(first)
}
