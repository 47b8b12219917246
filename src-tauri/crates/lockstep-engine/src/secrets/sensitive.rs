//! A text that must not be seen.

use std::fmt;

use zeroize::Zeroizing;

/// A key in clear text. Its memory is overwritten when it is dropped, it prints as `****`, and it deliberately cannot be serialised.
#[derive(Clone)]
pub struct Sensitive(Zeroizing<String>);

impl Sensitive {
    /// Wraps a key as somebody typed or pasted it: blanks and line ends around it are no part of it.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value = Zeroizing::new(value.into());
        if value.trim().len() == value.len() {
            Self(value)
        } else {
            Self(Zeroizing::new(value.trim().to_owned()))
        }
    }

    /// Returns the key itself; for the one place that puts it into a request, and for the secret store.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

impl fmt::Display for Sensitive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_prints_as_stars() {
        let key = Sensitive::new(" top-secret\n");
        assert_eq!(format!("{key:?} {key} {:?}", Some(&key)), "**** **** Some(****)", "no form shows it");
        assert_eq!(key.reveal(), "top-secret", "what was pasted around it is gone");
    }
}
