//! The one window: how it is built, shown, remembered, and kept on our own pages.

use tauri::plugin::TauriPlugin;
use tauri::utils::config::WindowConfig;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, Url, WebviewWindowBuilder, Wry};
use tauri_plugin_window_state::StateFlags;

/// The window's label, as in `tauri.conf.json` and in the capability.
pub(crate) const MAIN: &str = "main";

/// Opens the main window. It stays hidden until its page has loaded, so that nobody sees it flash white.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let Some(config) = main_config(app) else {
        return Err(tauri::Error::WindowNotFound);
    };
    let development = development_url(app);
    WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(move |url| is_own_page(url, development.as_ref()))
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Finished
                && let Err(error) = window.show()
            {
                tracing::error!(%error, "The window could not be shown.");
            }
        })
        .build()?;
    Ok(())
}

/// Shows, restores and focuses the main window; a window system that refuses is no reason to fail.
pub(crate) fn bring_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for result in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = result {
            tracing::warn!(%error, "The window could not be brought forward.");
        }
    }
}

/// Remembers size, position and whether the window was maximised.
///
/// Not whether it was visible: a window that was closed while hidden would never come back.
pub(crate) fn state_plugin() -> TauriPlugin<Wry> {
    let remembered = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    tauri_plugin_window_state::Builder::default().with_state_flags(remembered).build()
}

fn main_config(app: &AppHandle) -> Option<WindowConfig> {
    app.config().app.windows.iter().find(|window| window.label == MAIN).cloned()
}

/// The development server's address, in builds that load their pages from it.
fn development_url(app: &AppHandle) -> Option<Url> {
    if cfg!(feature = "custom-protocol") { None } else { app.config().build.dev_url.clone() }
}

/// Says whether the window may go to `url`: only our own pages, whose origin differs by platform.
fn is_own_page(url: &Url, development: Option<&Url>) -> bool {
    let bundled = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => url.as_str() == "about:blank",
    };
    bundled || development.is_some_and(|own| own.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(url: &str) -> bool {
        is_own_page(&Url::parse(url).unwrap(), None)
    }

    #[test]
    fn the_window_goes_to_its_own_pages_only() {
        assert!(allowed("tauri://localhost/plan"));
        assert!(allowed("http://tauri.localhost/"));
        assert!(!allowed("https://example.com/"));
        assert!(!allowed("https://localhost/"));
        assert!(!allowed("http://localhost:5173/"), "the development server belongs to development builds");
        assert!(!allowed("file:///etc/passwd"));
    }

    #[test]
    fn a_development_build_goes_to_the_development_server_too() {
        let server = Url::parse("http://localhost:5173").unwrap();
        assert!(is_own_page(&Url::parse("http://localhost:5173/plan").unwrap(), Some(&server)));
        assert!(!is_own_page(&Url::parse("http://localhost:5174/").unwrap(), Some(&server)));
    }
}
