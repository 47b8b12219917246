//! Opens the consoles of both services in the person's browser, and nothing else.

use lockstep_engine::error::{EngineError, ErrorCode};
use tauri::Url;

use super::Answer;

/// Hosts whose pages the window may have opened.
const CONSOLES: [&str; 4] =
    ["admin.atlassian.com", "console.jumpcloud.com", "console.eu.jumpcloud.com", "console.in.jumpcloud.com"];

/// Opens a page of Atlassian's or JumpCloud's console in the browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_link(url: String) -> Answer<()> {
    let url = console_page(&url)?;
    open::that_detached(url.as_str()).map_err(|error| {
        EngineError::new(ErrorCode::Internal, "The browser could not be opened")
            .hint(format!("Open it yourself: {url}"))
            .caused_by(error)
    })?;
    Ok(())
}

/// Returns the address if it is a page of a console: whatever else a page could be made to ask for is refused.
fn console_page(url: &str) -> Result<Url, EngineError> {
    let refused =
        || EngineError::new(ErrorCode::InvalidInput, "Only pages of the two consoles can be opened");
    let url = Url::parse(url).map_err(|_| refused())?;
    let is_console = url.scheme() == "https"
        && url.host_str().is_some_and(|host| CONSOLES.contains(&host))
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if is_console { Ok(url) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_consoles_are_opened() {
        for url in [
            "https://admin.atlassian.com/o/abc/security/identity-providers",
            "https://console.jumpcloud.com/#/groups",
        ] {
            assert!(console_page(url).is_ok(), "{url}");
        }
        for url in [
            "http://admin.atlassian.com/",
            "https://admin.atlassian.com.evil.example/",
            "https://admin.atlassian.com@evil.example/",
            "https://user:key@admin.atlassian.com/",
            "https://admin.atlassian.com:8443/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "",
        ] {
            assert!(console_page(url).is_err(), "{url}");
        }
    }
}
