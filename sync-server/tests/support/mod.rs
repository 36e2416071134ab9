//! A server on a free port of this machine, for tests that talk HTTP to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Certificate, Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sync_protocol::{
    Batch, BatchId, BootId, Digest, Item, PairAnswer, Problem, ProblemCode, ReadingSessionId, Reception,
    ReceptionId, ReplicaEpoch, ReplicaId, Telegram, TimeSource, Timestamp, TourId, body,
};
use sync_server::crypto::CryptoError;
use sync_server::http::{Api, Page};
use sync_server::serve::{Limits, Options, Server};
use sync_server::service::PasswordCost;
use sync_server::{Config, Environment, MasterKey, Service, store};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The office's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// OMS Annex N.2.1: a gas meter, mode 5, 28504.27 m³.
pub(crate) const FRAME: &str =
    "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3";
/// The key of [`FRAME`].
pub(crate) const KEY: &str = "0102030405060708090A0B0C0D0E0F11";
/// The meter of [`FRAME`].
pub(crate) const METER: &str = "ELS-12345678-33-03";
/// A tour with that meter.
pub(crate) const TOUR_CSV: &str = "seq,street,house,meter_no,radio_id,manufacturer,medium,unit\n1,Lindenweg,7,12345678,12345678,ELS,gas,m³\n";

/// A clock that is set by hand and randomness that repeats.
#[derive(Default)]
struct TestEnvironment {
    drawn: AtomicU64,
    advanced_ms: AtomicI64,
}

impl Environment for TestEnvironment {
    fn now(&self) -> Timestamp {
        let start = Timestamp::parse("2026-11-21T02:03:04.005Z").unwrap();
        start.plus_millis(self.advanced_ms.load(Ordering::Relaxed))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), CryptoError> {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

/// What a test wants otherwise than usual.
pub(crate) struct Setup {
    pub(crate) database: String,
    pub(crate) options: Options,
    /// The certificate that the server shows and the client trusts.
    pub(crate) certificate: Option<Certificate>,
    /// The page, whether or not it was built with this program.
    pub(crate) page: Page,
}

impl Default for Setup {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            database: "memory:".to_owned(),
            options: Options::new(loopback),
            certificate: None,
            page: Page::default(),
        }
    }
}

impl Setup {
    pub(crate) fn with_limits(limits: Limits) -> Self {
        let mut setup = Self::default();
        setup.options.limits = limits;
        setup
    }

    /// Shows a certificate of its own.
    pub(crate) fn with_tls(mut self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        std::fs::write(&certificate, pair.cert.pem()).unwrap();
        std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
        self.options.tls = Some(sync_server::tls::load(&certificate, &key).unwrap());
        self.certificate = Some(Certificate::from_pem(pair.cert.pem().as_bytes()).unwrap());
        self
    }

    pub(crate) async fn start(self) -> TestServer {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = store::connect(&self.database).await.unwrap();
        let config = Config { password_cost: PasswordCost { memory_kib: 8, passes: 1 }, ..Config::default() };
        let environment = Arc::new(TestEnvironment::default());
        let service = Service::open(store, MasterKey::new([7; 32]), config, Arc::clone(&environment) as _)
            .await
            .unwrap();
        service.set_admin_password(PASSWORD).await.unwrap();

        let backups = tempfile::tempdir().unwrap();
        let api =
            Api::new(Arc::new(service)).with_backup_directory(backups.path().to_owned()).with_page(self.page);
        let server = Server::bind(api, self.options).await.unwrap();
        let (address, url) = (server.address(), server.url());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let client = match self.certificate {
            Some(certificate) => Client::builder().tls_certs_only([certificate]).build().unwrap(),
            None => Client::new(),
        };
        TestServer { address, url, client, stop: Some(stop), running, backups, environment }
    }
}

/// A running server.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) backups: tempfile::TempDir,
    environment: Arc<TestEnvironment>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Setup::default().start().await
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.environment.advanced_ms.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// Asks the server to end.
    pub(crate) fn ask_to_end(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(self) {
        self.running.await.unwrap();
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", self.url))
    }

    /// Logs the office in.
    pub(crate) async fn office(&self) -> Office<'_> {
        let body = json!({ "password": PASSWORD });
        let answer = json_of(self.request(Method::POST, "/login").json(&body)).await;
        Office { server: self, token: answer["token"].as_str().unwrap().to_owned() }
    }
}

/// The office, logged in.
pub(crate) struct Office<'a> {
    pub(crate) server: &'a TestServer,
    pub(crate) token: String,
}

impl Office<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        json_of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn pairing_code(&self) -> String {
        let answer = json_of(self.request(Method::POST, "/pairing-codes")).await;
        answer["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn pair(&self) -> Handheld<'_> {
        let body = json!({ "code": self.pairing_code().await, "name": "Handheld 1", "app_version": "0.1.0" });
        let answer: PairAnswer = body_of(self.server.request(Method::POST, "/pair").json(&body)).await;
        Handheld { server: self.server, replica: answer.replica, token: answer.token.expose().to_owned() }
    }

    /// Creates a tour, gives it to a handheld and releases it.
    pub(crate) async fn give_tour(&self, replica: ReplicaId) -> TourId {
        let csv = |path| self.request(Method::POST, path).header("content-type", "text/csv");
        let import = json_of(csv("/tours?name=Lindenweg").body(TOUR_CSV)).await;
        let tour: TourId = import["tour"].as_str().unwrap_or_else(|| panic!("{import}")).parse().unwrap();
        let assignment = self.request(Method::PUT, &format!("/tours/{tour}/assignment"));
        expect_status(assignment.json(&json!({ "replica": replica })), 204).await;
        expect_status(self.request(Method::POST, &format!("/tours/{tour}/release")), 204).await;
        tour
    }

    pub(crate) async fn import_key(&self) -> Value {
        let csv = format!("radio_id,key\n12345678,{KEY}\n");
        json_of(self.request(Method::POST, "/keys").header("content-type", "text/csv").body(csv)).await
    }
}

/// A paired handheld.
pub(crate) struct Handheld<'a> {
    pub(crate) server: &'a TestServer,
    pub(crate) replica: ReplicaId,
    pub(crate) token: String,
}

impl Handheld<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).bearer_auth(&self.token)
    }

    /// A push of these bytes under this id, with everything that it needs.
    pub(crate) fn push(&self, batch: BatchId, body: Vec<u8>) -> RequestBuilder {
        self.request(Method::PUT, &self.batch_path(batch))
            .header("content-type", body::MEDIA_TYPE)
            .header("content-digest", sync_protocol::http::content_digest(&Digest::of(&body)))
            .body(body)
    }

    pub(crate) fn batch_path(&self, batch: BatchId) -> String {
        format!("/replicas/{}/batches/{batch}", self.replica)
    }

    /// A batch with the telegram of [`FRAME`] and its reception on a tour.
    pub(crate) fn batch(&self, number: u128, tour: TourId) -> Batch {
        let telegram = Telegram::new(hex(FRAME));
        let reception = Reception {
            id: ReceptionId(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + number)),
            telegram: telegram.id,
            session: ReadingSessionId(Uuid::from_u128(2)),
            tour,
            received_at: Timestamp::parse("2026-11-20T10:00:00Z").unwrap(),
            time_source: TimeSource::Handheld,
            boot: BootId(Uuid::from_u128(3)),
            monotonic_ms: 1000,
            sequence: 1,
            rssi_dbm: Some(-71),
            link_mode: Some("T1".to_owned()),
            receiver: Some("stick".to_owned()),
        };
        let id = BatchId(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0001_0000 + number));
        let items = vec![Item::Telegram(telegram), Item::Reception(reception)];
        Batch { items, ..Batch::new(id, self.replica, ReplicaEpoch(Uuid::from_u128(4))) }
    }
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Sends a request and returns the answer's body, which must be a success.
pub(crate) async fn text_of(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    let (status, url) = (answer.status(), answer.url().clone());
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{url}: {status}: {text}");
    text
}

pub(crate) async fn json_of(request: RequestBuilder) -> Value {
    body_of(request).await
}

pub(crate) async fn body_of<T: serde::de::DeserializeOwned>(request: RequestBuilder) -> T {
    serde_json::from_str(&text_of(request).await).unwrap()
}

pub(crate) async fn expect_status(request: RequestBuilder, status: u16) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), status, "{}", answer.text().await.unwrap());
}

/// Sends a request that must be refused with this code, and returns what the refusal says.
pub(crate) async fn expect_problem(request: RequestBuilder, code: ProblemCode) -> String {
    problem_of(request.send().await.unwrap(), code).await
}

/// Checks that an answer is this problem, in every place where it shows.
pub(crate) async fn problem_of(answer: Response, code: ProblemCode) -> String {
    let status = answer.status().as_u16();
    let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let text = answer.text().await.unwrap();
    let problem: Problem = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    assert_eq!(problem.code, code, "{text}");
    assert_eq!((status, problem.status), (code.status(), code.status()), "{text}");
    assert_eq!(media_type, sync_protocol::problem::MEDIA_TYPE, "{text}");
    problem.detail
}

/// Limits that no test reaches by itself.
pub(crate) fn patient() -> Limits {
    let long = Duration::from_secs(3600);
    Limits { handshake: long, silence: long, request: long, age: long, ..Limits::default() }
}
