//! Who sits at this computer, for the log.

/// Returns the operating system's name of the current user, or `unknown user` where it has none.
///
/// The account database is asked and not the environment: schedulers and containers often start programs without `USER`.
#[must_use]
pub fn operating_system_user() -> String {
    whoami::username()
        .ok()
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "unknown user".to_owned())
}
