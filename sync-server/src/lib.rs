//! Merges the batches of many handhelds into the central database.
//!
//! [`store`] keeps rows, [`service`] holds the rules above them, [`import`] reads the office's files
//! and [`crypto`] guards secrets at rest. Raw telegrams are kept for ever and never change; readings
//! are derived from them and can be derived again.

pub mod crypto;
pub mod http;
pub mod import;
pub mod serve;
pub mod service;
pub mod store;
pub mod tls;

pub use crypto::MasterKey;
pub use service::{Actor, Config, Environment, Service, ServiceError, SystemEnvironment};
