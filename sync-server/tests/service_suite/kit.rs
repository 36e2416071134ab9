//! A service above one of the databases, with a clock and a randomness that repeat.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Context, Poll};

use sha2::{Digest as _, Sha256};
use sync_protocol::{
    Batch, BatchId, Digest, Item, PairRequest, PushAnswer, ReplicaEpoch, ReplicaId, Timestamp, body,
};
use sync_server::crypto::CryptoError;
use sync_server::service::{LineQuery, LineRow, PasswordCost};
use sync_server::store::{MemoryStore, PostgresStore, SqliteStore, Store};
use sync_server::{Actor, Config, Environment, MasterKey, Service, ServiceError};
use uuid::Uuid;

/// Runs tests over every database: each is an `async fn name(kit: &Kit)` of the module.
macro_rules! on_every_store {
    ($($test:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $test() {
                let kit = crate::kit::Kit::memory().await;
                super::$test(&kit).await;
            })+
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                let kit = crate::kit::Kit::sqlite().await;
                super::$test(&kit).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                let Some(database) = crate::kit::Database::create().await else { return };
                let kit = database.kit().await;
                super::$test(&kit).await;
                drop(kit);
                database.remove().await;
            })+
        }
    };
}

pub(crate) use on_every_store;

/// The master key of every service here.
pub(crate) fn master_key() -> MasterKey {
    MasterKey::new([0x4D; 32])
}

/// A clock that is set by hand and randomness that repeats.
pub(crate) struct TestEnvironment {
    now: AtomicI64,
    drawn: AtomicU64,
}

impl Default for TestEnvironment {
    fn default() -> Self {
        let start = Timestamp::parse("2026-11-21T08:00:00Z").unwrap();
        Self { now: AtomicI64::new(start.as_millis()), drawn: AtomicU64::new(0) }
    }
}

impl Environment for TestEnvironment {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::Relaxed))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), CryptoError> {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

/// A service and what tests do with it.
pub(crate) struct Kit {
    pub(crate) service: Service,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) environment: Arc<TestEnvironment>,
    pub(crate) folder: Option<tempfile::TempDir>,
}

impl Kit {
    /// Opens a service above a store.
    pub(crate) async fn over(store: Arc<dyn Store>) -> Self {
        let environment = Arc::new(TestEnvironment::default());
        let service = open(Arc::clone(&store), master_key(), Arc::clone(&environment)).await.unwrap();
        Self { service, store, environment, folder: None }
    }

    pub(crate) async fn memory() -> Self {
        Self::over(Arc::new(MemoryStore::default())).await
    }

    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("walkby.db")).await.unwrap();
        Self { folder: Some(folder), ..Self::over(Arc::new(store)).await }
    }

    /// Opens the service again above the same database, as a restart does.
    pub(crate) async fn reopened(&self) -> Service {
        open(Arc::clone(&self.store), master_key(), Arc::clone(&self.environment)).await.unwrap()
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.environment.now.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// Pairs a handheld.
    pub(crate) async fn pair(&self, name: &str) -> ReplicaId {
        let code = self.service.create_pairing_code(Actor::Admin).await.unwrap().code;
        let request = PairRequest { code, name: name.to_owned(), app_version: "0.1.0".to_owned() };
        self.service.pair(&request, name).await.unwrap().replica
    }

    /// Pushes a batch.
    pub(crate) async fn push(&self, batch: &Batch) -> Result<PushAnswer, ServiceError> {
        let body = body::write(batch);
        self.service.push(batch.replica, batch.id, &Digest::of(&body), &body).await
    }

    /// Returns the lines of a tour in walking order.
    pub(crate) async fn lines(&self, tour: sync_protocol::TourId) -> Vec<LineRow> {
        let query = LineQuery { limit: 500, ..LineQuery::default() };
        self.service.lines(tour, &query).await.unwrap().lines
    }

    /// Creates a tour from a CSV, gives it to a handheld and releases it.
    pub(crate) async fn released_tour(&self, csv: &str, replica: ReplicaId) -> sync_protocol::TourId {
        let import = self.service.create_tour(Actor::Admin, "north", csv.as_bytes()).await.unwrap();
        let tour = import.tour.expect("a tour");
        self.service.assign_tour(Actor::Admin, tour, replica).await.unwrap();
        self.service.release_tour(Actor::Admin, tour).await.unwrap();
        tour
    }
}

async fn open(
    store: Arc<dyn Store>,
    master_key: MasterKey,
    environment: Arc<TestEnvironment>,
) -> Result<Service, ServiceError> {
    let password_cost = PasswordCost { memory_kib: 64, passes: 1 };
    let config = Config { password_cost, ..Config::default() };
    Service::open(store, master_key, config, environment).await
}

/// Opens a service with another master key.
pub(crate) async fn open_with(kit: &Kit, master_key: MasterKey) -> Result<Service, ServiceError> {
    open(Arc::clone(&kit.store), master_key, Arc::clone(&kit.environment)).await
}

/// A future that is dropped after some polls, as a request is whose client hangs up.
pub(crate) struct GiveUp<F> {
    polls: u32,
    future: Pin<Box<F>>,
}

impl<F: Future> GiveUp<F> {
    pub(crate) fn after(polls: u32, future: F) -> Self {
        Self { polls, future: Box::pin(future) }
    }
}

impl<F: Future> Future for GiveUp<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.future.as_mut().poll(context).map(Some)
    }
}

/// Makes a batch; `id` tells batches apart.
pub(crate) fn batch(replica: ReplicaId, id: u128, items: Vec<Item>) -> Batch {
    let epoch = ReplicaEpoch(Uuid::from_u128(0xE));
    Batch { items, ..Batch::new(BatchId(Uuid::from_u128(id)), replica, epoch) }
}

/// A database of one test on the PostgreSQL that `TEST_DB_URL` names.
pub(crate) struct Database {
    maintenance: tokio_postgres::Client,
    name: String,
    url: String,
}

impl Database {
    /// Creates one; none where there is no PostgreSQL.
    pub(crate) async fn create() -> Option<Self> {
        let Ok(maintenance_url) = std::env::var("TEST_DB_URL") else {
            assert!(std::env::var("CI").is_err(), "TEST_DB_URL must name a PostgreSQL in CI");
            eprintln!("skipped on PostgreSQL: TEST_DB_URL is not set");
            return None;
        };
        let (maintenance, connection) =
            tokio_postgres::connect(&maintenance_url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let name = format!("walkby_test_{}", Uuid::new_v4().simple());
        maintenance.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (server, _) = maintenance_url.rsplit_once('/').expect("a URL that ends with a database");
        let url = format!("{server}/{name}");
        Some(Self { maintenance, name, url })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn kit(&self) -> Kit {
        Kit::over(Arc::new(PostgresStore::connect(&self.url).await.unwrap())).await
    }

    /// Removes the database of a test that passed.
    pub(crate) async fn remove(self) {
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        self.maintenance.batch_execute(&statement).await.unwrap();
    }
}
