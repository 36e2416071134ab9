//! Where facts and what is derived from them are kept.

mod error;

use std::sync::Arc;

use async_trait::async_trait;

pub use error::StoreError;

/// A database.
#[async_trait]
pub trait Store: Send + Sync {}

/// Opens the database that a URL names: `sqlite:PATH`, `postgres://…` or `memory:`.
///
/// # Errors
/// When the database cannot be opened or brought to the present schema.
pub async fn connect(_url: &str) -> Result<Arc<dyn Store>, StoreError> {
    todo!()
}
