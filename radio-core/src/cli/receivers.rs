//! The verb `receivers`.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::ValueEnum;
use serde::{Serialize, Serializer};

use crate::io::{
    AttachedPort, Listener, Notice, ReceiverAddress, ReceiverId, What, attached_ports, attached_rtl_sdrs,
};
use crate::receiver::{Event, Identity, LinkModes};

/// Where `rtl_tcp` listens unless it is told otherwise.
const RTL_TCP: &str = "rtl_tcp:127.0.0.1:1234";

/// Find the receivers that are attached.
///
/// Serial ports at USB are asked one kind of receiver after the other; a port that another program uses is left
/// alone, and no other serial port is ever asked. RTL-SDRs are known by their USB id. The exit code is 1 when none was found.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Serial ports or other places to ask instead, such as /dev/ttyS0 or auto:tcp:HOST:PORT.
    #[arg(value_name = "RECEIVER")]
    receivers: Vec<ReceiverAddress>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How long to wait for answers.
    #[arg(long, value_name = "N", default_value_t = 30)]
    seconds: u32,
}

/// How receivers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What became of one place.
#[derive(Debug, Serialize)]
struct Found {
    /// The name for `wmbus listen`, exact once the receiver told what it is.
    #[serde(serialize_with = "as_text")]
    receiver: ReceiverAddress,
    found: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware: Option<String>,
    /// What the USB end calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    usb: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Whether nobody knows that it is there, so that it is worth no word when it is not.
    #[serde(skip)]
    is_guess: bool,
    #[serde(skip)]
    is_settled: bool,
}

impl Arguments {
    /// Asks, and prints what answered.
    pub(super) fn run(&self, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
        let mut places = BTreeMap::new();
        for place in self.places()? {
            let id = listener.add(place.receiver.clone()).context("failed to begin to ask")?;
            places.insert(id, place);
        }
        ask(&mut places, &notices, Instant::now() + Duration::from_secs(self.seconds.into()));
        listener.stop();
        let mut worth_a_word: Vec<_> =
            places.into_values().filter(|place| place.found || !place.is_guess).collect();
        if self.receivers.is_empty() {
            for number in 0..attached_rtl_sdrs() {
                worth_a_word.push(Found::rtl_sdr(format!("rtlsdr:{number}").parse()?));
            }
        }
        if worth_a_word.is_empty() {
            super::tell(format_args!("no receiver is attached at USB, and no rtl_tcp runs here"));
        }
        for place in &worth_a_word {
            match self.format {
                Format::Text => writeln!(output, "{}", place.line()),
                Format::Json => writeln!(output, "{}", serde_json::to_string(place)?),
            }
            .context("failed to write the output")?;
        }
        Ok(ExitCode::from(u8::from(!worth_a_word.iter().any(|place| place.found))))
    }

    fn places(&self) -> anyhow::Result<Vec<Found>> {
        if !self.receivers.is_empty() {
            return Ok(self.receivers.iter().cloned().map(Found::new).collect());
        }
        let at_usb = |AttachedPort { path, usb_name, .. }| Found {
            usb: usb_name,
            ..Found::new(ReceiverAddress::at_serial_port(path))
        };
        let mut places: Vec<_> = attached_ports().into_iter().map(at_usb).collect();
        places.push(Found { is_guess: true, ..Found::new(RTL_TCP.parse()?) });
        Ok(places)
    }
}

/// Waits until every place answered or failed, or the time is over.
fn ask(places: &mut BTreeMap<ReceiverId, Found>, notices: &Receiver<Notice>, until: Instant) {
    while places.values().any(|place| !place.is_settled) {
        let Ok(notice) = notices.recv_timeout(until.saturating_duration_since(Instant::now())) else {
            return;
        };
        let Some(place) = places.get_mut(&notice.receiver).filter(|place| !place.is_settled) else {
            continue;
        };
        match notice.what {
            What::Event(Event::Identified(identity)) => place.identify(identity),
            What::Failed(error) => {
                place.error = Some(error.to_string());
                place.is_settled = true;
            }
            What::Ended => place.is_settled = true,
            What::Event(_) => {}
        }
    }
}

impl Found {
    /// Describes a place that was not asked yet.
    fn new(receiver: ReceiverAddress) -> Self {
        Self {
            receiver,
            found: false,
            model: None,
            id: None,
            firmware: None,
            usb: None,
            error: None,
            is_guess: false,
            is_settled: false,
        }
    }

    /// Describes a stick that was seen at USB and cannot be asked: only one program may open it.
    fn rtl_sdr(receiver: ReceiverAddress) -> Self {
        Self { found: true, model: Some("RTL-SDR".to_owned()), is_settled: true, ..Self::new(receiver) }
    }

    fn identify(&mut self, identity: Identity) {
        self.found = true;
        self.is_settled = true;
        self.error = None;
        if let Some(kind) = identity.kind {
            self.receiver = self.receiver.clone().found_to_be(kind);
        }
        self.model = Some(identity.model);
        self.id = identity.id;
        self.firmware = identity.firmware;
    }

    fn line(&self) -> String {
        let answer = match (&self.model, &self.error) {
            (Some(model), _) => model.clone(),
            (None, Some(error)) => error.clone(),
            (None, None) => "no answer".to_owned(),
        };
        let id = self.id.as_ref().map(|id| format!("id {id}"));
        let firmware = self.firmware.as_ref().map(|firmware| format!("firmware {firmware}"));
        let usb = self.usb.as_ref().map(|usb| format!("USB: {usb}"));
        let parts = [Some(self.receiver.to_string()), Some(answer), id, firmware, usb];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

fn as_text<S: Serializer>(receiver: &ReceiverAddress, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(receiver)
}
