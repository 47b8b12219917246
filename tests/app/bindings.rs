//! The committed TypeScript bindings are what the commands and events generate today.

use std::path::{Path, PathBuf};

use lockstep_app::bindings;

/// Returns the bindings as they would be written now.
pub(crate) fn generated() -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bindings.gen.ts");
    bindings::builder().export(bindings::typescript(), &file).expect("the bindings can be generated");
    std::fs::read_to_string(&file).unwrap()
}

fn committed_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(bindings::BINDINGS_PATH)
}

#[test]
fn the_committed_bindings_are_current() {
    let generated = generated();
    let path = committed_path();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = committed
        .lines()
        .zip(generated.lines())
        .position(|(old, new)| old != new)
        .unwrap_or_else(|| committed.lines().count().min(generated.lines().count()));
    assert!(
        committed == generated,
        "{} is stale from line {}; `cargo xtask bindings` writes it again",
        bindings::BINDINGS_PATH,
        difference + 1,
    );
}
