//! Secrets of the command line: from a file, else from the environment, else made and kept.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sync_server::MasterKey;
use sync_server::http::models::Password;
use zeroize::Zeroizing;

/// Names the file with the first password in messages and in the environment.
const ADMIN_PASSWORD: &str = "WALKBY_ADMIN_PASSWORD";
const MASTER_KEY: &str = "WALKBY_MASTER_KEY";

/// Letters of a generated password: 32 that nobody takes for one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GENERATED_LETTERS: usize = 20;

/// Returns the key that seals meter keys; makes one for a database that is about to be made.
pub(super) fn master_key(file: Option<&Path>, database: &str) -> anyhow::Result<MasterKey> {
    let is_new = match database.strip_prefix("sqlite:").map(Path::new) {
        Some(database) => !database.exists() && !beside(database, ".key").exists(),
        None => database == "memory:",
    };
    if file.is_some() || std::env::var_os(MASTER_KEY).is_some() || !is_new {
        return kept_master_key(file, database);
    }
    let Some(database) = database.strip_prefix("sqlite:").map(Path::new) else {
        return generate_master_key();
    };
    let file = beside(database, ".key");
    let key = generate_master_key()?;
    write_private(&file, &Zeroizing::new(key.expose_hex() + "\n"))?;
    eprintln!(
        "walkby-server: made a master key in {}; keep a copy of it apart from the backups, which are of no use \
         without it",
        file.display()
    );
    Ok(key)
}

/// Returns the key that seals meter keys; makes none.
pub(super) fn kept_master_key(file: Option<&Path>, database: &str) -> anyhow::Result<MasterKey> {
    if let Some(file) = file {
        return read_master_key(file);
    }
    if let Ok(text) = std::env::var(MASTER_KEY) {
        return Zeroizing::new(text).parse().with_context(|| format!("failed to read {MASTER_KEY}"));
    }
    let Some(database) = database.strip_prefix("sqlite:").map(Path::new) else {
        bail!("a master key is needed: give --master-key-file FILE or {MASTER_KEY}, 64 hexadecimal digits");
    };
    let file = beside(database, ".key");
    if !file.exists() {
        bail!(
            "{} is missing, and without it the meter keys in {} cannot be opened; bring the file back, or name \
             it with --master-key-file",
            file.display(),
            database.display()
        );
    }
    read_master_key(&file)
}

/// Returns the office's first password and whether it was just made.
pub(super) fn admin_password(file: Option<&Path>) -> anyhow::Result<(Password, bool)> {
    if let Some(file) = file {
        return Ok((Password::new(read_line(file)?), false));
    }
    match std::env::var(ADMIN_PASSWORD) {
        Ok(password) => Ok((Password::new(password), false)),
        Err(_) => Ok((generate_password()?, true)),
    }
}

/// Returns the path of a file that stands beside another and is named after it.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn read_master_key(file: &Path) -> anyhow::Result<MasterKey> {
    warn_if_readable(file);
    Zeroizing::new(read_line(file)?).parse().with_context(|| format!("failed to read {}", file.display()))
}

fn read_line(file: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))?;
    let text = Zeroizing::new(text);
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn generate_master_key() -> anyhow::Result<MasterKey> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("failed to get randomness")?;
    Ok(MasterKey::new(bytes))
}

fn generate_password() -> anyhow::Result<Password> {
    let mut bytes = [0; GENERATED_LETTERS];
    getrandom::fill(&mut bytes).context("failed to get randomness")?;
    let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)));
    Ok(Password::new(letters.map(|letter| char::from(*letter)).collect()))
}

/// Makes the file of a SQLite database that is about to be made, so that only its owner may read it.
pub(super) fn make_private_database(file: &Path) -> anyhow::Result<()> {
    // SQLite takes an empty file for a new database, and gives its companions the same mode.
    if file.exists() { Ok(()) } else { write_private(file, "") }
}

/// Makes a directory, with its parents, that only its owner may look into.
pub(super) fn make_private_directory(directory: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).with_context(|| format!("failed to make {}", directory.display()))
}

/// Writes a file that only its owner may read; never over another.
fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file_handle = options.open(file).with_context(|| format!("failed to make {}", file.display()))?;
    file_handle
        .write_all(text.as_bytes())
        .and_then(|()| file_handle.sync_all())
        .with_context(|| format!("failed to write {}", file.display()))
}

#[cfg(unix)]
fn warn_if_readable(file: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    if fs::metadata(file).is_ok_and(|metadata| metadata.mode() & 0o077 != 0) {
        tracing::warn!("{} can be read by others; chmod 600 it", file.display());
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_makes_a_key_file_that_only_its_owner_reads_and_the_second_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("walkby.db").display());
        let made = master_key(None, &database).unwrap();
        let read = master_key(None, &database).unwrap();
        assert_eq!(made.expose(), read.expose());
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let mode = fs::metadata(folder.path().join("walkby.db.key")).unwrap().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_database_without_its_key_file_is_not_given_another_key() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("walkby.db");
        fs::write(&database, "").unwrap();
        let error = master_key(None, &format!("sqlite:{}", database.display())).unwrap_err().to_string();
        assert!(error.contains("walkby.db.key is missing"), "{error}");
        assert!(!folder.path().join("walkby.db.key").exists());
    }

    #[test]
    fn postgres_needs_a_key_and_says_how_to_give_it() {
        let error = master_key(None, "postgres://localhost/walkby").unwrap_err().to_string();
        assert!(error.contains("--master-key-file"), "{error}");
    }

    #[test]
    fn a_file_with_something_else_is_refused_by_name_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, "00112233445566778899aabbccddee\n").unwrap();
        let error = format!("{:#}", master_key(Some(&file), "memory:").unwrap_err());
        assert!(error.contains("64 hexadecimal digits") && !error.contains("0011"), "{error}");
    }

    #[test]
    fn generated_passwords_are_long_and_differ() {
        let (one, other) = (generate_password().unwrap(), generate_password().unwrap());
        assert_eq!(one.expose().len(), GENERATED_LETTERS);
        assert_ne!(one.expose(), other.expose());
    }
}
