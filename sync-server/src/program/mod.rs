//! The command line around the library.

mod arguments;
mod database;
mod logging;
mod operate;
mod restore;
mod secrets;
mod serve;

use anyhow::Context as _;

pub(crate) use arguments::Arguments;

use arguments::Command;

/// Does what the command line says.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<()> {
    if matches!(arguments.command, Some(Command::Openapi)) {
        print!("{}", sync_server::http::OPENAPI);
        return Ok(());
    }
    logging::start(&arguments.log)?;
    let runtime = tokio::runtime::Runtime::new().context("failed to start the runtime")?;
    runtime.block_on(async {
        match arguments.command {
            None => serve::serve(arguments.serve).await,
            Some(Command::Serve(serve)) => serve::serve(serve).await,
            Some(Command::Backup { database, to }) => operate::backup(&database, &to).await,
            Some(Command::RecordBackup { database, commit }) => {
                operate::record_backup(&database, commit).await
            }
            Some(Command::Restore { database, from, replace }) => {
                restore::restore(&database, from.as_deref(), replace).await
            }
            Some(Command::ImportKeys { database, file, password_file }) => {
                operate::import_keys(&database, &file, password_file.as_deref()).await
            }
            Some(Command::Openapi) => Ok(()),
        }
    })
}
