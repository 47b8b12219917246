//! Generates what Tauri needs at compile time: the capability set, the permission allow-list and the icons.
//!
//! It never runs npm: `ui/dist` is built by `cargo xtask` or by the Tauri CLI.

use tauri_build::{AppManifest, Attributes};

fn main() {
    // Tauri watches its default folders only; ours lie beside the sources.
    for path in ["src-tauri/capabilities", "src-tauri/permissions", "icons", "ui/dist"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let permissions = AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml");
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*.json")
        .app_manifest(permissions);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
