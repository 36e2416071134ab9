//! `walkby-server restore`: a new life of the database from a backup.
//!
//! Handhelds count as safe what an answer of the present life said. A restored database lacks what
//! came after its backup, so its life must be one that no handheld has seen: the new life begins in
//! the copy, before the copy takes the place of the database.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rusqlite::Connection;
use sync_server::Actor;

use super::arguments::DatabaseArguments;
use super::secrets::beside;

/// Files that SQLite keeps beside a database that is open, or was left by a crash.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Puts a backup in the place of the database and begins a new life of it.
pub(super) async fn restore(
    database: &DatabaseArguments,
    from: Option<&Path>,
    replace: bool,
) -> anyhow::Result<()> {
    let epoch = match from {
        None => database.open().await?.begin_new_epoch(Actor::Operator).await?,
        Some(from) => {
            let file = database.sqlite_file().context(
                "only a SQLite database is restored from a file; restore another one with its own tools, then run \
                 `walkby-server restore` without --from",
            )?;
            restore_file(database, from, &file, replace).await?
        }
    };
    println!("this is life {epoch} of {}; handhelds will offer again what it lacks", database.name());
    Ok(())
}

async fn restore_file(
    database: &DatabaseArguments,
    from: &Path,
    file: &Path,
    replace: bool,
) -> anyhow::Result<u64> {
    if file.exists() && !replace {
        bail!(
            "{} exists; give --replace to put the backup in its place (it is kept beside it)",
            file.display()
        );
    }
    let copy = beside(file, ".restoring");
    remove_database(&copy)?;
    fs::copy(from, &copy).with_context(|| format!("failed to copy {}", from.display()))?;
    check(&copy).with_context(|| format!("{} is damaged; take another backup", from.display()))?;

    let service = database.open_file(&copy).await?;
    let mut epoch = service.begin_new_epoch(Actor::Operator).await?;
    if file.exists() {
        close_alone(file)?;
        let replaced = server_epoch(file)?;
        if epoch == replaced {
            // Lives are numbered by the second: this backup was restored within this one already.
            epoch = service.begin_new_epoch(Actor::Operator).await?;
        }
        if epoch <= replaced {
            bail!(
                "this machine's clock stands before the life that is to be replaced began; set it right first"
            );
        }
    }
    drop(service);
    close_alone(&copy)?;
    if file.exists() {
        let kept = free_name(file);
        fs::rename(file, &kept).with_context(|| format!("failed to rename {}", file.display()))?;
        println!("the database that was replaced is kept in {}", kept.display());
    }
    fs::rename(&copy, file).with_context(|| format!("failed to rename {}", copy.display()))?;
    Ok(epoch)
}

/// Checks every page and every index.
fn check(file: &Path) -> anyhow::Result<()> {
    let finding: String =
        Connection::open(file)?.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if finding != "ok" {
        bail!("{finding}");
    }
    Ok(())
}

fn server_epoch(file: &Path) -> anyhow::Result<u64> {
    let epoch: i64 = Connection::open(file)?
        .query_row("SELECT server_epoch FROM server_state", [], |row| row.get(0))
        .with_context(|| format!("failed to read which life {} is", file.display()))?;
    Ok(u64::try_from(epoch)?)
}

/// Brings everything into the one file, and makes sure that no server has it open.
fn close_alone(file: &Path) -> anyhow::Result<()> {
    let close = || -> rusqlite::Result<()> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        connection.close().map_err(|(_, error)| error)
    };
    close().with_context(|| {
        format!("failed to close {}; does a server have it open? End it first", file.display())
    })
}

/// Removes what an earlier attempt left.
fn remove_database(file: &Path) -> anyhow::Result<()> {
    for path in COMPANIONS.iter().map(|suffix| beside(file, suffix)).chain([file.to_owned()]) {
        if path.exists() {
            fs::remove_file(&path).with_context(|| format!("failed to remove {}", path.display()))?;
        }
    }
    Ok(())
}

fn free_name(file: &Path) -> PathBuf {
    (1u32..)
        .map(|number| beside(file, &format!(".replaced-{number}")))
        .find(|name| !name.exists())
        .unwrap_or_else(|| beside(file, ".replaced"))
}
