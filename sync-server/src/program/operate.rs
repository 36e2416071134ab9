//! What operators do on the server itself, also while it serves.

use std::path::Path;

use anyhow::{Context as _, bail};
use sync_server::Actor;
use sync_server::import::KeyUpload;
use zeroize::Zeroizing;

use super::arguments::DatabaseArguments;

/// Copies the database and counts the copy as safe.
pub(super) async fn backup(database: &DatabaseArguments, to: &Path) -> anyhow::Result<()> {
    let safe_commit = database.open().await?.backup(Actor::Operator, to).await?;
    println!("{} holds everything up to commit {safe_commit}", to.display());
    Ok(())
}

/// Notes a backup that was taken by other means.
pub(super) async fn record_backup(database: &DatabaseArguments, commit: u64) -> anyhow::Result<()> {
    let safe_commit = database.open().await?.record_backup(Actor::Operator, commit).await?;
    println!("everything up to commit {safe_commit} is safe");
    Ok(())
}

/// Reads the password of a KEM file: the first line of a file.
fn read_password(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Imports meter keys and prints what became of each row that was not taken as it stands.
pub(super) async fn import_keys(
    database: &DatabaseArguments,
    file: &Path,
    password_file: Option<&Path>,
) -> anyhow::Result<()> {
    let content = std::fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
    let password = password_file.map(read_password).transpose()?;
    let upload =
        KeyUpload { content: &content, password: password.as_ref().map(|password| password.as_str()) };
    let import = database.open().await?.import_keys(Actor::Operator, upload).await?;
    for row in &import.rows {
        for finding in &row.findings {
            println!("line {}: {}: {}", row.line, finding.column, finding.message);
        }
    }
    println!(
        "{} accepted ({} of them known before), {} refused; {} telegrams decoded again",
        import.accepted, import.known, import.refused, import.decoded_again
    );
    if import.accepted == 0 && import.refused > 0 {
        bail!("no key was taken from {}", file.display());
    }
    Ok(())
}
