//! From what was pasted or dropped to a certificate: recognises, repairs, or says what is wrong.

use serde::{Deserialize, Serialize};

use super::body;
use super::content::{self, Content};
use super::damage::{Damage, DamageKind};
use super::facts::CertificateFacts;
use super::kind::{WrongKind, WrongKindFound};
use super::pem::{self, Edge, Marker};
use super::text::{self, Draft};
use super::{Certificate, container, input};

/// The largest input that is looked at: far more than any chain of certificates.
pub const MAX_INPUT: usize = 256 * 1024;
/// Encodings within encodings that are followed.
const MAX_LAYERS: u32 = 4;

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CertificateReading {
    /// The certificate, where one could be read; its PEM is free of all damage.
    pub certificate: Option<Certificate>,
    /// The certificate, described.
    pub facts: Option<CertificateFacts>,
    /// What was wrong with the text, in the order in which it was met.
    pub damages: Vec<Damage>,
    /// What it is, where it is something else.
    pub wrong_kind: Option<WrongKindFound>,
    /// Further certificates that were there, not used.
    pub others: Vec<CertificateFacts>,
}

impl CertificateReading {
    fn wrong(kind: WrongKind) -> Self {
        Self { wrong_kind: Some(kind.found()), ..Self::default() }
    }

    /// Whether it is the certificate just as it should be written.
    pub fn is_clean(&self) -> bool {
        self.certificate.is_some() && self.damages.is_empty()
    }
}

/// What the layers came to.
pub(super) enum Outcome {
    /// At least one certificate.
    Found(Vec<Certificate>),
    /// Something else.
    Wrong(WrongKind),
    /// A certificate that cannot be repaired.
    Broken(DamageKind),
}

/// Reads a certificate in whatever state it is.
pub fn read_certificate(bytes: &[u8]) -> CertificateReading {
    if bytes.len() > MAX_INPUT {
        return CertificateReading::wrong(WrongKind::TooLarge);
    }
    let mut damages = Vec::new();
    let outcome = read_layer(bytes, &mut damages, MAX_LAYERS);
    match outcome {
        Outcome::Wrong(kind) => CertificateReading::wrong(kind),
        Outcome::Broken(kind) => {
            let mut said: Vec<Damage> =
                damages.into_iter().filter(|damage| *damage != kind).map(DamageKind::repaired).collect();
            said.push(kind.fatal());
            CertificateReading { damages: said, ..CertificateReading::default() }
        }
        Outcome::Found(certificates) => chosen(certificates, damages),
    }
}

/// Chooses among several certificates: the one that signs for nobody else, else the first.
fn chosen(certificates: Vec<Certificate>, mut damages: Vec<DamageKind>) -> CertificateReading {
    let mut distinct: Vec<Certificate> = Vec::new();
    for certificate in certificates {
        if distinct.contains(&certificate) {
            note(&mut damages, DamageKind::RepeatedCertificate);
        } else {
            distinct.push(certificate);
        }
    }
    let facts: Vec<CertificateFacts> = distinct.iter().map(Certificate::facts).collect();
    if facts.len() > 1 {
        note(&mut damages, DamageKind::SeveralCertificates);
    }
    let is_issuer = |index: usize, subject: &str| {
        facts.iter().enumerate().any(|(other, facts)| other != index && facts.issuer == subject)
    };
    let index =
        facts.iter().enumerate().position(|(index, facts)| !is_issuer(index, &facts.subject)).unwrap_or(0);
    let mut reading = CertificateReading {
        certificate: distinct.get(index).cloned(),
        facts: facts.get(index).cloned(),
        others: facts
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(_, facts)| facts.clone())
            .collect(),
        damages: damages.into_iter().map(DamageKind::repaired).collect(),
        wrong_kind: None,
    };
    if reading.certificate.as_ref().is_some_and(|certificate| !crate::xml::own_signature_holds(certificate)) {
        reading.damages.push(DamageKind::SelfSignatureBroken.fatal());
        reading.certificate = None;
        reading.facts = None;
    }
    reading
}

pub(super) fn note(damages: &mut Vec<DamageKind>, kind: DamageKind) {
    if !damages.contains(&kind) {
        damages.push(kind);
    }
}

/// Reads bytes that may be DER, or text of any kind.
pub(super) fn read_layer(bytes: &[u8], damages: &mut Vec<DamageKind>, layers: u32) -> Outcome {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Outcome::Wrong(WrongKind::Empty);
    }
    if let Some(outcome) = read_binary(bytes, damages) {
        return outcome;
    }
    let mut draft = input::decode(bytes);
    let outcome = read_text(&mut draft, layers);
    for kind in draft.damages {
        note(damages, kind);
    }
    outcome
}

/// Reads bytes that are no text.
pub(super) fn read_binary(bytes: &[u8], damages: &mut Vec<DamageKind>) -> Option<Outcome> {
    if content::is_other_file(bytes) {
        return Some(Outcome::Wrong(WrongKind::OtherFile));
    }
    match content::of(bytes)? {
        Content::Certificates { certificates, noted } => {
            noted.into_iter().for_each(|kind| note(damages, kind));
            Some(Outcome::Found(certificates))
        }
        Content::Wrong(kind) => Some(Outcome::Wrong(kind)),
        Content::Truncated => Some(Outcome::Broken(DamageKind::Truncated)),
        Content::Corrupted => Some(Outcome::Broken(DamageKind::Corrupted)),
    }
}

fn read_text(draft: &mut Draft, layers: u32) -> Outcome {
    if layers == 0 {
        return Outcome::Wrong(WrongKind::Unknown);
    }
    if let Some(outcome) = container::read(draft, layers) {
        return outcome;
    }
    text::unescape(draft);
    text::straighten(draft);
    let found = pem::markers(&draft.text);
    let blocks = blocks(&draft.text, &found, &mut draft.damages);
    let mut certificates = Vec::new();
    let mut failure = None;
    for block in blocks {
        let mut noted = Vec::new();
        match body::read(&block, &mut noted, layers) {
            Outcome::Found(more) => {
                certificates.extend(more);
                noted.into_iter().for_each(|kind| note(&mut draft.damages, kind));
            }
            other => failure = failure.or(Some((other, noted))),
        }
    }
    match failure {
        _ if !certificates.is_empty() => Outcome::Found(certificates),
        Some((outcome, noted)) => {
            noted.into_iter().for_each(|kind| note(&mut draft.damages, kind));
            outcome
        }
        None => Outcome::Wrong(container::wrong_label(&found).unwrap_or(WrongKind::Unknown)),
    }
}

/// A piece of text that should be base64, and whether it stood between its two lines.
pub(super) struct Block<'a> {
    pub(super) text: &'a str,
    pub(super) is_delimited: bool,
}

/// Cuts the text at its BEGIN and END lines and notes what is wrong with these.
fn blocks<'a>(text: &'a str, markers: &[Marker], damages: &mut Vec<DamageKind>) -> Vec<Block<'a>> {
    let certificate = |marker: &&Marker| container::is_certificate_label(&marker.label);
    let ours: Vec<&Marker> = markers.iter().filter(certificate).collect();
    if markers.iter().any(|marker| marker.label.ends_with("PRIVATEKEY")) && !ours.is_empty() {
        note(damages, DamageKind::PrivateKeyAlong);
    }
    let (Some(first), Some(last)) = (ours.first(), ours.last()) else {
        if !markers.is_empty() {
            return Vec::new();
        }
        note(damages, DamageKind::MissingHeader);
        note(damages, DamageKind::MissingFooter);
        return vec![Block { text, is_delimited: false }];
    };
    note_lines(text, &ours, damages);
    let said = |part: Option<&str>| {
        part.is_some_and(|part| {
            !part.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';')).is_empty()
        })
    };
    if first.edge == Edge::Begin && said(text.get(..first.start)) {
        note(damages, DamageKind::TextBefore);
    }
    if last.edge == Edge::End && said(text.get(last.end..)) {
        note(damages, DamageKind::TextAfter);
    }
    let quoted = |part: Option<&str>| part.is_some_and(|part| part.contains(['"', '\'']));
    if quoted(text.get(..first.start)) || quoted(text.get(last.end..)) {
        note(damages, DamageKind::Quotes);
    }
    cut(text, &ours, damages)
}

fn note_lines(text: &str, ours: &[&Marker], damages: &mut Vec<DamageKind>) {
    for marker in ours {
        if marker.is_lower_case {
            note(damages, DamageKind::LowerCaseHeader);
        }
        if marker.label != "CERTIFICATE" {
            note(damages, DamageKind::OtherLabel);
        } else if !marker.is_exact && !marker.is_lower_case {
            note(damages, DamageKind::MalformedHeader);
        }
        let shares = |part: Option<&str>, last: bool| {
            let line = part.map(|part| if last { part.rsplit('\n').next() } else { part.split('\n').next() });
            line.flatten().is_some_and(|line| line.contains(|c: char| c.is_ascii_alphanumeric()))
        };
        if shares(text.get(marker.end..), false) && marker.edge == Edge::Begin
            || shares(text.get(..marker.start), true) && marker.edge == Edge::End
        {
            note(damages, DamageKind::HeaderWithinLine);
        }
    }
}

/// Cuts blocks: each from a BEGIN to its END, where one of the two may be missing or doubled.
fn cut<'a>(text: &'a str, ours: &[&Marker], damages: &mut Vec<DamageKind>) -> Vec<Block<'a>> {
    let mut found = Vec::new();
    let mut from: Option<usize> = None;
    let mut ended = false;
    for marker in ours {
        let before = |start: usize| text.get(start..marker.start).unwrap_or_default();
        match (marker.edge, from) {
            (Edge::Begin, Some(start)) if before(start).trim().is_empty() => {
                note(damages, DamageKind::DuplicatedHeader);
            }
            (Edge::Begin, Some(start)) => {
                note(damages, DamageKind::MissingFooter);
                found.push(Block { text: before(start), is_delimited: true });
            }
            (Edge::End, Some(start)) => found.push(Block { text: before(start), is_delimited: true }),
            (Edge::End, None) if ended => note(damages, DamageKind::DuplicatedFooter),
            (Edge::End, None) => {
                note(damages, DamageKind::MissingHeader);
                found.push(Block { text: before(0), is_delimited: false });
            }
            (Edge::Begin, None) => {}
        }
        from = (marker.edge == Edge::Begin).then_some(marker.end);
        ended = marker.edge == Edge::End;
    }
    if let Some(start) = from {
        note(damages, DamageKind::MissingFooter);
        found.push(Block { text: text.get(start..).unwrap_or_default(), is_delimited: false });
    }
    found
}
