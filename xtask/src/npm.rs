//! Node.js and npm: the right version, the packages of `package-lock.json`, scripts.

use std::process::Command;

use anyhow::{Context as _, bail};

use crate::fingerprint::Stamp;
use crate::process::{self, root};

/// The oldest Node.js that runs Vite, as in `engines` of `package.json`.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// What says which packages are installed and how the workspaces are linked.
const MANIFESTS: [&str; 5] = [
    "package-lock.json",
    "package.json",
    "ui/package.json",
    "mobile/ui/package.json",
    "sync-server/page/package.json",
];

/// Returns npm in the top folder.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(root()).args(arguments);
    command
}

/// Installs the packages that `package-lock.json` names, unless they are installed.
pub(crate) fn ensure() -> anyhow::Result<()> {
    check_node()?;
    let root = root();
    let stamp = Stamp::of(root.join("node_modules/.walkby-stamp"), &root, &MANIFESTS)?;
    if stamp.is_current() {
        return Ok(());
    }
    process::run(&mut npm(&["ci", "--prefer-offline", "--no-audit", "--no-fund"]))?;
    stamp.write()
}

/// Returns a program that a package of `package-lock.json` brought, such as `tauri`.
pub(crate) fn program(name: &str) -> Command {
    Command::new(root().join("node_modules/.bin").join(name))
}

fn check_node() -> anyhow::Result<()> {
    let (major, minor) = OLDEST_NODE;
    let wanted = format!("Node.js {major}.{minor} or newer with npm (https://nodejs.org)");
    let said = process::output(Command::new("node").arg("--version"))
        .with_context(|| format!("the user interfaces need {wanted}"))?;
    let Some(version) = version(&said) else {
        bail!("the user interfaces need {wanted}; `node --version` said {said:?}");
    };
    if version < OLDEST_NODE {
        bail!("the user interfaces need {wanted}; this is {said}");
    }
    Ok(())
}

/// Returns major and minor of a version such as `v20.19.5`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_node_is_read_and_anything_else_is_none() {
        assert_eq!(version("v20.19.5"), Some((20, 19)));
        assert_eq!(version("v22.0.0-nightly"), Some((22, 0)));
        for other in ["", "20.19.5", "v20", "vx.1"] {
            assert_eq!(version(other), None, "{other}");
        }
    }

    #[test]
    fn the_oldest_node_is_the_one_that_package_json_names() {
        let manifest = std::fs::read_to_string(root().join("package.json")).unwrap();
        let (major, minor) = OLDEST_NODE;
        assert!(manifest.contains(&format!("\"node\": \">={major}.{minor}\"")), "{manifest}");
    }
}
