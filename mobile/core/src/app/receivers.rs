//! Receivers that this handheld knows, and which link modes a tour needs.

use radio_core::io::{AttachedPort, Place, ReceiverAddress};
use radio_core::receiver::LinkModes;
use serde::{Deserialize, Serialize};

use super::model::{Problem, Source, SourceKind};
use super::open::App;
use crate::store::meta;
use crate::walk::TourView;

/// Before the address in a source's identity.
pub(super) const RECEIVER: &str = "receiver:";

/// A receiver that a person named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KnownReceiver {
    address: String,
}

impl App {
    /// Takes in which serial ports there are; they are offered until the next time.
    pub fn set_attached(&mut self, ports: Vec<AttachedPort>) {
        self.attached = ports;
    }

    /// Keeps a receiver that has no port here, such as `rtl_tcp:192.168.1.7:1234`.
    ///
    /// # Errors
    /// `bad_receiver` when the address names none that a handheld can listen to; its message says what would.
    pub fn add_receiver(&mut self, address: &str) -> Result<Source, Problem> {
        let address = parse(address)?.to_string();
        let mut known = self.known_receivers()?;
        if !known.iter().any(|receiver| receiver.address == address) {
            known.push(KnownReceiver { address: address.clone() });
            self.keep_receivers(&known)?;
        }
        Ok(source(address.clone(), address))
    }

    /// Forgets a receiver that a person named; one that is attached stays.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove_receiver(&mut self, id: &str) -> Result<(), Problem> {
        let mut known = self.known_receivers()?;
        known.retain(|receiver| Some(receiver.address.as_str()) != id.strip_prefix(RECEIVER));
        self.keep_receivers(&known)
    }

    /// Returns the address of a receiver that nobody listens to.
    ///
    /// # Errors
    /// `no_receiver` for what is none, `receiver_busy` where a walk listens.
    pub fn receiver_to_try(&self, source: &str) -> Result<String, Problem> {
        let is_heard =
            self.shown.as_ref().and_then(|shown| shown.source.as_ref()).is_some_and(|of| of.id == source);
        if self.listening.is_some() && is_heard {
            return Err(Problem::passing("receiver_busy", "the walk listens to this receiver"));
        }
        let source = self.source(source)?.id;
        let address = source.strip_prefix(RECEIVER).map(str::to_owned);
        address.ok_or_else(|| Problem::lasting("no_receiver", "a recording is no receiver"))
    }

    /// Returns the receivers that can be listened to: those at ports, then those that were named.
    pub(super) fn receivers(&self) -> Result<Vec<Source>, Problem> {
        let mut sources: Vec<Source> = self.attached.iter().map(attached_source).collect();
        for KnownReceiver { address } in self.known_receivers()? {
            let named = source(address.clone(), address);
            if !sources.iter().any(|source| source.id == named.id) {
                sources.push(named);
            }
        }
        Ok(sources)
    }

    fn known_receivers(&self) -> Result<Vec<KnownReceiver>, Problem> {
        let kept = meta::text(self.store.connection(), meta::RECEIVERS)?;
        // A list that another version wrote is no reason not to walk.
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    fn keep_receivers(&self, receivers: &[KnownReceiver]) -> Result<(), Problem> {
        let text = serde_json::to_string(receivers).map_err(|error| Problem::lasting("internal", error))?;
        Ok(meta::set_text(self.store.connection(), meta::RECEIVERS, &text)?)
    }
}

/// Reads the address of a receiver that a handheld can listen to: no file, no standard input, no program.
pub(super) fn parse(address: &str) -> Result<ReceiverAddress, Problem> {
    let bad = |message: String| Problem::lasting("bad_receiver", message);
    let parsed: ReceiverAddress = address.trim().parse().map_err(|error| bad(format!("{error}")))?;
    match parsed.place() {
        Place::Stdin | Place::File(_) => {
            Err(bad(format!("{parsed} is no receiver; add recordings as files")))
        }
        _ => Ok(parsed),
    }
}

/// Returns the modes that a tour's meters send in: those that the office says, and C and T for lines of which it
/// says nothing.
pub(super) fn needed_modes(view: &TourView) -> LinkModes {
    let of_line =
        |named: Option<&str>| named.and_then(|modes| modes.parse().ok()).unwrap_or(LinkModes::C_AND_T);
    let modes = view.lines.iter().map(|line| of_line(line.line.link_modes.as_deref()));
    let needed = modes.fold(LinkModes::default(), LinkModes::union);
    if needed.is_empty() { LinkModes::C_AND_T } else { needed }
}

fn attached_source(port: &AttachedPort) -> Source {
    let address = ReceiverAddress::at_serial_port(&port.path).to_string();
    let name =
        port.usb_name.as_ref().map_or_else(|| port.path.clone(), |usb| format!("{usb} ({})", port.path));
    source(address, name)
}

fn source(address: String, name: String) -> Source {
    Source { id: format!("{RECEIVER}{address}"), kind: SourceKind::Receiver, name }
}
