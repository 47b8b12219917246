//! The only place that prints: one JSON document, or text for people.

use std::io::Write;

use lockstep_engine::api::views::{Check, ConnectionState, ConnectionView, KeyKind, KeyStatus};
use lockstep_engine::error::{EngineError, ErrorCode};
use serde::Serialize;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Text for people.
    Text,
    /// One JSON document.
    Json,
}

impl Output {
    /// Prints a value: as JSON, or as the text that is made for people.
    pub(crate) fn print<T: Serialize>(self, value: &T, text: impl FnOnce() -> String) {
        match self {
            Self::Text => line(text().trim_end()),
            Self::Json => match serde_json::to_string_pretty(value) {
                Ok(document) => line(&document),
                Err(error) => tracing::error!(%error, "The answer could not be written as JSON."),
            },
        }
    }

    /// Prints an error: under `--json` the document on standard output, else text on standard error.
    pub(crate) fn error(self, error: &EngineError) {
        let cause = error.cause_chain();
        match self {
            Self::Json => {
                let error = ErrorBody {
                    code: error.code,
                    message: &error.message,
                    cause: &cause,
                    hints: &error.hints,
                };
                self.print(&ErrorDocument { error }, String::new);
            }
            Self::Text => {
                let mut text = format!("Error: {}.", error.message.trim_end_matches('.'));
                if !cause.is_empty() {
                    text.push_str("\nCause: ");
                    text.push_str(&cause);
                }
                for hint in &error.hints {
                    text.push_str("\nDo: ");
                    text.push_str(hint);
                }
                let _ = writeln!(std::io::stderr(), "{text}");
            }
        }
    }
}

/// Prints a line on standard output. A reader that went away (`| head`) is no error of ours.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// An error as the contract writes it.
#[derive(Debug, Serialize)]
struct ErrorDocument<'a> {
    error: ErrorBody<'a>,
}

#[derive(Debug, Serialize)]
struct ErrorBody<'a> {
    code: ErrorCode,
    message: &'a str,
    cause: &'a str,
    hints: &'a [String],
}

/// A connection as the contract writes it.
#[derive(Debug, Serialize)]
pub(crate) struct ConnectionDocument<'a> {
    connection_id: &'a str,
    name: &'a str,
    state: ConnectionState,
    pause_reason: Option<&'a str>,
    jumpcloud_url: &'a str,
    insights_url: Option<&'a str>,
    jumpcloud_org: Option<&'a str>,
    application: &'a str,
    scim_url: &'a str,
    organisation_url: Option<&'a str>,
    organisation_id: Option<&'a str>,
    policy: &'a lockstep_core::policy::Policy,
    concurrency: u32,
    read_interval: Option<u32>,
    keys: &'a [KeyStatus],
}

impl<'a> From<&'a ConnectionView> for ConnectionDocument<'a> {
    fn from(view: &'a ConnectionView) -> Self {
        let endpoints = &view.draft.endpoints;
        Self {
            connection_id: view.connection_id.as_str(),
            name: &view.draft.name,
            state: view.state,
            pause_reason: view.pause_reason.as_deref(),
            jumpcloud_url: &endpoints.jumpcloud_url,
            insights_url: endpoints.insights_url.as_deref(),
            jumpcloud_org: endpoints.jumpcloud_organisation.as_deref(),
            application: &endpoints.application,
            scim_url: &endpoints.scim_url,
            organisation_url: endpoints.organisation_url.as_deref(),
            organisation_id: endpoints.organisation_id.as_deref(),
            policy: &view.draft.policy,
            concurrency: view.draft.concurrency,
            read_interval: view.draft.read_interval_seconds,
            keys: &view.keys,
        }
    }
}

/// Returns a connection's text for people.
pub(crate) fn connection_text(view: &ConnectionView) -> String {
    let state = match view.state {
        ConnectionState::Inactive => "inactive".to_owned(),
        ConnectionState::Active => "active".to_owned(),
        ConnectionState::Paused => {
            format!("paused: {}", view.pause_reason.as_deref().unwrap_or("no reason recorded"))
        }
    };
    let endpoints = &view.draft.endpoints;
    let mut text = format!("{} ({}), {state}\n", view.connection_id, view.draft.name);
    let mut row = |what: &str, value: &str| {
        text.push_str(&format!("  {what:<18}{value}\n"));
    };
    row("JumpCloud", &endpoints.jumpcloud_url);
    row("application", &endpoints.application);
    row("SCIM directory", &endpoints.scim_url);
    if let (Some(url), Some(id)) = (&endpoints.organisation_url, &endpoints.organisation_id) {
        row("organisation API", &format!("{url}, organisation {id}"));
    }
    for key in &view.keys {
        let name = match key.kind {
            KeyKind::Jumpcloud => "JumpCloud key",
            KeyKind::Scim => "SCIM key",
            KeyKind::Organisation => "organisation key",
        };
        let status = match (&key.fingerprint, &key.problem) {
            (Some(fingerprint), _) => {
                format!("{fingerprint} (fingerprint), from the {}", key.origin.as_deref().unwrap_or("store"))
            }
            (None, Some(problem)) => problem.clone(),
            (None, None) => "not stored".to_owned(),
        };
        row(name, &status);
    }
    text
}

/// Returns the text of a connection test.
pub(crate) fn checks_text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        text.push_str(if check.ok { "ok      " } else { "FAILED  " });
        text.push_str(&format!("{}: {}\n", check.name, check.text));
        if let Some(remedy) = &check.remedy {
            text.push_str(&format!("        {remedy}\n"));
        }
    }
    text
}
