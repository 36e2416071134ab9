//! The real service over the store in memory, with backups, restarts and restores.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use field_core::Randomness as _;
use field_core::sync::{Answer, Push, Request};
use serde::Serialize;
use sync_protocol::push::join_outcomes;
use sync_protocol::{
    BodyLimits, Digest, Item, ItemOutcome, PairAnswer, PairRequest, Problem, ProblemCode, PushAnswer,
    ReplicaId, Timestamp, Token, TourId, body, problem,
};
use sync_server::crypto::CryptoError;
use sync_server::store::rows::{BatchRow, EventRow, QuarantineRow, ReceptionRow, TelegramRow, ToldReception};
use sync_server::store::{MemoryStore, Store};
use sync_server::{Actor, Config, Environment, MasterKey, Service, ServiceError};
use tokio::runtime::Runtime;

use super::air;
use super::dice::Dice;
use super::mutant::Mutant;

/// Most changes of a page: small, so that a pull has several.
const PAGE: u32 = 4;

/// The server's clock and randomness.
#[derive(Debug)]
pub(super) struct OfficeEnvironment {
    now_ms: AtomicI64,
    dice: Mutex<Dice>,
}

impl Environment for OfficeEnvironment {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms.load(Ordering::Relaxed))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), CryptoError> {
        self.dice.lock().unwrap().fill(bytes).map_err(|_| CryptoError::Randomness)
    }
}

/// Everything that the server holds, for the checker.
pub(super) struct Holdings {
    pub(super) telegrams: Vec<TelegramRow>,
    pub(super) receptions: Vec<ReceptionRow>,
    pub(super) waiting: Vec<ToldReception>,
    pub(super) events: Vec<EventRow>,
    pub(super) quarantine: Vec<QuarantineRow>,
}

/// The server and its operator.
pub(super) struct Office {
    runtime: Runtime,
    environment: Arc<OfficeEnvironment>,
    store: Arc<dyn Store>,
    /// The same store, where it can be copied and put back.
    memory: Option<Arc<MemoryStore>>,
    service: Service,
    backup: Option<MemoryStore>,
    mutant: Option<Mutant>,
    tours: usize,
}

impl Office {
    /// Opens an office over a store in memory.
    pub(super) fn new(dice: &mut Dice, mutant: Option<Mutant>) -> Self {
        let memory = Arc::new(MemoryStore::default());
        let store: Arc<dyn Store> = Arc::<MemoryStore>::clone(&memory);
        Self { memory: Some(memory), mutant, ..Self::over(store, dice) }
    }

    /// Opens an office over any store.
    pub(super) fn over(store: Arc<dyn Store>, dice: &mut Dice) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let environment = Arc::new(OfficeEnvironment {
            now_ms: AtomicI64::new(0),
            dice: Mutex::new(Dice::new(dice.bits())),
        });
        let service = runtime.block_on(open(&store, &environment));
        Self { runtime, environment, store, memory: None, service, backup: None, mutant: None, tours: 0 }
    }

    /// Sets the server's clock.
    pub(super) fn set_clock(&self, now_ms: i64) {
        self.environment.now_ms.store(now_ms, Ordering::Relaxed);
    }

    /// Pairs a handheld.
    pub(super) fn pair(&self, name: &str) -> PairAnswer {
        self.runtime.block_on(async {
            let code = self.service.create_pairing_code(Actor::Operator).await.unwrap().code;
            let request = PairRequest { code, name: name.to_owned(), app_version: "simulation".into() };
            self.service.pair(&request, "simulation").await.unwrap()
        })
    }

    /// Takes a handheld's token away.
    pub(super) fn revoke(&self, replica: ReplicaId) {
        let _ = self.runtime.block_on(self.service.revoke(Actor::Admin, replica));
    }

    /// Whether a token is one of a handheld: a restored database may not know it.
    pub(super) fn knows(&self, token: &Token) -> bool {
        self.runtime.block_on(self.service.authenticate_handheld(token)).is_ok()
    }

    /// Makes a tour of the house and gives it to the handhelds.
    pub(super) fn new_tour(&mut self, replicas: &[ReplicaId]) -> TourId {
        self.tours += 1;
        let name = format!("Tour {}", self.tours);
        self.runtime.block_on(async {
            let csv = air::tour_csv();
            let import = self.service.create_tour(Actor::Admin, &name, csv.as_bytes()).await.unwrap();
            let tour = import.tour.unwrap_or_else(|| panic!("the tour was refused: {:?}", import.rows));
            for replica in replicas {
                self.service.assign_tour(Actor::Admin, tour, *replica).await.unwrap();
            }
            self.service.release_tour(Actor::Admin, tour).await.unwrap();
            tour
        })
    }

    /// Takes a tour from a handheld, if the database still knows both.
    pub(super) fn withdraw(&self, tour: TourId, replica: ReplicaId) {
        let _ = self.runtime.block_on(self.service.withdraw_tour(Actor::Admin, tour, replica));
    }

    /// Returns the tours that a handheld must have.
    pub(super) fn tours_of(&self, replica: ReplicaId) -> Vec<TourId> {
        let tours = self.runtime.block_on(self.service.tours()).unwrap();
        tours.into_iter().filter(|tour| tour.replicas.contains(&replica)).map(|tour| tour.id).collect()
    }

    /// Copies the database, checks the copy, and says that it is safe.
    pub(super) fn back_up(&mut self) {
        self.runtime.block_on(async {
            let commit = self.service.statistics().await.unwrap().commit;
            self.backup = Some(self.memory.as_ref().unwrap().snapshot().await);
            self.service.record_backup(Actor::Operator, commit).await.unwrap();
        });
    }

    /// Ends the process and starts it again: what it held in memory is gone.
    pub(super) fn restart(&mut self) {
        self.service = self.runtime.block_on(open(&self.store, &self.environment));
    }

    /// Puts the last verified backup in the place of the database. Returns whether there was one.
    pub(super) fn restore(&mut self) -> bool {
        let Some(backup) = &self.backup else { return false };
        let memory = Arc::new(self.runtime.block_on(backup.snapshot()));
        self.store = Arc::<MemoryStore>::clone(&memory);
        self.memory = Some(memory);
        self.restart();
        self.runtime.block_on(self.service.begin_new_epoch(Actor::Operator)).unwrap();
        true
    }

    /// Answers a request as the HTTP side does.
    pub(super) fn answer(&self, token: &Token, request: &Request) -> Answer {
        self.runtime.block_on(async {
            let replica = match self.service.authenticate_handheld(token).await {
                Ok(replica) => replica,
                Err(error) => return refusal(&error),
            };
            match request {
                Request::Hello => answer(self.service.hello().await),
                Request::Changes { cursor } => {
                    answer(self.service.changes(replica, cursor.as_ref(), PAGE).await)
                }
                Request::Push(push) if push.replica != replica => {
                    refusal(&ServiceError::Forbidden("this is another handheld's"))
                }
                Request::Push(push) => self.push(push).await,
            }
        })
    }

    async fn push(&self, push: &Push) -> Answer {
        let mut digest = push.digest;
        match self.mutant {
            Some(Mutant::NoDigestCheck) => digest = Digest::of(&push.body),
            Some(Mutant::TrustTelegramId) => return self.trust(push).await,
            _ => {}
        }
        match self.service.push(push.replica, push.batch, &digest, &push.body).await {
            Err(ServiceError::BatchIdReused) if self.mutant == Some(Mutant::ReusedBatchIdIsFine) => {
                let known = self.service.receipt(push.replica, push.batch).await.unwrap();
                let items = body::read(&push.body, &BodyLimits::DEFAULT).unwrap().items.len();
                let outcomes = join_outcomes(vec![ItemOutcome::Duplicate; items]);
                answer(Ok(PushAnswer { digest, outcomes, ..known }))
            }
            result => answer(result),
        }
    }

    /// Keeps telegrams under the ids that the body names ([`Mutant::TrustTelegramId`]).
    async fn trust(&self, push: &Push) -> Answer {
        let result = self.service.push(push.replica, push.batch, &push.digest, &push.body).await;
        if let (Ok(_), Ok(batch)) = (&result, body::read(&push.body, &BodyLimits::DEFAULT)) {
            let mut transaction = self.store.begin().await.unwrap();
            for item in batch.items {
                if let Item::Telegram(telegram) = item {
                    let row = TelegramRow {
                        meter: "trusted".into(),
                        telegram: telegram.id,
                        frame: telegram.frame,
                        commit: 0,
                        arrived_at: Timestamp::EPOCH,
                    };
                    if row.telegram != sync_protocol::TelegramId::of(&row.frame) {
                        transaction.insert_telegrams(vec![row]).await.unwrap();
                    }
                }
            }
            transaction.commit().await.unwrap();
        }
        answer(result)
    }

    /// Fails between the batch and the second half of its items ([`Mutant::NonAtomicBatch`]).
    /// Returns whether the mutant is at work; else a crash before the commit leaves no trace.
    pub(super) fn crash_within(&mut self, push: &Push) -> bool {
        if self.mutant != Some(Mutant::NonAtomicBatch) || Digest::of(&push.body) != push.digest {
            return false;
        }
        let Ok(mut batch) = body::read(&push.body, &BodyLimits::DEFAULT) else { return false };
        let outcomes = join_outcomes(batch.items.iter().map(|_| ItemOutcome::Accepted));
        let mut random = [0; 16];
        self.environment.fill(&mut random).unwrap();
        batch.id = sync_protocol::BatchId(uuid::Uuid::from_bytes(random));
        batch.items.truncate(batch.items.len() / 2);
        let half = body::write(&batch);
        self.runtime.block_on(async {
            if self.service.receipt(push.replica, push.batch).await.is_ok() {
                return;
            }
            let taken = self.service.push(push.replica, batch.id, &Digest::of(&half), &half).await.unwrap();
            let row = BatchRow {
                replica: push.replica,
                batch: push.batch,
                digest: push.digest,
                outcomes: serde_json::to_string(&outcomes).unwrap(),
                commit: taken.commit,
                arrived_at: taken.server_time,
            };
            let mut transaction = self.store.begin().await.unwrap();
            transaction.insert_batch(row).await.unwrap();
            transaction.commit().await.unwrap();
        });
        true
    }

    /// Returns facts and what was derived from them, as text in the order of their keys.
    pub(super) fn dump(&self) -> String {
        self.runtime.block_on(self.service.dump()).unwrap()
    }

    /// Returns everything that the server holds.
    pub(super) fn holdings(&self) -> Holdings {
        self.runtime.block_on(async {
            let mut transaction = self.store.begin_read().await.unwrap();
            Holdings {
                telegrams: transaction.all_telegrams().await.unwrap(),
                receptions: transaction.all_receptions().await.unwrap(),
                waiting: transaction.all_waiting().await.unwrap(),
                events: transaction.all_events().await.unwrap(),
                quarantine: transaction.quarantine().await.unwrap(),
            }
        })
    }
}

async fn open(store: &Arc<dyn Store>, environment: &Arc<OfficeEnvironment>) -> Service {
    let environment: Arc<dyn Environment> = Arc::<OfficeEnvironment>::clone(environment);
    Service::open(Arc::clone(store), MasterKey::new([3; 32]), Config::default(), environment).await.unwrap()
}

fn answer<T: Serialize>(result: Result<T, ServiceError>) -> Answer {
    match result {
        Ok(value) => Answer {
            status: 200,
            media_type: Some("application/json".into()),
            retry_after_s: None,
            body: serde_json::to_vec(&value).unwrap(),
        },
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &ServiceError) -> Answer {
    say(error.code(), &error.to_string())
}

/// Returns a problem as our server says it.
pub(super) fn say(code: ProblemCode, detail: &str) -> Answer {
    Answer {
        status: code.status(),
        media_type: Some(problem::MEDIA_TYPE.into()),
        retry_after_s: None,
        body: serde_json::to_vec(&Problem::new(code, detail)).unwrap(),
    }
}
