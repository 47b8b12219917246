//! From bytes to text: encodings, and characters that nobody sees.

use unicode_normalization::UnicodeNormalization as _;

use super::damage::DamageKind;
use super::text::Draft;

/// Decodes bytes that are text, in whatever encoding.
pub(super) fn decode(bytes: &[u8]) -> Draft {
    let mut draft = Draft::default();
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => {
            draft.note(DamageKind::Utf16);
            utf16(rest, u16::from_le_bytes)
        }
        [0xFE, 0xFF, rest @ ..] => {
            draft.note(DamageKind::Utf16);
            utf16(rest, u16::from_be_bytes)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            draft.note(DamageKind::ByteOrderMark);
            narrow(rest, &mut draft)
        }
        _ if looks_like_utf16(bytes, 1) => {
            draft.note(DamageKind::Utf16);
            utf16(bytes, u16::from_le_bytes)
        }
        _ if looks_like_utf16(bytes, 0) => {
            draft.note(DamageKind::Utf16);
            utf16(bytes, u16::from_be_bytes)
        }
        _ => narrow(bytes, &mut draft),
    };
    draft.text = text;
    draft.change(DamageKind::TerminalColours, without_colours);
    draft.change(DamageKind::NulCharacters, |text| text.replace('\0', ""));
    draft.change(DamageKind::ControlCharacters, |text| {
        text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}'), "")
    });
    draft.change(DamageKind::InvisibleCharacters, |text| text.replace(is_invisible, ""));
    draft.change(DamageKind::NonBreakingSpaces, |text| text.replace(is_special_space, " "));
    draft.change(DamageKind::AutocorrectedDashes, widened_dashes);
    draft.change(DamageKind::SmartQuotes, |text| text.replace(is_smart_quote, "\""));
    draft.change(DamageKind::FullWidthCharacters, |text| {
        text.chars()
            .flat_map(|c| {
                let plain = if ('\u{FF01}'..='\u{FF5E}').contains(&c) { c.nfkc().next() } else { None };
                std::iter::once(plain.unwrap_or(c))
            })
            .collect()
    });
    draft
}

/// Bytes with nearly every second one zero: UTF-16 without its mark.
fn looks_like_utf16(bytes: &[u8], offset: usize) -> bool {
    let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let zeroes = |offset| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    head.len() >= 8 && zeroes(offset) * 8 >= head.len() * 3 && zeroes(1 - offset) * 8 <= head.len()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16_lossy(&units)
}

fn narrow(bytes: &[u8], draft: &mut Draft) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            draft.note(DamageKind::LegacyEncoding);
            bytes.iter().map(|byte| windows_1252(*byte)).collect()
        }
    }
}

/// The characters of Windows-1252 that matter here; the rest is Latin-1.
fn windows_1252(byte: u8) -> char {
    match byte {
        0x85 => '…',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x96 => '–',
        0x97 => '—',
        _ => char::from(byte),
    }
}

fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split("\u{1B}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(
            part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').get(1..).unwrap_or_default(),
        );
    }
    plain
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{180E}' | '\u{034F}' | '\u{FE00}'..='\u{FE0F}')
}

fn is_special_space(c: char) -> bool {
    matches!(c, '\u{00A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

/// A dash stands for one hyphen or for several, so that the header is matched by "some hyphens" later.
fn widened_dashes(text: &str) -> String {
    text.replace(
        |c| {
            matches!(
                c,
                '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{2E3A}' | '\u{2E3B}'
            )
        },
        "-",
    )
}

fn is_smart_quote(c: char) -> bool {
    matches!(
        c,
        '\u{2018}'
            ..='\u{201F}'
                | '\u{00AB}'
                | '\u{00BB}'
                | '\u{2039}'
                | '\u{203A}'
                | '\u{2033}'
                | '\u{300C}'
                | '\u{300D}'
    )
}
