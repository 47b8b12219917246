//! How text is folded for searching and sorting, the same when it is stored and when it is asked for.

use unicode_normalization::UnicodeNormalization;

/// Folds text: composed (NFC), lower case, blanks at the ends removed.
#[must_use]
pub fn search_text(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase().nfc().collect() }
}

/// Folds several texts into one, a line for each, so that a search cannot match across two of them.
pub(super) fn search_lines<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut lines = String::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&search_text(text));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_letters_are_the_same_text() {
        assert_eq!(search_text("  Zoe\u{308} "), search_text("ZOË"), "both are 'zoë'");
    }
}
