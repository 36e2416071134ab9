//! The program `walkby-server` from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkby-server"));
    for name in ["WALKBY_MASTER_KEY", "WALKBY_ADMIN_PASSWORD", "WALKBY_DATABASE", "WALKBY_LOG"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A server on a database in a folder, on a free port.
struct Running {
    process: Child,
    stdout: BufReader<ChildStdout>,
    url: String,
}

impl Running {
    fn start(folder: &Path) -> Self {
        let mut process = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &database(folder)])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}")).trim().to_owned();
        Self { process, stdout, url }
    }

    fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    fn signal(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Asks it to end as an init system does, and returns what it wrote to stderr.
    fn terminate(mut self) -> String {
        self.signal();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "one line is all that stands on stdout");
        let output = self.process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stderr(&output)
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("walkby.db").display())
}

async fn health(url: &str) -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::get(format!("{url}/api/v1/health")).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_first_start_makes_key_and_password_and_the_second_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(folder.path());
    assert_eq!(health(&first.url).await, 200);
    let log = first.terminate();
    assert!(log.contains("made a master key") && log.contains("the office's password is "), "{log}");
    // The database was closed: everything is in the one file.
    assert!(!folder.path().join("walkby.db-wal").exists());
    for name in ["walkby.db", "walkby.db.key", "walkby.db-backups"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} can be read by others");
    }
    let second = Running::start(folder.path());
    assert_eq!(health(&second.url).await, 200);
    let log = second.terminate();
    assert!(!log.contains("master key") && !log.contains("password"), "{log}");
}

#[test]
fn a_second_signal_does_not_wait_for_a_request_that_has_begun() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(folder.path());
    let mut begun = TcpStream::connect(running.address()).unwrap();
    let head = "POST /api/v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\
                expect: 100-continue\r\n\r\n";
    begun.write_all(head.as_bytes()).unwrap();
    // The server asks for the body: its handler is at work, and will not get one.
    begun.read_exact(&mut [0; 25]).unwrap();
    let mut idle = TcpStream::connect(running.address()).unwrap();
    running.signal();
    // An idle connection is closed when the shutdown begins, whether it was accepted yet or not.
    assert!(matches!(idle.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert_eq!(running.process.try_wait().unwrap(), None);
    running.signal();
    assert_eq!(running.process.wait().unwrap().code(), Some(1));
}

#[test]
fn a_server_that_would_listen_in_clear_beyond_this_machine_says_what_to_do() {
    let output = run(&["serve", "--database", "memory:", "--listen", "0.0.0.0:0"]);
    assert!(!output.status.success());
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("--tls-certificate"), "{}", stderr(&output));
}

#[test]
fn a_failure_to_open_postgres_does_not_name_the_password() {
    let key = "00".repeat(32);
    let url = "postgres://walkby:s3cret-word@127.0.0.1:1/walkby";
    let output = program()
        .args(["serve", "--database", url, "--listen", "127.0.0.1:0"])
        .env("WALKBY_MASTER_KEY", key)
        .env("WALKBY_LOG", "trace")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = stderr(&output);
    assert!(
        text.contains("failed to open postgres://127.0.0.1:1/walkby") && !text.contains("s3cret"),
        "{text}"
    );
}

#[test]
fn the_document_is_printed() {
    let output = run(&["openapi"]);
    assert_eq!(stdout(&output), sync_server::http::OPENAPI);
}

#[test]
fn keys_are_imported_with_a_word_for_each_bad_row_and_none_of_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("keys.csv");
    let bad = "0102030405060708090A0B0C0D0E0FZZ";
    std::fs::write(
        &csv,
        format!("radio_id,key\n12345678,0102030405060708090A0B0C0D0E0F11\n12345679,{bad}\n"),
    )
    .unwrap();
    let output = run(&["import-keys", "--database", &database(folder.path()), csv.to_str().unwrap()]);
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        text.starts_with("line 3: ") && text.contains("1 accepted") && text.contains("1 refused"),
        "{text}"
    );
    assert!(!text.contains(bad) && !stderr(&output).contains(bad));
}

#[tokio::test]
async fn a_restored_backup_is_a_new_life_of_the_database_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let (database, backup) = (database(folder.path()), folder.path().join("backup.db"));
    let backup = backup.to_str().unwrap();
    let running = Running::start(folder.path());
    // While the server runs.
    let output = run(&["backup", "--database", &database, "--to", backup]);
    assert!(output.status.success(), "{}", stderr(&output));
    let refused = run(&["restore", "--database", &database, "--from", backup, "--replace"]);
    assert!(!refused.status.success(), "{}", stdout(&refused));
    assert!(stderr(&refused).contains("does a server have it open"), "{}", stderr(&refused));
    running.terminate();

    let unasked = run(&["restore", "--database", &database, "--from", backup]);
    assert!(!unasked.status.success() && stderr(&unasked).contains("--replace"), "{}", stderr(&unasked));
    let mut lives = vec![1];
    for _ in 0..2 {
        let output = run(&["restore", "--database", &database, "--from", backup, "--replace"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let text = stdout(&output);
        let (_, life) = text.split_once("this is life ").unwrap();
        lives.push(life.split_once(' ').unwrap().0.parse::<u64>().unwrap());
    }
    assert!(lives.is_sorted_by(|one, next| one < next), "{lives:?}");
    let running = Running::start(folder.path());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let hello = reqwest::get(format!("{}/api/v1/hello", running.url)).await.unwrap().text().await.unwrap();
    let life = format!("\"server_epoch\":{}", lives.last().unwrap());
    assert!(hello.contains(&life), "{hello}");
    running.terminate();
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    std::fs::write(&backup, "not a database, but long enough to look at".repeat(100)).unwrap();
    let output =
        run(&["restore", "--database", &database(folder.path()), "--from", backup.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("is damaged"), "{}", stderr(&output));
    assert!(!folder.path().join("walkby.db").exists());
}
