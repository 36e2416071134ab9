//! What every endpoint works on.

use std::path::PathBuf;
use std::sync::Arc;

use sync_protocol::Digest;

use super::metrics::Metrics;
use super::page::Page;
use crate::service::Service;

/// The service and what HTTP adds to it. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    pub(super) service: Arc<Service>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) backup_directory: Option<Arc<PathBuf>>,
    pub(super) page: Arc<Page>,
    /// SHA-256 of the certificate that is served; none without TLS.
    pub(super) certificate_sha256: Option<Digest>,
}

impl Api {
    /// Serves a service.
    pub fn new(service: Arc<Service>) -> Self {
        Self {
            service,
            metrics: Arc::default(),
            backup_directory: None,
            page: Arc::new(Page::embedded()),
            certificate_sha256: None,
        }
    }

    /// Lets the office ask for backups, which are laid into this directory.
    #[must_use]
    pub fn with_backup_directory(self, directory: PathBuf) -> Self {
        Self { backup_directory: Some(Arc::new(directory)), ..self }
    }

    /// Serves another page than the one that was built with the program.
    #[must_use]
    pub fn with_page(self, page: Page) -> Self {
        Self { page: Arc::new(page), ..self }
    }

    /// Says which certificate is served.
    pub(crate) fn with_certificate(self, certificate_sha256: Option<Digest>) -> Self {
        Self { certificate_sha256, ..self }
    }
}
