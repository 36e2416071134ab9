//! The log on stderr.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

/// Crates that would log statements with their parameters.
const QUIET: [&str; 2] = ["tokio_postgres=info", "h2=info"];

/// Begins to log what the filter lets through.
pub(super) fn start(filter: &str) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(filter).context("failed to read the log filter")?;
    for quiet in QUIET {
        filter = filter.add_directive(quiet.parse::<Directive>()?);
    }
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    Ok(())
}
