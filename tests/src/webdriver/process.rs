//! Programs that bring up others: a driver, the window that it opens, and the window's helpers.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::sync::{Mutex, MutexGuard};

/// How long a driver may take to listen.
const START: Duration = Duration::from_secs(60);
/// How often is looked.
const POLL: Duration = Duration::from_millis(25);

/// One test's turn with a window: more than one at a time only slow each other down.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held until it is dropped")] MutexGuard<'static, ()>);

impl Turn {
    /// Waits until no other test of this program has a window open.
    pub async fn wait() -> Self {
        static ONE: Mutex<()> = Mutex::const_new(());
        Self(ONE.lock().await)
    }
}

/// A program and all that it started: a process group that ends when this is dropped.
#[derive(Debug)]
pub struct Group {
    leader: Child,
}

impl Group {
    /// Starts a program as the first of a new group. What it and its children say goes to a log.
    ///
    /// # Errors
    /// When the program or the log cannot be opened.
    pub fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let file = File::options().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
        let leader = command
            .spawn()
            .with_context(|| format!("failed to start {}", command.get_program().to_string_lossy()))?;
        Ok(Self { leader })
    }

    /// Returns the identity of the first process.
    pub fn id(&self) -> u32 {
        self.leader.id()
    }

    /// Returns the processes of the group that run a program of this name.
    pub fn running(&self, program: &Path) -> Vec<u32> {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
            .filter(|&id| group_of(id) == Some(self.id()))
            .filter(|id| std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|runs| runs == program))
            .collect()
    }

    /// Ends a process at once, as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// When it does not end.
    pub fn kill(&self, id: u32) -> anyhow::Result<()> {
        signal_kill(&id.to_string())?;
        let deadline = Instant::now() + START;
        while group_of(id) == Some(self.id()) && !is_zombie(id) {
            if Instant::now() > deadline {
                bail!("process {id} does not end");
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = signal_kill(&format!("-{}", self.leader.id()));
        let _ = self.leader.wait();
    }
}

fn signal_kill(target: &str) -> anyhow::Result<()> {
    let status = Command::new("kill").args(["-KILL", "--", target]).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { bail!("there is no process {target}") }
}

/// Returns the fields of a process's state, behind its name, which may hold anything.
fn stat(id: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

fn group_of(id: u32) -> Option<u32> {
    stat(id)?.get(2)?.parse().ok()
}

fn is_zombie(id: u32) -> bool {
    stat(id).is_some_and(|fields| fields.first().is_some_and(|state| state == "Z"))
}

/// Returns a port on which nothing listens at this moment.
///
/// # Errors
/// When there is none.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Waits until a program listens on a port of this machine.
///
/// # Errors
/// When it does not in a minute.
pub fn wait_for_port(port: u16) -> anyhow::Result<()> {
    let deadline = Instant::now() + START;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if Instant::now() > deadline {
            bail!("nothing came to listen on port {port}");
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}
