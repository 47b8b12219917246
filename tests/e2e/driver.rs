//! A small WebDriver client: only what the journeys use.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use base64::Engine as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::keys::Key;
use crate::wait::{PATIENCE, until};

/// The property that marks an element in WebDriver's JSON (W3C WebDriver, "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The driver itself sets no limit to the start of a session: it would wait for ever for an app that died.
const START_LIMIT: Duration = Duration::from_secs(60);
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// A session with the app's window.
#[derive(Debug)]
pub struct Driver {
    http: reqwest::Client,
    session: String,
}

/// An element of the page that is shown now.
#[derive(Clone, Debug)]
pub struct Element(String);

/// How to find an element.
#[derive(Clone, Debug)]
pub enum Locator {
    /// By a CSS selector.
    Css(String),
    /// By an XPath expression.
    XPath(String),
}

impl Locator {
    /// By a CSS selector.
    #[must_use]
    pub fn css(selector: &str) -> Self {
        Self::Css(selector.to_owned())
    }

    /// A button, or a link that looks like one, by its accessible name or its text (which may have more around it).
    #[must_use]
    pub fn button(name: &str) -> Self {
        let name = quoted(name);
        Self::XPath(format!(
            "//*[self::button or self::a or @role='button' or @role='menuitem' or @role='tab']\
             [@aria-label={name} or contains(normalize-space(.), {name})]"
        ))
    }

    /// The heading with this text.
    #[must_use]
    pub fn heading(text: &str) -> Self {
        Self::XPath(format!(
            "//*[self::h1 or self::h2 or self::h3][contains(normalize-space(.), {})]",
            quoted(text)
        ))
    }

    /// The innermost element that contains this text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let text = quoted(text);
        Self::XPath(format!(
            "//body//*[not(self::script or self::style)][contains(normalize-space(.), {text})]\
             [not(*[contains(normalize-space(.), {text})])]"
        ))
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Css(selector) => json!({ "using": "css selector", "value": selector }),
            Self::XPath(expression) => json!({ "using": "xpath", "value": expression }),
        }
    }
}

/// Quotes a text for XPath, which knows no escapes.
fn quoted(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    let pieces: Vec<String> = text.split('\'').map(|piece| format!("'{piece}'")).collect();
    format!("concat({})", pieces.join(", \"'\", "))
}

impl Driver {
    /// Starts the app through the driver that listens at `address`, such as `http://127.0.0.1:4444`.
    ///
    /// # Errors
    /// When the driver does not answer, or the app does not open a window within a minute.
    pub async fn start(
        address: &str,
        binary: &std::path::Path,
        arguments: &[String],
    ) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(COMMAND_LIMIT).build()?;
        until("the driver to listen", PATIENCE, async || {
            let answer = http.get(format!("{address}/status")).send().await?;
            Ok(answer.status().is_success().then_some(()))
        })
        .await?;
        let options = json!({ "binary": binary, "args": arguments });
        let capabilities =
            json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let request =
            http.post(format!("{address}/session")).timeout(START_LIMIT).body(capabilities.to_string());
        let answer = request.send().await.context("The app opened no window")?;
        let value = value_of(answer).await.context("The app opened no window")?;
        let id =
            value.pointer("/sessionId").and_then(Value::as_str).context("The driver named no session")?;
        Ok(Self { http, session: format!("{address}/session/{id}") })
    }

    async fn command(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.with_context(|| format!("WebDriver {path} was not answered"))?;
        value_of(answer).await.with_context(|| format!("WebDriver {path} failed"))
    }

    async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.command(Method::POST, path, Some(body)).await
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.command(Method::GET, path, None).await
    }

    /// Ends the session, which closes the app.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn quit(&self) -> anyhow::Result<()> {
        self.command(Method::DELETE, "", None).await.map(|_| ())
    }

    /// Returns every element that is there now.
    ///
    /// # Errors
    /// When the driver refuses the locator.
    pub async fn find_all(&self, locator: &Locator) -> anyhow::Result<Vec<Element>> {
        let found = self.post("/elements", locator.to_json()).await?;
        let elements = found.as_array().context("The driver named no elements")?;
        elements.iter().map(element_of).collect()
    }

    /// Waits for the first visible element.
    ///
    /// # Errors
    /// When there is none before [`PATIENCE`] is over.
    pub async fn find(&self, locator: &Locator) -> anyhow::Result<Element> {
        self.find_within(locator, PATIENCE).await
    }

    /// Waits for the first visible element for as long as `patience` says.
    ///
    /// # Errors
    /// When there is none before `patience` is over.
    pub async fn find_within(&self, locator: &Locator, patience: Duration) -> anyhow::Result<Element> {
        until(&format!("{locator:?}"), patience, async || {
            for element in self.find_all(locator).await? {
                if self.is_shown(&element).await? {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Waits until no such element is shown.
    ///
    /// # Errors
    /// When there still is one after `patience`.
    pub async fn gone(&self, locator: &Locator, patience: Duration) -> anyhow::Result<()> {
        until(&format!("{locator:?} to go"), patience, async || {
            for element in self.find_all(locator).await? {
                if self.is_shown(&element).await? {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        })
        .await
    }

    /// Says whether the element can be seen.
    ///
    /// # Errors
    /// When the element is no longer part of the page.
    pub async fn is_shown(&self, element: &Element) -> anyhow::Result<bool> {
        // The driver's own answer takes whatever lies in a scrolling or clipped container for hidden.
        let script = "const box = arguments[0].getBoundingClientRect();
                      return box.width > 0 && box.height > 0 && arguments[0].checkVisibility({ visibilityProperty: true });";
        let shown = self.run_on(script, element).await?;
        Ok(shown.as_bool().unwrap_or(false))
    }

    /// Says whether the element can be used.
    ///
    /// # Errors
    /// When the element is no longer part of the page.
    pub async fn is_enabled(&self, element: &Element) -> anyhow::Result<bool> {
        let enabled = self.get(&format!("/element/{}/enabled", element.0)).await?;
        Ok(enabled.as_bool().unwrap_or(false))
    }

    /// Returns the text as it is shown.
    ///
    /// # Errors
    /// When the element is no longer part of the page.
    pub async fn text(&self, element: &Element) -> anyhow::Result<String> {
        // Not the driver's own answer, for the same reason as in `is_shown`.
        let text = self.run_on("return arguments[0].innerText", element).await?;
        Ok(text.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Waits for the element, then clicks it. An element that moves or is replaced meanwhile is tried again.
    ///
    /// # Errors
    /// When it does not take a click before [`PATIENCE`] is over.
    pub async fn click(&self, locator: &Locator) -> anyhow::Result<()> {
        until(&format!("{locator:?} to take a click"), PATIENCE, async || {
            for element in self.find_all(locator).await? {
                if self.is_shown(&element).await? && self.is_enabled(&element).await? {
                    self.post(&format!("/element/{}/click", element.0), json!({})).await?;
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Waits for the field, empties it and types into it. A field that is replaced meanwhile is tried again.
    ///
    /// # Errors
    /// When there is no such field, or it takes no text.
    pub async fn fill(&self, locator: &Locator, text: &str) -> anyhow::Result<()> {
        // The driver's own way to empty a field is seen by nobody who listens to input, so that the page may put the text back.
        let empty = "const field = arguments[0];
                     field.focus();
                     Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set.call(field, '');
                     field.dispatchEvent(new Event('input', { bubbles: true }));";
        until(&format!("{locator:?} to take a text"), PATIENCE, async || {
            for element in self.find_all(locator).await? {
                if self.is_shown(&element).await? && self.is_enabled(&element).await? {
                    self.run_on(empty, &element).await?;
                    // It takes an empty text for a missing one.
                    if !text.is_empty() {
                        self.post(&format!("/element/{}/value", element.0), json!({ "text": text })).await?;
                    }
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Presses a key on whatever has the focus, as a keyboard does.
    ///
    /// # Errors
    /// When the driver refuses it.
    pub async fn press(&self, key: Key) -> anyhow::Result<()> {
        let strokes = key.strokes();
        let down = strokes.iter().map(|stroke| json!({ "type": "keyDown", "value": stroke }));
        let up = strokes.iter().rev().map(|stroke| json!({ "type": "keyUp", "value": stroke }));
        let actions: Vec<Value> = down.chain(up).collect();
        let source = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", json!({ "actions": [source] })).await.map(|_| ())
    }

    /// Presses the keys that write this text.
    ///
    /// # Errors
    /// When the driver refuses one.
    pub async fn write(&self, text: &str) -> anyhow::Result<()> {
        for letter in text.chars() {
            self.press(Key::Character(letter)).await?;
        }
        Ok(())
    }

    /// Runs the body of a function in the page and returns what it returns.
    ///
    /// # Errors
    /// When the script throws.
    pub async fn run(&self, script: &str) -> anyhow::Result<Value> {
        self.post("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Runs the body of a function whose first argument is the element.
    ///
    /// # Errors
    /// When the script throws, or the element is no longer part of the page.
    pub async fn run_on(&self, script: &str, element: &Element) -> anyhow::Result<Value> {
        self.post("/execute/sync", json!({ "script": script, "args": [{ ELEMENT: element.0 }] })).await
    }

    /// Runs the body of a function in the page; its last argument is the callback that takes the answer.
    ///
    /// # Errors
    /// When the script throws, or does not call back in time.
    pub async fn run_async(&self, script: &str) -> anyhow::Result<Value> {
        self.post("/execute/async", json!({ "script": script, "args": [] })).await
    }

    /// Returns the page's title.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn title(&self) -> anyhow::Result<String> {
        Ok(self.get("/title").await?.as_str().unwrap_or_default().to_owned())
    }

    /// Returns the page's address.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn address(&self) -> anyhow::Result<String> {
        Ok(self.get("/url").await?.as_str().unwrap_or_default().to_owned())
    }

    /// Makes the page exactly this large, in CSS pixels.
    ///
    /// # Errors
    /// When the window does not take the size before [`PATIENCE`] is over.
    pub async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        until(&format!("the page to be {width}×{height}"), PATIENCE, async || {
            let page = self.run("return [innerWidth, innerHeight]").await?;
            if page == json!([width, height]) {
                return Ok(Some(()));
            }
            // What the window adds around the page differs by window manager, so it is measured.
            let rect = self.get("/window/rect").await?;
            let outer = |name: &str| rect.get(name).and_then(Value::as_i64).unwrap_or_default();
            let inner = |index: usize| page.get(index).and_then(Value::as_i64).unwrap_or_default();
            let around = |outer: i64, inner: i64| (outer - inner).clamp(0, 200);
            let size = json!({
                "x": 0, "y": 0,
                "width": i64::from(width) + around(outer("width"), inner(0)),
                "height": i64::from(height) + around(outer("height"), inner(1)),
            });
            self.post("/window/rect", size).await?;
            Ok(None)
        })
        .await
    }

    /// Returns a picture of the page, as PNG.
    ///
    /// # Errors
    /// When the driver takes none.
    pub async fn screenshot(&self) -> anyhow::Result<Vec<u8>> {
        let picture = self.get("/screenshot").await?;
        let text = picture.as_str().context("The driver sent no picture")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(text)?)
    }
}

fn element_of(value: &Value) -> anyhow::Result<Element> {
    let id =
        value.get(ELEMENT).and_then(Value::as_str).ok_or_else(|| anyhow!("This is no element: {value}"))?;
    Ok(Element(id.to_owned()))
}

/// Returns the `value` of a WebDriver answer, or its error in words.
async fn value_of(answer: reqwest::Response) -> anyhow::Result<Value> {
    let status = answer.status();
    let body = answer.bytes().await?;
    let mut document: Value = serde_json::from_slice(&body)
        .with_context(|| format!("{status} without JSON: {}", String::from_utf8_lossy(&body)))?;
    let value = document.get_mut("value").map(Value::take).unwrap_or_default();
    if status.is_success() {
        return Ok(value);
    }
    let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    bail!("{}: {}", part("error"), part("message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_an_apostrophe_can_be_looked_for() {
        assert_eq!(quoted("Plan"), "'Plan'");
        assert_eq!(quoted("system's"), "concat('system', \"'\", 's')");
    }
}
