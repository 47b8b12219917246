//! The text between the two lines: from what should be base64 to bytes.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::container;
use super::damage::DamageKind;
use super::kind::WrongKind;
use super::reading::{Block, Outcome, note, read_binary};

/// Takes base64 without padding, and ignores the unused bits of the last character.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Width of a line of PEM (RFC 7468 §2).
const WIDTH: usize = 64;

/// Reads a block.
pub(super) fn read(block: &Block<'_>, damages: &mut Vec<DamageKind>, layers: u32) -> Outcome {
    let lines = content_lines(block, damages);
    note_layout(block.text, &lines, damages);
    let joined: String = lines.concat();
    if joined.contains("..") || joined.contains('…') {
        return Outcome::Broken(DamageKind::Abbreviated);
    }
    let body = cleaned(&joined, damages);
    if body.len() < 16 {
        return if block.is_delimited {
            Outcome::Broken(DamageKind::Truncated)
        } else {
            Outcome::Wrong(WrongKind::Unknown)
        };
    }
    let Some(bytes) = decoded(&body, damages) else {
        return broken(&body, block);
    };
    if let Some(outcome) = read_binary(&bytes, damages) {
        return match outcome {
            // What follows the certificate's own end within the base64 is not worth a word if it is zeroes.
            Outcome::Broken(DamageKind::Corrupted) => broken(&body, block),
            other => other,
        };
    }
    container::of_decoded(&bytes, damages, layers).unwrap_or_else(|| broken(&body, block))
}

/// Why a body is no certificate.
fn broken(body: &str, block: &Block<'_>) -> Outcome {
    let letters = || body.chars().filter(char::is_ascii_alphabetic);
    if letters().count() > 32
        && (letters().all(|c| c.is_ascii_lowercase()) || letters().all(|c| c.is_ascii_uppercase()))
    {
        return Outcome::Broken(DamageKind::CaseLost);
    }
    let is_alphabet = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    if block.is_delimited || body.starts_with("MII") {
        return Outcome::Broken(if body.chars().all(is_alphabet) {
            DamageKind::Corrupted
        } else {
            DamageKind::ForeignCharacters
        });
    }
    Outcome::Wrong(WrongKind::Unknown)
}

/// Returns the lines that belong to the body: within two PEM lines all but headers, else the run that looks like one.
fn content_lines<'a>(block: &Block<'a>, damages: &mut Vec<DamageKind>) -> Vec<&'a str> {
    let trimmed: Vec<&str> = block.text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
    // PEM headers (RFC 1421) and bag attributes: `Name: value`.
    let is_header = |line: &&&str| {
        line.split_once(": ")
            .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_alphabetic() || c == '-' || c == ' '))
    };
    if block.is_delimited {
        return trimmed.iter().filter(|line| !is_header(line)).copied().collect();
    }
    let Some(first) = trimmed.iter().position(|line| looks_like_body(line)) else {
        return trimmed;
    };
    let length = trimmed.iter().skip(first).take_while(|line| is_body_line(line)).count();
    if first > 0 {
        note(damages, DamageKind::TextBefore);
    }
    if first + length < trimmed.len() {
        note(damages, DamageKind::TextAfter);
    }
    trimmed.into_iter().skip(first).take(length.max(1)).collect()
}

/// The first line of a body: a certificate begins with SEQUENCE, a PEM within with hyphens.
fn looks_like_body(line: &str) -> bool {
    let start = line.trim_start_matches(['"', '\'']);
    let is_start =
        ["MII", "mii", "LS0tLS1", "30 82", "3082", "30:82"].iter().any(|prefix| start.starts_with(prefix));
    is_start && (start.len() >= 32 || is_body_line(start))
}

fn is_body_line(line: &str) -> bool {
    let is_word = line.len() < 20 && line.chars().all(|c| c.is_ascii_alphabetic()) && !line.ends_with('=');
    // A short last line of letters alone would be a word: "Regards".
    !is_word
        && line.chars().all(|c| {
            c.is_ascii_alphanumeric()
                || matches!(
                    c,
                    '+' | '/'
                        | '='
                        | '-'
                        | '_'
                        | ' '
                        | '\t'
                        | ':'
                        | '"'
                        | '\''
                        | ','
                        | ';'
                        | '\\'
                        | '.'
                        | '…'
                )
        })
        && line.split(' ').all(|word| {
            word.len() <= 2 || word.len() >= 20 || !line.contains(' ') || line.split(' ').count() > 8
        })
}

fn note_layout(text: &str, lines: &[&str], damages: &mut Vec<DamageKind>) {
    let own: Vec<&str> = text.trim_matches('\n').split('\n').collect();
    let body_lines = || own.iter().filter(|line| !line.trim().is_empty());
    if body_lines().any(|line| line.starts_with([' ', '\t'])) && body_lines().count() > 1 {
        note(damages, DamageKind::Indentation);
    }
    if body_lines().any(|line| line.ends_with([' ', '\t'])) {
        note(damages, DamageKind::TrailingSpaces);
    }
    if own.iter().any(|line| line.trim().is_empty()) && own.len() > 1 {
        note(damages, DamageKind::BlankLines);
    }
    if lines.iter().any(|line| line.contains([' ', '\t'])) {
        note(damages, DamageKind::SpacesForLineEnds);
    }
    let widths: Vec<usize> = lines.iter().map(|line| line.len()).collect();
    match widths.as_slice() {
        [] => {}
        [only] if *only > WIDTH => note(damages, DamageKind::OneLine),
        [full @ .., last] => {
            if full.iter().any(|width| *width != WIDTH) || *last > WIDTH {
                note(damages, DamageKind::LineWidth);
            }
        }
    }
}

/// Leaves out what is not of the alphabet and notes it.
fn cleaned(joined: &str, damages: &mut Vec<DamageKind>) -> String {
    let mut body = String::with_capacity(joined.len());
    for c in joined.chars() {
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=' => body.push(c),
            '-' | '_' => {
                note(damages, DamageKind::UrlSafeAlphabet);
                body.push(if c == '-' { '+' } else { '/' });
            }
            ' ' | '\t' => {}
            '"' | '\'' => note(damages, DamageKind::Quotes),
            ',' | ';' | '\\' => note(damages, DamageKind::ProgramSource),
            ':' => {}
            _ => note(damages, DamageKind::ForeignCharacters),
        }
    }
    body
}

fn decoded(body: &str, damages: &mut Vec<DamageKind>) -> Option<Vec<u8>> {
    let is_hexadecimal =
        body.starts_with("30") && body.len().is_multiple_of(2) && body.chars().all(|c| c.is_ascii_hexdigit());
    if is_hexadecimal {
        note(damages, DamageKind::Hexadecimal);
        return hex::decode(body).ok();
    }
    let bare = body.trim_end_matches('=');
    let padding = body.len() - bare.len();
    let due = (4 - bare.len() % 4) % 4;
    if due == 3 || bare.contains('=') {
        return pieces(body);
    }
    if padding < due {
        note(damages, DamageKind::MissingPadding);
    }
    if padding > due {
        note(damages, DamageKind::ExtraPadding);
    }
    LENIENT.decode(bare).ok()
}

/// Decodes several values with padding in a row: certificates pasted one behind the other without their lines.
fn pieces(body: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let pieces: Vec<&str> = body.split('=').filter(|piece| !piece.is_empty()).collect();
    if pieces.len() < 2 {
        return None;
    }
    for piece in pieces {
        bytes.extend(LENIENT.decode(piece).ok()?);
    }
    Some(bytes)
}
