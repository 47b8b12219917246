//! The app in an isolated home.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::axe;
use crate::driver::Driver;
use crate::process::DriverProcess;

/// What the system prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light.
    #[default]
    Light,
    /// Light text on dark.
    Dark,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How to open the app.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the system prefers when the app starts.
    pub scheme: Scheme,
    /// Arguments of the app.
    pub arguments: Vec<String>,
}

/// A home of its own: settings, data and logs. Removed when it is dropped; the app may be opened in it several times.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// Creates an empty home.
    ///
    /// # Errors
    /// When the temporary folder cannot be written to.
    pub fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("lockstep-e2e-").tempdir()?;
        for name in ["config", "data", "cache", "state", "lockstep"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        Ok(Self { folder })
    }

    /// Lockstep's data directory in this home.
    #[must_use]
    pub fn data_directory(&self) -> PathBuf {
        self.folder.path().join("lockstep")
    }

    /// Opens the app in this home.
    ///
    /// # Errors
    /// When the app has not been built, or opens no window; ends with the last words of its log.
    pub async fn open(&self, options: Options) -> anyhow::Result<App> {
        let binary = binary();
        ensure!(binary.is_file(), "{} is missing; `cargo build` makes it", binary.display());
        let home = self.folder.path();
        let places = [
            ("HOME", home.to_owned()),
            ("XDG_CONFIG_HOME", home.join("config")),
            ("XDG_DATA_HOME", home.join("data")),
            ("XDG_CACHE_HOME", home.join("cache")),
            ("XDG_STATE_HOME", home.join("state")),
            ("LOCKSTEP_DATA_DIR", self.data_directory()),
        ];
        let environment: Vec<(&str, &Path)> =
            places.iter().map(|(name, path)| (*name, path.as_path())).collect();
        let process = DriverProcess::start(home, &environment, options.scheme == Scheme::Dark)?;
        let driver = Driver::start(&process.address, &binary, &options.arguments).await;
        let driver = driver.with_context(|| format!("Last words:\n{}", process.last_words()))?;
        Ok(App { driver, process, scheme: options.scheme })
    }
}

/// Walks through the app in a new home, and closes it. A journey that fails leaves a picture and says what was shown.
///
/// # Errors
/// When a step fails, with the text of the page and the last words of the app's log.
pub async fn journey(
    name: &str,
    options: Options,
    walk: impl AsyncFnOnce(&App) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let home = Home::new()?;
    let app = home.open(options).await?;
    if let Err(error) = walk(&app).await {
        return Err(app.describe_failure(name, error).await);
    }
    app.close().await
}

/// The running app. Dropping it kills it at once, as a crash would; [`App::close`] closes it.
#[derive(Debug)]
pub struct App {
    /// Its window.
    pub driver: Driver,
    process: DriverProcess,
    scheme: Scheme,
}

impl App {
    /// Closes the window and waits until the app has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn close(self) -> anyhow::Result<()> {
        let closed = self.driver.quit().await;
        closed.with_context(|| format!("Last words:\n{}", self.process.last_words()))
    }

    /// Returns the process group of the driver, of the app and of everything that these started.
    #[must_use]
    pub fn process_group(&self) -> u32 {
        self.process.group()
    }

    /// Takes a picture of the page at a size, to be looked at: `target/screenshots/NAME-WIDTHxHEIGHT-SCHEME.png`.
    ///
    /// # Errors
    /// When the window does not take the size, or the picture cannot be written.
    pub async fn picture(&self, name: &str, width: u32, height: u32) -> anyhow::Result<PathBuf> {
        self.driver.resize(width, height).await?;
        // The page has the size; what it makes of it is drawn a frame later, and shown another one later.
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))";
        self.driver.run_async(drawn).await?;
        let folder = screenshots();
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{name}-{width}x{height}-{}.png", self.scheme.name()));
        std::fs::write(&file, self.driver.screenshot().await?)?;
        Ok(file)
    }

    /// Adds what can be seen now to an error, and leaves a picture of it.
    pub async fn describe_failure(&self, name: &str, error: anyhow::Error) -> anyhow::Error {
        let picture = async {
            std::fs::create_dir_all(screenshots())?;
            let file = screenshots().join(format!("failed-{name}.png"));
            std::fs::write(&file, self.driver.screenshot().await?)?;
            anyhow::Ok(file)
        };
        let picture = match picture.await {
            Ok(file) => file.display().to_string(),
            Err(error) => format!("none ({error:#})"),
        };
        let page = self.driver.run("return location.href + '\\n' + document.body.innerText").await;
        let page = page
            .map_or_else(|error| format!("{error:#}"), |page| page.as_str().unwrap_or_default().to_owned());
        let log = self.process.last_words();
        error.context(format!(
            "Journey `{name}` failed. Picture: {picture}\nThe page:\n{page}\nThe log:\n{log}\n"
        ))
    }

    /// Demands that the page breaks no serious rule of accessibility.
    ///
    /// # Errors
    /// Names each rule that is broken, and where.
    pub async fn must_be_accessible(&self, page: &str) -> anyhow::Result<()> {
        let violations = axe::violations(&self.driver).await?;
        let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
        ensure!(
            list.is_empty(),
            "{page} ({}) breaks rules of accessibility:\n{}",
            self.scheme.name(),
            list.join("\n")
        );
        Ok(())
    }
}

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn binary() -> PathBuf {
    std::env::var_os("LOCKSTEP_APP_BINARY").map_or_else(|| target().join("debug/lockstep"), PathBuf::from)
}

fn screenshots() -> PathBuf {
    std::env::var_os("LOCKSTEP_SCREENSHOTS").map_or_else(|| target().join("screenshots"), PathBuf::from)
}
