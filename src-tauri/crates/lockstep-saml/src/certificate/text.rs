//! Undoing what programs did to a text: escapes, encodings, quoting.

use percent_encoding::percent_decode_str;

use super::damage::DamageKind;

/// A text under repair, and what was repaired so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) damages: Vec<DamageKind>,
}

impl Draft {
    /// Notes a damage, once.
    pub(super) fn note(&mut self, kind: DamageKind) {
        if !self.damages.contains(&kind) {
            self.damages.push(kind);
        }
    }

    /// Applies a repair, and notes it when it changed something.
    pub(super) fn change(&mut self, kind: DamageKind, repair: impl FnOnce(&str) -> String) {
        let text = repair(&self.text);
        if text != self.text {
            self.text = text;
            self.note(kind);
        }
    }
}

/// Undoes escapes and encodings, also where one lies within another.
pub(super) fn unescape(draft: &mut Draft) {
    // Before line ends within the strings of a program become line ends of the program.
    draft.change(DamageKind::ProgramSource, unquoted_lines);
    for _ in 0..3 {
        let before = draft.text.clone();
        draft.change(DamageKind::UrlEncoded, url_decoded);
        draft.change(DamageKind::HtmlTags, without_tags);
        draft.change(DamageKind::HtmlEntities, entities_decoded);
        draft.change(DamageKind::LiteralHexNewlines, |text| {
            replaced(
                text,
                &[
                    ("\\x0d\\x0a", "\n"),
                    ("\\x0D\\x0A", "\n"),
                    ("\\x0a", "\n"),
                    ("\\x0A", "\n"),
                    ("\\x0d", "\n"),
                    ("\\x0D", "\n"),
                ],
            )
        });
        draft.change(DamageKind::LiteralCarriageReturns, |text| {
            replaced(text, &[("\\r\\n", "\n"), ("\\r", "\n")])
        });
        draft.change(DamageKind::LiteralNewlines, |text| replaced(text, &[("\\n", "\n")]));
        draft.change(DamageKind::UnicodeEscapes, unicode_unescaped);
        draft.change(DamageKind::JsonEscapes, |text| {
            replaced(text, &[("\\/", "/"), ("\\\"", "\""), ("\\t", "\t"), ("\\\\", "\\")])
        });
        draft.change(DamageKind::QuotedPrintable, quoted_printable_decoded);
        if draft.text == before {
            return;
        }
    }
}

/// Settles line ends, then takes away what stands before the lines.
pub(super) fn straighten(draft: &mut Draft) {
    draft.change(DamageKind::CarriageReturns, |text| text.replace("\r\n", "\n"));
    draft.change(DamageKind::OldMacLineEnds, |text| text.replace('\r', "\n"));
    draft.change(DamageKind::InvisibleCharacters, |text| {
        text.replace(['\u{85}', '\u{2028}', '\u{2029}'], "\n")
    });
    draft.change(DamageKind::CodeFence, |text| {
        lines(text, |line| if line.trim_start().starts_with("```") { None } else { Some(line) })
    });
    draft.change(DamageKind::CodeFence, |text| {
        let bare = text.trim();
        if bare.starts_with('`') { bare.trim_matches('`').to_owned() + "\n" } else { text.to_owned() }
    });
    for _ in 0..4 {
        draft.change(DamageKind::EmailQuoting, |text| {
            without_prefix(text, |line| {
                line.trim_start().strip_prefix('>').map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
            })
        });
    }
    draft.change(DamageKind::Gutter, |text| {
        without_prefix(text, |line| {
            line.trim_start()
                .strip_prefix(['│', '|', '║', '┃', '*', '#'])
                .map(|rest| rest.trim_end_matches(['│', '|', '║', '┃', ' ']))
        })
    });
    draft.change(DamageKind::Gutter, |text| without_prefix(text, numbered));
    draft.change(DamageKind::ProgramSource, unquoted_lines);
}

fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn lines<'a>(text: &'a str, keep: impl Fn(&'a str) -> Option<&'a str>) -> String {
    let mut kept = text.split('\n').filter_map(keep).collect::<Vec<_>>().join("\n");
    if kept.trim().is_empty() {
        kept.clear();
    }
    kept
}

/// Takes a prefix away where all lines that say something have it, but for a few around (an e-mail's own words).
fn without_prefix<'a>(text: &'a str, strip: impl Fn(&'a str) -> Option<&'a str>) -> String {
    let spoken: Vec<&str> = text.split('\n').filter(|line| !line.trim().is_empty()).collect();
    let prefixed = spoken.iter().filter(|line| strip(line).is_some()).count();
    if prefixed < 2 || prefixed * 3 < spoken.len() * 2 {
        return text.to_owned();
    }
    text.split('\n').map(|line| strip(line).unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// A line number with a separator: `12: `, `12. `, `12) `, `12|`, `12<tab>`, `12  `.
fn numbered(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if after.len() == rest.len() || rest.len() - after.len() > 4 {
        return None;
    }
    after.strip_prefix([':', '.', ')', '|', '\t', ' ', '│', '→']).map(str::trim_start)
}

/// Takes the strings out of lines such as `"MIIC…\n" +`.
fn unquoted_lines(text: &str) -> String {
    let quoted = |line: &str| line.matches(['"', '\'']).count() >= 2;
    if text.split('\n').filter(|line| quoted(line)).count() < 2 {
        return text.to_owned();
    }
    text.split('\n')
        .map(|line| match (line.find(['"', '\'']), line.rfind(['"', '\''])) {
            (Some(first), Some(last)) if first < last => line.get(first + 1..last).unwrap_or(line),
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn url_decoded(text: &str) -> String {
    let upper = text.to_ascii_uppercase();
    if !["%0A", "%0D", "%2B", "%2F", "%3D", "%20", "%2D", "%25"].iter().any(|code| upper.contains(code)) {
        return text.to_owned();
    }
    // A form writes spaces as plus signs and plus signs as %2B.
    let is_form = upper.contains("BEGIN+") || upper.contains("END+CERT");
    let text = if is_form { text.replace('+', " ") } else { text.to_owned() };
    percent_decode_str(&text).decode_utf8().map_or_else(|_| text.clone(), Into::into)
}

/// Takes tags away; those that break lines become line ends.
fn without_tags(text: &str) -> String {
    if !text.contains('<') || !text.contains('>') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((tag, after)) = after.split_once('>') else {
            plain.push('<');
            plain.push_str(after);
            return plain;
        };
        let name = tag.trim_start_matches('/').to_ascii_lowercase();
        if ["br", "p", "div", "li", "tr", "pre"].iter().any(|block| name.starts_with(block)) {
            plain.push('\n');
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// Decodes numeric character references and the names that matter here.
pub(crate) fn entities_decoded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        // No further than a name can reach: a text of ampersands alone would be searched over and over.
        let end = after.bytes().take(12).position(|byte| byte == b';');
        let entity = end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?)));
        match entity.and_then(|(name, behind)| entity_character(name).map(|c| (c, behind))) {
            Some((character, behind)) => {
                plain.push(character);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity_character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "plus" => '+',
        "sol" => '/',
        "equals" => '=',
        "nbsp" => ' ',
        "NewLine" => '\n',
        "Tab" => '\t',
        "hyphen" | "dash" | "ndash" | "mdash" | "minus" => '-',
        "colon" => ':',
        "period" => '.',
        "lowbar" => '_',
        _ => return None,
    })
}

fn unicode_unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let decoded =
            part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        match decoded {
            Some(character) => {
                plain.push(character);
                plain.push_str(part.get(4..).unwrap_or_default());
            }
            None => {
                plain.push_str("\\u");
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Decodes quoted-printable. Padding looks like a soft line end, so that only sure signs count.
fn quoted_printable_decoded(text: &str) -> String {
    if !["=3D", "=0A", "=0D", "=2B", "=2F", "=2D", "=20"].iter().any(|code| text.contains(code)) {
        return text.to_owned();
    }
    let text = text.replace("=\r\n", "").replace("=\n", "");
    let mut parts = text.split('=');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let decoded = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match decoded {
            Some(byte) if byte.is_ascii() => {
                plain.push(char::from(byte));
                plain.push_str(part.get(2..).unwrap_or_default());
            }
            _ => {
                plain.push('=');
                plain.push_str(part);
            }
        }
    }
    plain
}
