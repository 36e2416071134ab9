//! Opening the service above the database that the command line names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use sync_server::{Config, MasterKey, Service, SystemEnvironment, store};

use super::arguments::DatabaseArguments;
use super::secrets;

impl DatabaseArguments {
    /// Opens the service.
    pub(super) async fn open(&self) -> anyhow::Result<Service> {
        let master_key = secrets::master_key(self.master_key_file.as_deref(), &self.database)?;
        if let Some(file) = self.sqlite_file() {
            secrets::make_private_database(&file)?;
        }
        open(&self.database, master_key).await
    }

    /// Opens the service above another SQLite file that this master key seals.
    pub(super) async fn open_file(&self, file: &Path) -> anyhow::Result<Service> {
        let master_key = secrets::kept_master_key(self.master_key_file.as_deref(), &self.database)?;
        open(&format!("sqlite:{}", file.display()), master_key).await
    }

    /// Returns the file of a SQLite database.
    pub(super) fn sqlite_file(&self) -> Option<PathBuf> {
        self.database.strip_prefix("sqlite:").map(PathBuf::from)
    }

    /// Returns the URL without what it may hold of a password.
    pub(super) fn name(&self) -> String {
        redacted(&self.database)
    }
}

async fn open(url: &str, master_key: MasterKey) -> anyhow::Result<Service> {
    let failed = || format!("failed to open {}", redacted(url));
    let store = store::connect(url).await.with_context(failed)?;
    Service::open(store, master_key, Config::default(), Arc::new(SystemEnvironment))
        .await
        .with_context(failed)
}

/// Leaves out the user, the password and the parameters of a URL.
fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // `sqlite:FILE` and `memory:` hold no password; anything else may be one.
        let is_known = url.starts_with("sqlite:") || url == "memory:";
        return if is_known { url.to_owned() } else { "the database".to_owned() };
    };
    let rest = rest.split('?').next().unwrap_or_default();
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_without_its_password() {
        assert_eq!(
            redacted("postgres://walkby:s3@cret@db.example/walkby?password=s3"),
            "postgres://db.example/walkby"
        );
        assert_eq!(redacted("postgres://localhost/walkby"), "postgres://localhost/walkby");
        assert_eq!(redacted("host=x password=s3cret"), "the database");
        assert_eq!(redacted("sqlite:/var/lib/walkby.db"), "sqlite:/var/lib/walkby.db");
    }
}
