//! Programs that receive: `rtl_sdr`, `rtl_wmbus`, `rtl_433`.

use std::fmt;
use std::io;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::PortError;
use super::pipe::PipePort;
use crate::receiver::Tuning;

const RTL_SDR: &str = "rtl_sdr";
const RTL_WMBUS: &str = "rtl_wmbus";
const RTL_433: &str = "rtl_433";

/// Names what is started when the receiver is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Program {
    /// `rtl_sdr`, samples to its standard output.
    RtlSdr {
        /// Which of several sticks, as `rtl_sdr -d` counts.
        stick: Option<u32>,
        /// Gain, correction, rate.
        tuning: Tuning,
    },
    /// `rtl_sdr` into `rtl_wmbus`.
    RtlWmbus,
    /// `rtl_433` with its decoders for wireless M-Bus.
    Rtl433,
}

impl Program {
    /// Returns the name of the program whose output is read.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::RtlSdr { .. } => RTL_SDR,
            Self::RtlWmbus => RTL_WMBUS,
            Self::Rtl433 => RTL_433,
        }
    }

    pub(super) fn start(self) -> Result<PipePort, PortError> {
        let mut running = Running::default();
        let output = match self {
            Self::RtlSdr { stick, tuning } => running.start(&mut rtl_sdr(stick, &tuning), None)?,
            Self::RtlWmbus => {
                let mut command = Command::new(RTL_SDR);
                command.args(["-f", "868950000", "-s", "1600000", "-"]);
                let samples = running.start(&mut command, None)?;
                running.start(&mut Command::new(RTL_WMBUS), Some(samples))?
            }
            Self::Rtl433 => {
                let mut command = Command::new(RTL_433);
                command.args(["-f", "868.95M", "-s", "1600k", "-R", "104", "-R", "105"]);
                running.start(command.args(["-M", "level", "-F", "json"]), None)?
            }
        };
        PipePort::new(output, Some(running))
    }
}

fn rtl_sdr(stick: Option<u32>, tuning: &Tuning) -> Command {
    let mut command = Command::new(RTL_SDR);
    command.args(["-f", &tuning.center_hz().to_string(), "-s", &tuning.rate_hz.to_string()]);
    if let Some(stick) = stick {
        command.args(["-d", &stick.to_string()]);
    }
    if let Some(tenths) = tuning.gain_tenths_db {
        command.args(["-g", &format!("{}.{}", tenths / 10, tenths % 10)]);
    }
    if tuning.correction_ppm != 0 {
        command.args(["-p", &tuning.correction_ppm.to_string()]);
    }
    if tuning.has_bias_tee {
        command.arg("-T");
    }
    command.arg("-");
    command
}

/// Programs that run until the port is closed.
#[derive(Debug, Default)]
pub(super) struct Running {
    children: Vec<Child>,
}

impl Running {
    fn start(&mut self, command: &mut Command, input: Option<ChildStdout>) -> Result<ChildStdout, PortError> {
        let name = command.get_program().to_string_lossy().into_owned();
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => PortError::NoProgram { program: name.clone() },
            _ => PortError::Open { place: name.clone(), error },
        };
        command.stdin(input.map_or_else(Stdio::null, Stdio::from));
        // What it says on standard error is of no use between our lines: it tells every start at length.
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        let output = child.stdout.take();
        self.children.push(child);
        output.ok_or_else(|| failed(io::Error::other("no standard output")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.children {
            // One that has ended already is only waited for.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Writes the program's name as in addresses.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RtlSdr { stick: None, .. } => f.pad("rtlsdr"),
            Self::RtlSdr { stick: Some(stick), .. } => write!(f, "rtlsdr:{stick}"),
            Self::RtlWmbus => f.pad("rtlwmbus"),
            Self::Rtl433 => f.pad("rtl433"),
        }
    }
}
