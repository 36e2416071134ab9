//! A store with facts in it, and a server that is a closure.

use std::path::Path;

use rusqlite::params;
use sync_protocol::push::join_outcomes;
use sync_protocol::{
    Batch, BodyLimits, BootId, Cursor, Digest, Hello, Item, ItemOutcome, PairAnswer, Problem, ProblemCode,
    PushAnswer, ReplicaId, SCHEMA, TelegramId, Timestamp, Token, body, problem,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::clock::Now;
use crate::randomness::{Randomness, RandomnessError};
use crate::store::{KeySource, Store, StoreKey};
use crate::sync::{
    Answer, NoAnswer, Plan, Progress, ProtocolRules, Push, Request, SyncSession, SyncStatus, Trust,
    keep_pairing, status,
};

/// Counts instead of being random, so that tests repeat.
pub(in crate::sync) struct Counting(u64);

impl Randomness for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        self.0 += 1;
        bytes.fill(0);
        for (byte, value) in bytes.iter_mut().rev().zip(self.0.to_le_bytes()) {
            *byte = value;
        }
        Ok(())
    }
}

/// What the server, or whoever stands in between, says.
pub(in crate::sync) type Reply = Result<Answer, NoAnswer>;

/// A paired handheld in a folder of its own, and its clocks.
pub(in crate::sync) struct Bench {
    folder: TempDir,
    pub(in crate::sync) store: Store,
    pub(in crate::sync) now: Now,
    pub(in crate::sync) randomness: Counting,
    facts: u32,
}

impl Bench {
    pub(in crate::sync) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let boot = BootId(Uuid::from_u128(0xB007));
        let now = Now { wall: Timestamp::from_millis(1_000_000), monotonic_ms: 0, boot };
        let mut randomness = Counting(0);
        let mut store = open(folder.path(), now, &mut randomness);
        keep_pairing(&mut store, "http://office", "handheld", &Trust::Platform, &pairing(1)).unwrap();
        store
            .connection()
            .execute(
                "INSERT INTO sessions (id, tour, started_at, started_boot, started_monotonic_ms)
                 VALUES (?1, ?1, 0, ?1, 0)",
                [walk()],
            )
            .unwrap();
        Self { folder, store, now, randomness, facts: 0 }
    }

    /// Ends the process and starts another one: only the rows are left.
    pub(in crate::sync) fn restart(&mut self) {
        self.store = open(self.folder.path(), self.now, &mut self.randomness);
    }

    /// Lets time pass on both clocks.
    pub(in crate::sync) fn wait_ms(&mut self, millis: u64) {
        self.now.monotonic_ms += millis;
        self.now.wall = self.now.wall.plus_millis(millis.cast_signed());
    }

    /// Keeps notes of the reader.
    pub(in crate::sync) fn write_events(&mut self, count: u32) {
        let tx = self.store.transaction().unwrap();
        for _ in 0..count {
            self.facts += 1;
            let mut kind = Vec::new();
            let text = format!("note {}", self.facts);
            minicbor::encode(&sync_protocol::EventKind::Note { text }, &mut kind).unwrap();
            let id = Uuid::from_u128(u128::from(self.facts) | 0xE << 64);
            tx.execute(
                "INSERT INTO events (sequence, id, session, tour, tour_meter, at, boot, monotonic_ms, kind)
                 VALUES (?1, ?2, ?3, ?3, ?3, 0, ?3, 0, ?4)",
                params![self.facts, id, walk(), kind],
            )
            .unwrap();
        }
        tx.commit().unwrap();
    }

    /// Keeps a telegram and receptions of it.
    pub(in crate::sync) fn hear(&mut self, receptions: u32) -> TelegramId {
        let tx = self.store.transaction().unwrap();
        self.facts += 1;
        let frame = self.facts.to_be_bytes().repeat(8);
        let id = TelegramId::of(&frame);
        tx.execute(
            "INSERT INTO telegrams (id, frame, link, meter) VALUES (?1, ?2, '', '')",
            params![id.0, frame],
        )
        .unwrap();
        for _ in 0..receptions {
            self.facts += 1;
            let reception = Uuid::from_u128(u128::from(self.facts) | 0xA << 64);
            tx.execute(
                "INSERT INTO receptions (sequence, id, telegram, session, tour, received_at, time_source, boot,
                     monotonic_ms)
                 VALUES (?1, ?2, ?3, ?4, ?4, 0, 1, ?4, 0)",
                params![self.facts, reception, id.0, walk()],
            )
            .unwrap();
        }
        tx.commit().unwrap();
        id
    }

    /// Runs one session and returns what happened, step by step.
    pub(in crate::sync) fn sync(&mut self, mut server: impl FnMut(&Request) -> Reply) -> Vec<Progress> {
        let mut session = SyncSession::new(ProtocolRules, Plan::Push);
        let mut steps = Vec::new();
        while let Some(request) =
            session.poll_transmit(&mut self.store, self.now, &mut self.randomness).unwrap()
        {
            let reply = server(&request);
            self.wait_ms(10);
            steps.push(
                match reply {
                    Ok(answer) => {
                        session.handle_answer(&mut self.store, &answer, self.now, &mut self.randomness)
                    }
                    Err(lost) => {
                        session.handle_no_answer(&mut self.store, lost, self.now, &mut self.randomness)
                    }
                }
                .unwrap(),
            );
        }
        steps
    }

    /// Runs one session in which the server says hello and pushes are answered by `on_push`.
    pub(in crate::sync) fn push(&mut self, mut on_push: impl FnMut(&Push) -> Reply) -> Vec<Progress> {
        self.sync(|request| match request {
            Request::Hello => Ok(hello(1, 0)),
            Request::Push(push) => on_push(push),
            Request::Changes { .. } => panic!("a push asks for no changes"),
        })
    }

    pub(in crate::sync) fn status(&self) -> SyncStatus {
        status(&self.store).unwrap()
    }
}

fn open(folder: &Path, now: Now, randomness: &mut Counting) -> Store {
    Store::open(folder, &KeySource::Raw(StoreKey::new([7; 32])), now, randomness).unwrap()
}

fn walk() -> Uuid {
    Uuid::from_u128(0x3A1C)
}

/// Returns the answer to a pairing.
pub(in crate::sync) fn pairing(replica: u128) -> PairAnswer {
    PairAnswer {
        replica: ReplicaId(Uuid::from_u128(replica)),
        token: Token::new("a token that nobody sees".into()),
        server_name: "Office".into(),
    }
}

/// Returns a JSON answer.
pub(in crate::sync) fn json(value: &impl serde::Serialize) -> Answer {
    Answer {
        status: 200,
        media_type: Some("application/json".into()),
        retry_after_s: None,
        body: serde_json::to_vec(value).unwrap(),
    }
}

/// Returns a hello.
pub(in crate::sync) fn hello(server_epoch: u64, safe_commit: u64) -> Answer {
    hello_at(server_epoch, safe_commit, Timestamp::from_millis(5_000_000))
}

/// Returns a hello at a time of the server.
pub(in crate::sync) fn hello_at(server_epoch: u64, safe_commit: u64, server_time: Timestamp) -> Answer {
    json(&Hello {
        server_time,
        server_epoch,
        safe_commit,
        min_schema: 1,
        max_schema: SCHEMA,
        max_items: 5_000,
        max_body_bytes: 1 << 20,
    })
}

/// Returns a problem.
pub(in crate::sync) fn problem(code: ProblemCode) -> Answer {
    Answer {
        status: code.status(),
        media_type: Some(problem::MEDIA_TYPE.into()),
        retry_after_s: None,
        body: serde_json::to_vec(&Problem::new(code, "because")).unwrap(),
    }
}

/// Returns a page of somebody else.
pub(in crate::sync) fn html(status: u16) -> Answer {
    let body = b"<html>Please log in</html>".to_vec();
    Answer { status, media_type: Some("text/html".into()), retry_after_s: None, body }
}

/// Reads the batch of a push.
pub(in crate::sync) fn read(push: &Push) -> Batch {
    body::read(&push.body, &BodyLimits::DEFAULT).unwrap()
}

/// Names an item for comparisons.
pub(in crate::sync) fn name(item: &Item) -> String {
    match item {
        Item::Telegram(telegram) => format!("telegram {}", telegram.id),
        Item::Reception(reception) => format!("reception {}", reception.id),
        Item::Event(event) => format!("event {}", event.id),
    }
}

/// Returns the receipt of a push.
pub(in crate::sync) fn receipt(push: &Push, server_epoch: u64, commit: u64) -> PushAnswer {
    let outcomes = join_outcomes(read(push).items.iter().map(|_| ItemOutcome::Accepted));
    PushAnswer {
        batch: push.batch,
        digest: Digest::of(&push.body),
        server_epoch,
        commit,
        safe_commit: 0,
        server_time: Timestamp::from_millis(5_000_000),
        outcomes,
    }
}

/// Returns a page of changes.
pub(in crate::sync) fn page(changes: Vec<sync_protocol::Change>, cursor: &str, has_more: bool) -> Answer {
    json(&sync_protocol::ChangesPage { changes, cursor: Cursor(cursor.into()), has_more })
}
