//! `walkby-server serve`.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use sync_server::Service;
use sync_server::http::{Api, Page};
use sync_server::serve::{Options, Server};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::arguments::ServeArguments;
use super::secrets;

/// Serves until SIGTERM or SIGINT; a second one ends at once.
pub(super) async fn serve(arguments: ServeArguments) -> anyhow::Result<()> {
    let options = options(&arguments)?;
    // Before the database is opened: who must not listen need not wait for a migration.
    options.check()?;
    let service = Arc::new(arguments.database.open().await?);
    set_first_password(&service, &arguments).await?;

    let mut api = Api::new(Arc::clone(&service));
    let backups = arguments.database.sqlite_file().map(|file| secrets::beside(&file, "-backups"));
    if let Some(directory) = arguments.backup_directory.or(backups) {
        secrets::make_private_directory(&directory)?;
        api = api.with_backup_directory(directory);
    }
    if !Page::embedded().is_built() {
        tracing::warn!("the office's page is not in this program; / says how to build it");
    }
    let server = Server::bind(api, options).await?;
    let asked_to_end = first_signal()?;
    announce(&server.url())?;
    let deriving = tokio::spawn(derive_pending(Arc::clone(&service)));

    let running = server.run(async {
        let _ = asked_to_end.await;
        tracing::info!("asked to end");
    });
    running.await;
    deriving.abort();
    // Whatever it had begun was rolled back or is done; both are fine.
    let _ = deriving.await;
    drop(service);
    tracing::info!("ended");
    Ok(())
}

fn options(arguments: &ServeArguments) -> anyhow::Result<Options> {
    let tls = match (&arguments.tls_certificate, &arguments.tls_key) {
        (Some(certificate), Some(key)) => Some(sync_server::tls::load(certificate, key)?),
        _ => None,
    };
    Ok(Options { tls, allow_plain_http: arguments.allow_plain_http, ..Options::new(arguments.listen) })
}

/// Gives the office its password when it has none.
async fn set_first_password(service: &Service, arguments: &ServeArguments) -> anyhow::Result<()> {
    if service.has_admin_password().await? {
        return Ok(());
    }
    let (password, is_generated) = secrets::admin_password(arguments.admin_password_file.as_deref())?;
    service.set_admin_password(password.expose()).await.context("failed to set the office's password")?;
    if is_generated {
        eprintln!("walkby-server: the office's password is {}  (shown this once)", password.expose());
    }
    Ok(())
}

/// Prints the one line that programs read.
fn announce(url: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on {url}").and_then(|()| stdout.flush()).context("failed to write to stdout")
}

/// Decodes what an older version of this program decoded, or left for later.
async fn derive_pending(service: Arc<Service>) {
    match service.derive_pending().await {
        Ok(0) => {}
        Ok(telegrams) => tracing::info!(telegrams, "decoded telegrams that were waiting for this version"),
        Err(error) => tracing::error!("failed to decode waiting telegrams: {error}"),
    }
}

/// Passes the first signal on; the second ends the program.
fn first_signal() -> anyhow::Result<oneshot::Receiver<()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (first, receiver) = oneshot::channel();
    tokio::spawn(async move {
        let mut first = Some(first);
        loop {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            let Some(first) = first.take() else {
                tracing::warn!("asked to end twice: ending at once");
                std::process::exit(1);
            };
            // Nobody listens when the server has ended already.
            let _ = first.send(());
        }
    });
    Ok(receiver)
}
