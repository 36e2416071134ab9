//! Lets Tauri read its configuration at build time.

use std::path::Path;

/// The user interface, built by npm; it is not in git.
const USER_INTERFACE: &str = "ui/dist";

fn main() {
    println!("cargo:rerun-if-changed={USER_INTERFACE}");
    if !Path::new(USER_INTERFACE).join("index.html").is_file() {
        println!(
            "cargo:warning=the user interface is not built, so the window only says so: run `npm ci`, then \
             `npm run build -w @walkby/field-app` at the top, and build again"
        );
        // Tauri's macro merges this into its configuration: a page that says the same.
        println!(r#"cargo:rustc-env=TAURI_CONFIG={{"build":{{"frontendDist":"window"}}}}"#);
    }
    tauri_build::build();
}
