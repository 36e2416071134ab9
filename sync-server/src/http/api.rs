//! What every endpoint works on.

use std::path::PathBuf;
use std::sync::Arc;

use super::metrics::Metrics;
use crate::service::Service;

/// The service and what HTTP adds to it. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    pub(super) service: Arc<Service>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) backup_directory: Option<Arc<PathBuf>>,
}

impl Api {
    /// Serves a service.
    pub fn new(service: Arc<Service>) -> Self {
        Self { service, metrics: Arc::default(), backup_directory: None }
    }

    /// Lets the office ask for backups, which are laid into this directory.
    #[must_use]
    pub fn with_backup_directory(self, directory: PathBuf) -> Self {
        Self { backup_directory: Some(Arc::new(directory)), ..self }
    }
}
