//! PEM: where it begins and ends in a text, however badly the two lines are written, and how it is written well.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Which of the two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Begin,
    End,
}

/// A BEGIN or END line in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) edge: Edge,
    /// Byte range, hyphens included.
    pub(super) start: usize,
    pub(super) end: usize,
    /// What it names, in upper case, without spaces.
    pub(super) label: String,
    pub(super) is_exact: bool,
    pub(super) is_lower_case: bool,
}

/// Labels of PEM blocks that are met, longest first where one begins another. Spaces are left out.
const LABELS: &[&str] = &[
    "CERTIFICATEREQUEST",
    "CERTIFICATES",
    "CERTIFICATE",
    "NEWCERTIFICATEREQUEST",
    "TRUSTEDCERTIFICATE",
    "X509CERTIFICATE",
    "X.509CERTIFICATE",
    "PUBLICCERTIFICATE",
    "CERTIFCATE",
    "CERTIFICTE",
    "CERTIFIATE",
    "CERTIFICAT",
    "CERT",
    "PKCS7",
    "CMS",
    "ENCRYPTEDPRIVATEKEY",
    "RSAPRIVATEKEY",
    "ECPRIVATEKEY",
    "DSAPRIVATEKEY",
    "OPENSSHPRIVATEKEY",
    "PRIVATEKEY",
    "RSAPUBLICKEY",
    "PUBLICKEY",
    "X509CRL",
    "PGPPUBLICKEYBLOCK",
    "PGPPRIVATEKEYBLOCK",
    "PGPMESSAGE",
];

/// Writes a certificate as PEM: 64 characters a line, line feeds, one at the end.
pub(super) fn write(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for (index, character) in body.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text
}

/// Finds every BEGIN and END line, however it is written.
pub(super) fn markers(text: &str) -> Vec<Marker> {
    let lower = text.to_ascii_lowercase();
    let begins = lower.match_indices("begin").map(|(at, word)| (at, Edge::Begin, word.len()));
    let ends = lower.match_indices("end").map(|(at, word)| (at, Edge::End, word.len()));
    let mut words: Vec<(usize, Edge, usize)> = begins.chain(ends).collect();
    words.sort_by_key(|(at, ..)| *at);
    let mut found: Vec<Marker> = Vec::new();
    for (at, edge, word) in words {
        let is_taken = found.last().is_some_and(|last| at < last.end);
        if !is_taken && let Some(marker) = marker_at(text, at, edge, word) {
            found.push(marker);
        }
    }
    found
}

fn marker_at(text: &str, at: usize, edge: Edge, word: usize) -> Option<Marker> {
    let before = text.get(..at)?;
    let left = before.trim_end_matches([' ', '\t']);
    let start = left.trim_end_matches('-').len();
    // Spaces before the word belong to it only when hyphens do.
    let start = if start < left.len() { spaced_hyphens(left) } else { at };
    let after = text.get(at + word..)?;
    let (label, label_length) = label_of(after)?;
    let tail = after.get(label_length..)?;
    let trimmed = tail.trim_start_matches([' ', '\t']);
    let hyphens = trimmed.len() - trimmed.trim_start_matches('-').len();
    // What may end a label without hyphens: the end of the line.
    let is_closed = hyphens > 0 || trimmed.is_empty() || trimmed.starts_with(['\n', '\r']);
    if start == at && !is_closed {
        return None;
    }
    let end = if hyphens > 0 {
        let rest = trimmed.trim_start_matches('-');
        text.len() - after_spaced_hyphens(rest).len()
    } else {
        at + word + label_length
    };
    let whole = text.get(start..end)?;
    let word = match edge {
        Edge::Begin => "BEGIN",
        Edge::End => "END",
    };
    Some(Marker {
        edge,
        start,
        end,
        is_exact: whole == format!("-----{word} CERTIFICATE-----"),
        is_lower_case: whole.chars().any(|c| c.is_ascii_lowercase()),
        label,
    })
}

/// Where hyphens, with spaces among them, begin at the end of a text.
fn spaced_hyphens(text: &str) -> usize {
    let all = text.trim_end_matches(['-', ' ', '\t']);
    // Leading spaces stay outside.
    text.get(all.len()..).and_then(|run| run.find('-')).map_or(text.len(), |first| all.len() + first)
}

fn after_spaced_hyphens(text: &str) -> &str {
    let rest = text.trim_start_matches(['-', ' ', '\t']);
    let run = text.get(..text.len() - rest.len()).unwrap_or_default();
    let last = run.rfind('-').map_or(0, |at| at + 1);
    text.get(last..).unwrap_or_default()
}

/// Reads a known label, letting spaces be anywhere, and returns it with the bytes it took.
fn label_of(text: &str) -> Option<(String, usize)> {
    let mut letters = String::new();
    let mut ends = Vec::new();
    for (at, c) in text.char_indices().take(48) {
        if matches!(c, ' ' | '\t' | '_') {
            continue;
        }
        if !(c.is_ascii_alphanumeric() || c == '.') {
            break;
        }
        letters.push(c.to_ascii_uppercase());
        ends.push(at + c.len_utf8());
    }
    let label = LABELS.iter().filter(|label| letters.starts_with(**label)).max_by_key(|label| label.len())?;
    ends.get(label.len() - 1).map(|end| ((*label).to_owned(), *end))
}
