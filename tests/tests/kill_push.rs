//! kill -9 of the handheld, or of the server, after any byte of a push: nothing is lost, nothing doubled.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};

use e2e::handheld::Handheld;
use e2e::office::Office;
use e2e::server::{RunningServer, Setup};
use e2e::simulation::air;
use field_core::Randomness as _;
use sync_server::store::connect;

/// Pushes that are broken off.
const PUSHES: u32 = 14;
/// More than the bytes of a whole push, so that some pushes end by themselves.
const MOST_BYTES: u64 = 5_000;
/// The seed of the instants.
const SEED: u64 = 20_261_121;

/// Who is killed when the bytes are counted out.
enum Victim {
    Nobody,
    Handheld(Child),
    Server(RunningServer),
}

/// A proxy that lets some bytes pass, kills somebody, and hangs up.
#[derive(Clone)]
struct Proxy {
    server: Arc<Mutex<SocketAddr>>,
    /// Bytes that may still pass, in both directions together; none lets all pass.
    left: Arc<Mutex<Option<u64>>>,
    victim: Arc<Mutex<Victim>>,
}

impl Proxy {
    fn start(server: SocketAddr) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let proxy = Self {
            server: Arc::new(Mutex::new(server)),
            left: Arc::default(),
            victim: Arc::new(Mutex::new(Victim::Nobody)),
        };
        let accepting = proxy.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                accepting.carry(stream.unwrap());
            }
        });
        (proxy, address)
    }

    fn carry(&self, handheld: TcpStream) {
        let server = TcpStream::connect(*self.server.lock().unwrap());
        let Ok(server) = server else { return };
        let up = (handheld.try_clone().unwrap(), server.try_clone().unwrap());
        for (from, to) in [up, (server, handheld)] {
            let proxy = self.clone();
            std::thread::spawn(move || proxy.copy(from, to));
        }
    }

    /// Copies one direction, byte for byte counted, until its end or until nothing may pass any more.
    fn copy(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            let mut left = self.left.lock().unwrap();
            let pass = left.map_or(read, |left| read.min(usize::try_from(left).unwrap()));
            if let Some(left) = left.as_mut() {
                *left -= u64::try_from(pass).unwrap();
            }
            let is_over = *left == Some(0);
            let passed = to.write_all(&bytes[..pass]);
            if is_over {
                self.kill();
            }
            drop(left);
            if is_over || passed.is_err() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }

    fn kill(&self) {
        match &mut *self.victim.lock().unwrap() {
            Victim::Nobody => {}
            Victim::Handheld(child) => child.kill().unwrap(),
            server @ Victim::Server(_) => {
                if let Victim::Server(server) = std::mem::replace(server, Victim::Nobody) {
                    server.kill().unwrap();
                }
            }
        }
    }
}

fn socket(server: &RunningServer) -> SocketAddr {
    server.address.trim_start_matches("http://").parse().unwrap()
}

/// Writes a recording of telegrams that were never heard before.
fn recording(path: &std::path::Path, number: u32) {
    let line = |meter: u32| {
        let frame = air::frame(meter, 1_000 * number + meter);
        frame.bytes().iter().map(|byte| format!("{byte:02X}")).collect::<String>() + "\n"
    };
    std::fs::write(path, (0..air::METERS).map(line).collect::<String>()).unwrap();
}

/// Walks a new recording and returns the receptions that were shown, which are the promise to keep.
fn walk(handheld: &Handheld, folder: &std::path::Path, number: u32) -> Vec<String> {
    let path = folder.join(format!("walk-{number}.hex"));
    recording(&path, number);
    let lines = handheld.jsonl(&["walk", "--replay", path.to_str().unwrap(), "--as-fast"]).unwrap();
    lines
        .iter()
        .filter(|line| line["type"] == "telegram")
        .map(|line| line["reception"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_push_that_is_killed_after_any_byte_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let setup = Setup::in_folder(folder.path()).unwrap();
    let mut server = Some(setup.start().unwrap());
    let address = server.as_ref().unwrap().address.clone();
    let (proxy, proxy_address) = Proxy::start(socket(server.as_ref().unwrap()));
    let handheld = Handheld::in_folder(&folder.path().join("handheld"));

    let office = runtime.block_on(Office::log_in(&address, &setup.admin_password)).unwrap();
    let code = runtime.block_on(office.pairing_code()).unwrap();
    handheld.pair(&proxy_address, &code, "Anna").unwrap();
    let handhelds = runtime.block_on(office.get("handhelds")).unwrap();
    let replica = handhelds["handhelds"][0]["replica"].as_str().unwrap();
    let tour = runtime.block_on(office.create_tour("North", air::tour_csv())).unwrap();
    runtime.block_on(office.release(tour["tour"].as_str().unwrap(), replica)).unwrap();
    handheld.run(&["pull"]).unwrap();

    let mut dice = e2e::simulation::Dice::new(SEED);
    let (mut shown, mut killed) = (BTreeSet::new(), 0);
    for number in 1..=PUSHES {
        for reception in walk(&handheld, folder.path(), number) {
            assert!(shown.insert(reception), "a reception is shown once");
        }
        let mut random = [0; 8];
        dice.fill(&mut random).unwrap();
        *proxy.left.lock().unwrap() = Some(1 + u64::from_le_bytes(random) % MOST_BYTES);
        let mut push = handheld.command(&["push"]).unwrap();
        push.stdout(Stdio::null()).stderr(Stdio::null());
        let ended = if number % 3 == 0 {
            *proxy.victim.lock().unwrap() = Victim::Server(server.take().unwrap());
            let ended = push.status().unwrap();
            server = match std::mem::replace(&mut *proxy.victim.lock().unwrap(), Victim::Nobody) {
                Victim::Server(spared) => Some(spared),
                _ => {
                    killed += 1;
                    Some(setup.start().unwrap())
                }
            };
            *proxy.server.lock().unwrap() = socket(server.as_ref().unwrap());
            ended
        } else {
            let mut victim = proxy.victim.lock().unwrap();
            // The proxy waits for this lock, so it cannot miss whom to kill.
            *victim = Victim::Handheld(push.spawn().unwrap());
            drop(victim);
            wait(&proxy)
        };
        if ended.code().is_none() {
            killed += 1;
        }
    }
    assert!(killed >= PUSHES / 2, "only {killed} of {PUSHES} pushes met a kill");

    *proxy.left.lock().unwrap() = None;
    handheld.run(&["push"]).unwrap();
    let status = handheld.jsonl(&["sync", "status"]).unwrap();
    assert_eq!(status[0]["done"], true, "{status:?}");
    server.unwrap().kill().unwrap();

    let rows = runtime.block_on(async {
        let store = connect(&setup.database).await.unwrap();
        let mut transaction = store.begin_read().await.unwrap();
        assert_eq!(transaction.all_waiting().await.unwrap(), []);
        assert_eq!(transaction.quarantine().await.unwrap(), []);
        let telegrams = transaction.all_telegrams().await.unwrap();
        assert_eq!(telegrams.len(), shown.len(), "each telegram was heard once");
        transaction.all_receptions().await.unwrap()
    });
    let merged: Vec<String> = rows.iter().map(|row| row.told.reception.id.to_string()).collect();
    assert_eq!(merged.len(), shown.len(), "nothing is doubled");
    assert_eq!(merged.into_iter().collect::<BTreeSet<_>>(), shown, "nothing is lost");
}

/// Waits until the push has ended, by itself or not, leaving the lock free for the proxy meanwhile.
fn wait(proxy: &Proxy) -> std::process::ExitStatus {
    loop {
        if let Victim::Handheld(child) = &mut *proxy.victim.lock().unwrap()
            && let Some(ended) = child.try_wait().unwrap()
        {
            return ended;
        }
        std::thread::yield_now();
    }
}
