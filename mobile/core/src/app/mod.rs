//! The app behind its window: everything that `mobile/ui/src/backend/backend.ts` asks, without a window.
//!
//! [`App`] is the pure middle: verbs, answers and *time* go in; what is to be shown, requests to the
//! server and events come out. It owns the store, the walks and the sync, and knows no thread.
//! [`Engine`] is the thin shell around it: one thread that owns the app, keeps its timers and carries its
//! requests.
//!
//! ```text
//! window ── verb ──► Engine ──► App ──► Store, Walk, SyncSession
//!        ◄─ event ──        ◄──
//! ```
//!
//! What is absent on purpose: nothing is said before it is committed, and there is no state that is not in
//! the store or follows from it.

mod changed;
#[cfg(test)]
mod disk_full;
mod engine;
mod entries;
mod exchange;
mod frame_rate;
mod listening;
mod live;
pub mod model;
mod open;
mod pairing;
mod problem;
mod radio;
mod receivers;
mod recorded;
mod sources;
mod tours;
mod tours_at_hand;
mod trial;
mod view;
mod walks;

pub use engine::Engine;
pub use exchange::Outgoing;
pub use live::RadioOrder;
pub use open::{App, Options};
