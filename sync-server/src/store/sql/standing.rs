//! How lines of tours stand.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sync_protocol::{ReplicaEpoch, ReplicaId, TelegramId, Timestamp, TourId, TourMeterId};

use super::derived::{DERIVATIONS_BY_KEY, READINGS_BY_KEY, derivation, placed_reading};
use super::facts::{EVENTS_BY_LINE, RECEPTIONS_BY_METER};
use super::facts_rows::{event, reception, waiting};
use super::tours::assignment;
use super::{Delete, Driver, Insert, Kind, Lookup, OnConflict, Result, Row, SqlTransaction, Value};
use crate::store::rows::{Assignment, Derivation, EventRow, PlacedReading, ReceptionRow};
use crate::store::{BILLED, MOST_TOTALS, StandingCount, StandingRow, Standings, ToldSequence, TourContact};

static STALE_LINES: Insert = Insert {
    table: "stale_lines",
    columns: &[("tour_meter", Kind::Uuid)],
    key: 1,
    on_conflict: OnConflict::Keep,
};

static STALE_LINES_TO_DELETE: Delete = Delete { table: "stale_lines", keys: &[("tour_meter", Kind::Uuid)] };

static STANDINGS: Insert = Insert {
    table: "line_standings",
    columns: &[
        ("tour", Kind::Uuid),
        ("tour_meter", Kind::Uuid),
        ("state", Kind::Text),
        ("has_alarm", Kind::Integer),
        ("standing", Kind::Text),
    ],
    key: 2,
    on_conflict: OnConflict::Replace,
};

macro_rules! standing_select {
    ($tail:literal) => {
        concat!("SELECT tour, tour_meter, state, has_alarm, standing FROM line_standings", $tail)
    };
}

static STANDINGS_BY_LINE: Lookup =
    Lookup { select: standing_select!(""), keys: &[("tour", Kind::Uuid), ("tour_meter", Kind::Uuid)] };

static CONTACTS: Insert = Insert {
    table: "tour_contacts",
    columns: &[
        ("tour", Kind::Uuid),
        ("replica", Kind::Uuid),
        ("pulled_at", Kind::Integer),
        ("pushed_at", Kind::Integer),
    ],
    key: 2,
    on_conflict: OnConflict::Replace,
};

fn standing(mut row: Row) -> Result<StandingRow> {
    Ok(StandingRow {
        tour: TourId(row.uuid()?),
        tour_meter: TourMeterId(row.uuid()?),
        state: row.text()?,
        has_alarm: row.integer()? != 0,
        standing: row.text()?,
    })
}

fn count(mut row: Row) -> Result<StandingCount> {
    Ok(StandingCount {
        tour: TourId(row.uuid()?),
        state: row.text()?,
        lines: row.number()?,
        alarms: row.number()?,
    })
}

fn contact(mut row: Row) -> Result<TourContact> {
    Ok(TourContact {
        tour: TourId(row.uuid()?),
        replica: ReplicaId(row.uuid()?),
        pulled_at: row.optional_timestamp()?,
        pushed_at: row.optional_timestamp()?,
    })
}

fn line_key((tour, line): (TourId, TourMeterId)) -> Vec<Value> {
    vec![tour.0.into(), line.0.into()]
}

fn of_tour(tour: Option<TourId>) -> Vec<Value> {
    tour.into_iter().map(|tour| tour.0.into()).collect()
}

#[async_trait]
impl<D: Driver> Standings for SqlTransaction<D> {
    async fn mark_stale(&mut self, lines: Vec<TourMeterId>) -> Result<()> {
        self.insert(&STALE_LINES, lines.into_iter().map(|line| vec![line.0.into()]).collect()).await.map(drop)
    }

    async fn stale_lines(&mut self, limit: u32) -> Result<Vec<TourMeterId>> {
        let sql = "SELECT tour_meter FROM stale_lines ORDER BY tour_meter LIMIT $1";
        self.query_all(sql, vec![limit.into()], |mut row| Ok(TourMeterId(row.uuid()?))).await
    }

    async fn clear_stale(&mut self, lines: Vec<TourMeterId>) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let keys = lines.into_iter().map(|line| vec![line.0.into()]).collect();
        self.driver.delete(&STALE_LINES_TO_DELETE, keys).await
    }

    async fn put_standings(&mut self, rows: Vec<StandingRow>) -> Result<()> {
        let rows = rows.into_iter().map(|row| {
            vec![
                row.tour.0.into(),
                row.tour_meter.0.into(),
                row.state.into(),
                i64::from(row.has_alarm).into(),
                row.standing.into(),
            ]
        });
        self.insert(&STANDINGS, rows.collect()).await.map(drop)
    }

    async fn standings(&mut self, tour: TourId) -> Result<Vec<StandingRow>> {
        let sql = standing_select!(" WHERE tour = $1 ORDER BY tour_meter");
        self.query_all(sql, vec![tour.0.into()], standing).await
    }

    async fn standings_of(&mut self, lines: Vec<(TourId, TourMeterId)>) -> Result<Vec<StandingRow>> {
        let keys = lines.into_iter().map(line_key).collect();
        self.look_up(&STANDINGS_BY_LINE, keys, standing, |row| (row.tour, row.tour_meter)).await
    }

    async fn standing_counts(&mut self, tour: Option<TourId>) -> Result<Vec<StandingCount>> {
        // SUM of integers is NUMERIC on PostgreSQL: counted instead.
        let sql = match tour {
            Some(_) => {
                "SELECT tour, state, COUNT(*), COUNT(NULLIF(has_alarm, 0)) FROM line_standings \
                 WHERE tour = $1 GROUP BY tour, state ORDER BY tour, state"
            }
            None => {
                "SELECT tour, state, COUNT(*), COUNT(NULLIF(has_alarm, 0)) FROM line_standings \
                 GROUP BY tour, state ORDER BY tour, state"
            }
        };
        self.query_all(sql, of_tour(tour), count).await
    }

    async fn missing_keys(&mut self, tour: Option<TourId>) -> Result<Vec<(TourId, u64)>> {
        let sql = match tour {
            Some(_) => {
                "SELECT m.tour, COUNT(*) FROM tour_meters m WHERE m.tour = $1 AND m.radio_id IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM meter_keys k WHERE k.radio_id = m.radio_id) \
                 GROUP BY m.tour ORDER BY m.tour"
            }
            None => {
                "SELECT m.tour, COUNT(*) FROM tour_meters m WHERE m.radio_id IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM meter_keys k WHERE k.radio_id = m.radio_id) \
                 GROUP BY m.tour ORDER BY m.tour"
            }
        };
        self.query_all(sql, of_tour(tour), |mut row| Ok((TourId(row.uuid()?), row.number()?))).await
    }

    async fn put_tour_contacts(&mut self, contacts: Vec<TourContact>) -> Result<()> {
        let rows = contacts.into_iter().map(|contact| {
            vec![
                contact.tour.0.into(),
                contact.replica.0.into(),
                contact.pulled_at.into(),
                contact.pushed_at.into(),
            ]
        });
        self.insert(&CONTACTS, rows.collect()).await.map(drop)
    }

    async fn tour_contacts(&mut self, tour: Option<TourId>) -> Result<Vec<TourContact>> {
        let sql = match tour {
            Some(_) => {
                "SELECT tour, replica, pulled_at, pushed_at FROM tour_contacts WHERE tour = $1 \
                 ORDER BY tour, replica"
            }
            None => "SELECT tour, replica, pulled_at, pushed_at FROM tour_contacts ORDER BY tour, replica",
        };
        self.query_all(sql, of_tour(tour), contact).await
    }

    async fn all_assignments(&mut self) -> Result<Vec<Assignment>> {
        let sql = "SELECT tour, replica, assigned_at, withdrawn_at FROM tour_assignments \
                   ORDER BY tour, replica";
        self.query_all(sql, Vec::new(), assignment).await
    }

    async fn touch_tour(&mut self, tour: TourId, at: Timestamp) -> Result<()> {
        let sql = "UPDATE tours SET changed_at = $2 WHERE tour = $1 AND changed_at < $2";
        self.driver.execute(sql, vec![tour.0.into(), at.into()]).await
    }

    async fn receptions_of_meters(&mut self, meters: Vec<(TourId, String)>) -> Result<Vec<ReceptionRow>> {
        let keys = meters.into_iter().map(|(tour, meter)| vec![tour.0.into(), meter.into()]).collect();
        self.look_up(&RECEPTIONS_BY_METER, keys, reception, ReceptionRow::key).await
    }

    async fn derivations_of(&mut self, telegrams: Vec<(String, TelegramId)>) -> Result<Vec<Derivation>> {
        let keys: Vec<Vec<Value>> =
            telegrams.into_iter().map(|(meter, id)| vec![meter.into(), id.0.into()]).collect();
        let order = |row: &Derivation| (row.meter.clone(), row.telegram);
        let mut derivations = self.look_up(&DERIVATIONS_BY_KEY, keys.clone(), derivation, order).await?;
        let order = |row: &PlacedReading| (row.meter.clone(), row.telegram, row.reading.record);
        let mut by_telegram: BTreeMap<(String, TelegramId), Vec<_>> = BTreeMap::new();
        for placed in self.look_up(&READINGS_BY_KEY, keys, placed_reading, order).await? {
            by_telegram.entry((placed.meter, placed.telegram)).or_default().push(placed.reading);
        }
        for derivation in &mut derivations {
            let key = (derivation.meter.clone(), derivation.telegram);
            derivation.readings = by_telegram.remove(&key).unwrap_or_default();
        }
        Ok(derivations)
    }

    async fn totals_of_meter(&mut self, meter: String) -> Result<Vec<PlacedReading>> {
        let sql = "SELECT r.meter, r.telegram, r.record, r.quantity, r.unit, r.value, r.value_type, r.storage, \
                   r.tariff, r.subunit, r.function, r.value_date, r.qualifiers, r.is_plain, r.is_history, \
                   r.is_doubtful, r.warnings, r.decoder_version FROM readings r \
                   JOIN telegrams t ON t.meter = r.meter AND t.telegram = r.telegram \
                   WHERE r.meter = $1 AND r.is_plain = 1 AND r.value_type = 'number' AND r.tariff = 0 \
                   AND r.subunit = 0 AND r.quantity IN ($3, $4, $5, $6, $7, $8) \
                   ORDER BY t.commit_no DESC, r.telegram DESC, r.record DESC LIMIT $2";
        let limit: [Value; 2] = [meter.into(), MOST_TOTALS.into()];
        let parameters = limit.into_iter().chain(BILLED.map(Value::from)).collect();
        let mut totals = self.query_all(sql, parameters, placed_reading).await?;
        totals.reverse();
        Ok(totals)
    }

    async fn told_sequences(&mut self, replica: ReplicaId) -> Result<Vec<ToldSequence>> {
        // One statement a table: what it tells of the lives that this handheld told anything of.
        macro_rules! of_lives {
            ($columns:literal, $table:literal) => {
                concat!(
                    "SELECT ",
                    $columns,
                    " FROM ",
                    $table,
                    " WHERE epoch IN (",
                    "SELECT epoch FROM receptions WHERE replica = $1 ",
                    "UNION SELECT epoch FROM waiting_receptions WHERE replica = $1 ",
                    "UNION SELECT epoch FROM events WHERE replica = $1)"
                )
            };
        }
        let parameters = || vec![replica.0.into()];
        let told = |mut row: Row| {
            Ok(ToldSequence {
                epoch: ReplicaEpoch(row.uuid()?),
                sequence: row.number()?,
                commit: row.number()?,
            })
        };
        let mut sequences =
            self.query_all(of_lives!("epoch, sequence, commit_no", "receptions"), parameters(), told).await?;
        let sql = of_lives!("replica, epoch, item, commit_no, arrived_at", "waiting_receptions");
        sequences.extend(self.query_all(sql, parameters(), waiting).await?.into_iter().map(|row| {
            ToldSequence { epoch: row.epoch, sequence: row.reception.sequence, commit: row.commit }
        }));
        let sql = of_lives!("replica, epoch, item, commit_no, arrived_at", "events");
        sequences.extend(
            self.query_all(sql, parameters(), event).await?.into_iter().map(|row| ToldSequence {
                epoch: row.epoch,
                sequence: row.event.sequence,
                commit: row.commit,
            }),
        );
        sequences.sort_unstable();
        Ok(sequences)
    }

    async fn events_of_lines(&mut self, lines: Vec<(TourId, TourMeterId)>) -> Result<Vec<EventRow>> {
        let keys = lines.into_iter().map(line_key).collect();
        self.look_up(&EVENTS_BY_LINE, keys, event, |row| row.event.id).await
    }
}
