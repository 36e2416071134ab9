//! axe-core in the page: what somebody who cannot see it would stumble over.

use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::Session;

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    window.axe.run().then(
        ({ violations }) => done(violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' '))),
        (error) => done([String(error)]));";

/// Runs axe-core over the page.
pub(super) async fn check(session: &Session) -> anyhow::Result<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/axe-core/axe.min.js");
    let source = std::fs::read_to_string(&source)
        .with_context(|| format!("{} is not there; run `npm ci`", source.display()))?;
    session.run(&source, &[]).await.context("failed to load axe-core into the page")?;
    let violations = session.run_later(RUN, &[]).await?;
    let violations: Vec<&str> =
        violations.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !violations.is_empty() {
        bail!("axe-core found: {}", violations.join("\n"));
    }
    Ok(())
}
