//! Ports and threads: the only part that opens anything.
//!
//! A [`ReceiverAddress`] names a receiver as people write it, such as `im871a:/dev/ttyUSB0`. A [`Listener`]
//! listens to several at once, each on a thread that owns the port, the driver and the clock, opens the port
//! again after it was gone, and tells everything through one channel:
//!
//! ```no_run
//! use radio_core::io::{Listener, What};
//! use radio_core::receiver::{Event, LinkModes};
//!
//! let (mut listener, notices) = Listener::new(LinkModes::C_AND_T);
//! listener.add("tcp:gateway.local:7227".parse()?)?;
//! for notice in notices {
//!     match notice.what {
//!         What::Event(Event::Frame(frame)) => println!("{:?}", frame.rssi_dbm),
//!         What::Event(event) => println!("{event:?}"),
//!         What::Failed(error) => println!("{error}; trying again"),
//!         What::Ended => break,
//!         _ => {}
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod attached;
mod clock;
mod error;
mod listener;
mod notice;
mod pause;
mod pipe;
mod port;
mod program;
#[cfg(not(target_os = "android"))]
mod serial;
mod tcp;
mod tcp_server;
mod udp;
mod worker;

pub use address::{ParseReceiverAddressError, Place, Protocol, ReceiverAddress};
pub use attached::{AttachedPort, attached_ports, attached_rtl_sdrs};
pub use error::PortError;
pub use listener::Listener;
pub use notice::{Notice, ReceiverId, What};
pub use program::Program;
