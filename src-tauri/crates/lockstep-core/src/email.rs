//! E-mail addresses and names as they are compared: trimmed, Unicode-normalised (NFC), without regard to letter case.
//!
//! What is sent is what JumpCloud says, trimmed; the forms made here only decide whether two texts mean the same.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Returns the form in which addresses, user names and group names are compared: trimmed, NFC, lower case.
///
/// Borrows where the text already has that form, which is the common case.
pub fn fold(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    } else {
        // Lower-casing can leave a text that is not NFC any more (a capital with a dot above), hence twice.
        let lowered: String = text.nfc().flat_map(char::to_lowercase).collect();
        Cow::Owned(lowered.nfc().collect())
    }
}

/// Whether two addresses, user names or group names mean the same.
pub fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if a.is_ascii() && b.is_ascii() {
        return a.trim().eq_ignore_ascii_case(b.trim());
    }
    fold(a) == fold(b)
}

/// Whether two texts are equal once both are in NFC; letter case counts.
pub fn same_text(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    // ASCII is always NFC, so a difference between two ASCII texts is a difference.
    if a.is_ascii() && b.is_ascii() {
        return false;
    }
    a.nfc().eq(b.nfc())
}

/// Returns the text in NFC, borrowed where it already is.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Returns the domain of an address in the form in which domains are compared; `None` where it is no address.
///
/// Judged is only what matters here: one local part, one domain with inner dots or a single label, no blanks.
pub fn domain(address: &str) -> Option<Cow<'_, str>> {
    let address = address.trim();
    let (local, domain) = address.rsplit_once('@')?;
    let is_well_formed = !local.is_empty()
        && !domain.is_empty()
        && !address.chars().any(|c| c.is_whitespace() || c.is_control())
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..");
    is_well_formed.then(|| fold(domain))
}

/// Whether the text can be used as an address.
pub fn is_address(text: &str) -> bool {
    domain(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case_blanks_and_unicode_form() {
        assert!(same(" Ada@Example.com ", "ada@example.COM"));
        assert!(same("zo\u{eb}@example.com", "ZOE\u{308}@example.com"));
        assert!(!same("ada@example.com", "adb@example.com"));
        assert!(matches!(fold("ada@example.com"), Cow::Borrowed(_)), "the common case allocates nothing");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["\u{130}stanbul", "STRASSE", "ﬀ", "Ǆ", "A\u{30a}ngstr\u{f6}m"] {
            let once = fold(text).into_owned();
            assert_eq!(fold(&once), once, "folding {text:?}");
        }
    }

    #[test]
    fn a_domain_is_what_follows_the_last_at_sign() {
        assert_eq!(domain("ada@Example.com").as_deref(), Some("example.com"));
        assert_eq!(domain("\"a@b\"@example.com").as_deref(), Some("example.com"));
        for broken in ["", "ada", "@example.com", "ada@", "ada lovelace@example.com", "ada@.com", "ada@a..b"]
        {
            assert_eq!(domain(broken), None, "{broken:?} is no address");
        }
    }
}
