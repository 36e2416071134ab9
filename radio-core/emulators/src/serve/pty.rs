//! A pseudo-terminal, which looks like a serial port to any program.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{ControlModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

use super::port::{Happened, Port, READ_BYTES};

/// Is the receiver's end of a pseudo-terminal. The host opens the other end by its own path, or by a link that stays
/// the same when the receiver is unplugged and plugged in again.
#[derive(Debug)]
pub(super) struct Pty {
    link: Option<PathBuf>,
    terminal: PathBuf,
    master: Option<File>,
    is_open: bool,
    /// Whether a host holds DTR, which may outlast its closing the port.
    is_dtr_up: bool,
}

impl Pty {
    /// Opens a pseudo-terminal that is also found at `link`; a link that lies there is replaced.
    pub(super) fn at(link: Option<&Path>) -> io::Result<Self> {
        let link = link.map(Path::to_owned);
        let mut pty = Self { link, terminal: PathBuf::new(), master: None, is_open: false, is_dtr_up: false };
        pty.plug_in()?;
        Ok(pty)
    }

    pub(super) fn terminal(&self) -> &Path {
        &self.terminal
    }

    fn remove_link(&self) {
        let Some(link) = &self.link else { return };
        if fs::symlink_metadata(link).is_ok_and(|found| found.file_type().is_symlink()) {
            // Nothing depends on it: a link that leads nowhere is as good as none.
            let _ = fs::remove_file(link);
        }
    }

    /// Returns the settings that the host made; a master tells those of its terminal.
    fn settings(&self) -> Option<Termios> {
        tcgetattr(self.master.as_ref()?).ok()
    }

    fn opened(&mut self) -> Happened {
        self.is_open = true;
        Happened::Opened { dtr_rose: !std::mem::replace(&mut self.is_dtr_up, true) }
    }

    /// Does what a serial port does at its last close: what was not read is gone, and DTR falls if HUPCL says so.
    fn closed(&mut self) -> Happened {
        if !std::mem::take(&mut self.is_open) {
            return Happened::Nothing;
        }
        let hangs_up = |settings: Termios| settings.control_modes.contains(ControlModes::HUPCL);
        self.is_dtr_up = !self.settings().is_some_and(hangs_up);
        if let Ok(terminal) = open_terminal(&self.terminal) {
            // Else a host has it for itself again, and reads what came before as it would here.
            let _ = tcflush(&terminal, QueueSelector::IFlush);
        }
        Happened::Closed
    }
}

/// Opens the host's end without making it the terminal that this process is controlled by.
fn open_terminal(path: &Path) -> io::Result<File> {
    let flags = OpenptFlags::NOCTTY.bits().cast_signed();
    File::options().read(true).write(true).custom_flags(flags).open(path)
}

impl Port for Pty {
    fn poll(&mut self, wait: Duration) -> io::Result<Happened> {
        let Some(master) = &mut self.master else {
            thread::sleep(wait);
            return Ok(Happened::Nothing);
        };
        let timeout = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
        let mut watched = [PollFd::new(master, PollFlags::IN)];
        poll(&mut watched, Some(&timeout))?;
        let seen = watched.iter().fold(PollFlags::empty(), |seen, fd| seen | fd.revents());
        if seen.contains(PollFlags::IN) {
            // Who opened, wrote and closed between two looks is noticed here first.
            if !self.is_open {
                return Ok(self.opened());
            }
            let mut buffer = vec![0; READ_BYTES];
            return match master.read(&mut buffer) {
                Ok(count) => {
                    buffer.truncate(count);
                    Ok(Happened::Bytes(buffer))
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Happened::Nothing),
                Err(_) => Ok(self.closed()),
            };
        }
        if seen.contains(PollFlags::HUP) {
            thread::sleep(wait);
            return Ok(self.closed());
        }
        if !self.is_open {
            return Ok(self.opened());
        }
        Ok(Happened::Nothing)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.master {
            Some(master) if self.is_open => match master.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
                sent => sent,
            },
            _ => Ok(bytes.len()),
        }
    }

    fn baud_rate(&self) -> Option<u32> {
        self.settings().map(|settings| settings.output_speed())
    }

    fn unplug(&mut self) {
        self.remove_link();
        self.master = None;
        self.is_open = false;
        self.is_dtr_up = false;
    }

    fn plug_in(&mut self) -> io::Result<()> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        rustix::io::ioctl_fionbio(&master, true)?;
        let name = ptsname(&master, Vec::new())?;
        let terminal = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
        // Until a host says otherwise no byte is changed on its way or sent back, and DTR falls at the last close as
        // it does at a serial port. That the terminal was open once is what makes the master tell when it is closed.
        let slave = open_terminal(&terminal)?;
        let mut settings = tcgetattr(&slave)?;
        settings.make_raw();
        settings.control_modes |= ControlModes::HUPCL;
        tcsetattr(&slave, OptionalActions::Now, &settings)?;
        drop(slave);
        self.remove_link();
        if let Some(link) = &self.link {
            symlink(&terminal, link)?;
        }
        self.terminal = terminal;
        self.master = Some(File::from(master));
        self.is_open = false;
        Ok(())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.remove_link();
    }
}
