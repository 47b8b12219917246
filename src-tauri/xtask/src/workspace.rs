//! Where things are.

use std::path::{Path, PathBuf};

use crate::{Outcome, Stop};

/// The repository and its build folder.
pub(crate) struct Workspace {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, as cargo itself would choose it.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Finds the workspace from where this program was compiled.
    pub(crate) fn find() -> Outcome<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Some(root) = manifest.ancestors().nth(2) else {
            return Err(Stop::Because("the repository's root is not where it was".to_owned()));
        };
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root: root.to_owned(), target })
    }

    /// The user interface's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Our own folder below the target folder: stamps, isolated homes, results. Created when it is missing.
    pub(crate) fn scratch(&self) -> Outcome<PathBuf> {
        let folder = self.target.join("xtask");
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The built desktop app.
    pub(crate) fn app_binary(&self) -> PathBuf {
        self.target.join("debug/lockstep")
    }
}
