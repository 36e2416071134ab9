//! Lays the office's page into the program, if it was built.
//!
//! What `npm run build` left in `page/dist` becomes a table of paths and bytes. Without it the table is
//! empty: the server then compiles all the same, and says at `/` how to build the page.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let page = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("page");
    let dist = page.join("dist");
    let index = dist.join("index.html");
    // Cargo takes a path that is missing for one that always changes, so the folder above stands in.
    let watched = if index.is_file() { &dist } else { &page };
    println!("cargo::rerun-if-changed={}", watched.display());
    println!("cargo::rerun-if-changed=build.rs");

    let mut table = String::from("&[\n");
    if index.is_file() {
        add(&mut table, "/", &index)?;
        add(&mut table, "/favicon.svg", &page.join("src/favicon.svg"))?;
        let mut assets = fs::read_dir(dist.join("assets"))?.collect::<Result<Vec<_>, _>>()?;
        assets.sort_by_key(fs::DirEntry::file_name);
        for asset in assets {
            let name = asset.file_name().into_string().map_err(|_| "an asset's name is not UTF-8")?;
            add(&mut table, &format!("/assets/{name}"), &asset.path())?;
        }
    }
    table.push(']');
    fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("page.rs"), table)?;
    Ok(())
}

fn add(table: &mut String, path: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let file = file.to_str().ok_or("the path of the page is not UTF-8")?;
    writeln!(table, "    ({path:?}, include_bytes!({file:?})),")?;
    Ok(())
}
