//! Each kind of damage, done to real certificates: recognised by its name, and repaired byte for byte.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockstep_saml::certificate::DamageKind as Kind;
use lockstep_saml::read_certificate;

use crate::support::{certificate, file};

/// A damage: its kind, and how it is done to a PEM text.
pub(crate) type Damaging = (Kind, fn(&str) -> Vec<u8>);

fn bytes(text: impl Into<String>) -> Vec<u8> {
    text.into().into_bytes()
}

fn each_line(pem: &str, change: impl Fn(usize, &str) -> String) -> Vec<u8> {
    bytes(pem.lines().enumerate().map(|(index, line)| change(index, line) + "\n").collect::<String>())
}

fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(body(pem)).unwrap()
}

/// Damages that lose nothing.
pub(crate) const REPAIRABLE: &[Damaging] = &[
    (Kind::ByteOrderMark, |pem| bytes(format!("\u{FEFF}{pem}"))),
    (Kind::Utf16, |pem| {
        [0xFF, 0xFE].into_iter().chain(pem.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    }),
    (Kind::Utf16, |pem| {
        [0xFE, 0xFF].into_iter().chain(pem.encode_utf16().flat_map(u16::to_be_bytes)).collect()
    }),
    (Kind::Utf16, |pem| pem.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    (Kind::LegacyEncoding, |pem| {
        pem.replace('-', "\u{1}").bytes().map(|byte| if byte == 1 { 0x96 } else { byte }).collect()
    }),
    (Kind::NulCharacters, |pem| bytes(pem.replace('\n', "\n\0"))),
    (Kind::ControlCharacters, |pem| bytes(pem.to_owned() + "\u{1A}")),
    (Kind::TerminalColours, |pem| bytes(format!("\u{1B}[1;32m{pem}\u{1B}[0m"))),
    (Kind::CarriageReturns, |pem| bytes(pem.replace('\n', "\r\n"))),
    (Kind::OldMacLineEnds, |pem| bytes(pem.replace('\n', "\r"))),
    (Kind::LiteralNewlines, |pem| bytes(pem.replace('\n', "\\n"))),
    (Kind::LiteralCarriageReturns, |pem| bytes(pem.replace('\n', "\\r\\n"))),
    (Kind::LiteralHexNewlines, |pem| bytes(pem.replace('\n', "\\x0a"))),
    (Kind::LiteralHexNewlines, |pem| bytes(pem.replace('\n', "\\x0d\\x0a"))),
    (Kind::LiteralHexNewlines, |pem| bytes(pem.replace('\n', "\\x0a\n"))),
    (Kind::UnicodeEscapes, |pem| bytes(pem.replace('\n', "\\u000a").replace('+', "\\u002b"))),
    (Kind::JsonEscapes, |pem| bytes(format!("\"{}\"", pem.replace('/', "\\/").replace('\n', "\\n")))),
    (Kind::UrlEncoded, |pem| {
        bytes(
            pem.replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
                .replace('\n', "%0A")
                .replace(' ', "%20"),
        )
    }),
    (Kind::UrlEncoded, |pem| {
        bytes(
            pem.replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
                .replace('\n', "%0D%0A")
                .replace(' ', "+"),
        )
    }),
    (Kind::HtmlEntities, |pem| {
        bytes(
            pem.replace('+', "&#43;")
                .replace('/', "&#x2F;")
                .replace('\n', "&#10;")
                .replace("-----", "&#45;&#45;---"),
        )
    }),
    (Kind::HtmlTags, |pem| bytes(pem.replace('\n', "<br>"))),
    (Kind::HtmlTags, |pem| bytes(format!("<html><body><pre class=\"x\">{pem}</pre></body></html>"))),
    (Kind::QuotedPrintable, |pem| {
        bytes(pem.replace('=', "=3D").replace("CERTIFICATE-----\n", "CERTIFICATE-----=0A"))
    }),
    (Kind::EmailQuoting, |pem| each_line(pem, |_, line| format!("> {line}"))),
    (Kind::EmailQuoting, |pem| each_line(pem, |_, line| format!(">> {line}"))),
    (Kind::EmailQuoting, |pem| {
        bytes(format!(
            "On Monday Bob wrote:\n{}\nThanks!",
            String::from_utf8(each_line(pem, |_, line| format!("> {line}"))).unwrap()
        ))
    }),
    (Kind::Gutter, |pem| each_line(pem, |index, line| format!("{:>3}  {line}", index + 1))),
    (Kind::Gutter, |pem| each_line(pem, |index, line| format!("{}: {line}", index + 1))),
    (Kind::Gutter, |pem| each_line(pem, |_, line| format!("│ {line:<64} │"))),
    (Kind::AutocorrectedDashes, |pem| bytes(pem.replace("-----", "–––––"))),
    (Kind::AutocorrectedDashes, |pem| bytes(pem.replace("-----", "——-"))),
    (Kind::SmartQuotes, |pem| bytes(format!("“{}”", pem.trim_end()))),
    (Kind::Quotes, |pem| bytes(format!("\"{}\"", pem.trim_end()))),
    (Kind::Quotes, |pem| bytes(format!("certificate: '{}'\n", pem.trim_end()))),
    (Kind::ProgramSource, |pem| each_line(pem, |_, line| format!("    \"{line}\\n\" +"))),
    (Kind::ProgramSource, |pem| each_line(pem, |_, line| format!("  '{line}',"))),
    (Kind::ProgramSource, |pem| each_line(pem, |_, line| format!("{line}\\"))),
    (Kind::CodeFence, |pem| bytes(format!("```pem\n{pem}```\n"))),
    (Kind::CodeFence, |pem| bytes(format!("`{}`", pem.trim_end()))),
    (Kind::NonBreakingSpaces, |pem| bytes(pem.replace(' ', "\u{A0}"))),
    (Kind::NonBreakingSpaces, |pem| each_line(pem, |_, line| format!("\u{3000}{line}"))),
    (Kind::InvisibleCharacters, |pem| {
        each_line(pem, |_, line| format!("{}\u{200B}{}", &line[..9], &line[9..]))
    }),
    (Kind::InvisibleCharacters, |pem| each_line(pem, |_, line| format!("\u{202A}{line}\u{202C}"))),
    (Kind::InvisibleCharacters, |pem| {
        each_line(pem, |_, line| format!("{}\u{AD}{}", &line[..12], &line[12..]))
    }),
    (Kind::InvisibleCharacters, |pem| bytes(pem.replace('\n', "\u{2028}"))),
    (Kind::FullWidthCharacters, |pem| bytes(pem.replace('+', "＋").replace('/', "／").replace('-', "－"))),
    (Kind::Indentation, |pem| each_line(pem, |_, line| format!("    {line}"))),
    (Kind::Indentation, |pem| each_line(pem, |_, line| format!("\t{line}"))),
    (Kind::TrailingSpaces, |pem| each_line(pem, |_, line| format!("{line}  "))),
    (Kind::BlankLines, |pem| bytes(pem.replace('\n', "\n\n"))),
    (Kind::SpacesForLineEnds, |pem| bytes(pem.replace('\n', " "))),
    (Kind::OneLine, |pem| {
        bytes(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", body(pem)))
    }),
    (Kind::LineWidth, |pem| {
        let wide: Vec<String> =
            body(pem).as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
        bytes(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", wide.join("\n")))
    }),
    (Kind::MissingHeader, |pem| bytes(pem.replace("-----BEGIN CERTIFICATE-----\n", ""))),
    (Kind::MissingFooter, |pem| bytes(pem.replace("-----END CERTIFICATE-----\n", ""))),
    (Kind::MissingHeader, |pem| bytes(body(pem))),
    (Kind::MissingHeader, |pem| {
        bytes(format!(
            "Hello Bob,\nhere it is:\n{}\n\nRegards\nAda",
            pem.replace("-----BEGIN CERTIFICATE-----\n", "").replace("-----END CERTIFICATE-----\n", "")
        ))
    }),
    (Kind::DuplicatedHeader, |pem| bytes(format!("-----BEGIN CERTIFICATE-----\n{pem}"))),
    (Kind::DuplicatedFooter, |pem| bytes(format!("{pem}-----END CERTIFICATE-----\n"))),
    (Kind::MalformedHeader, |pem| bytes(pem.replace("-----", "----"))),
    (Kind::MalformedHeader, |pem| bytes(pem.replace("-----", "------"))),
    (Kind::MalformedHeader, |pem| {
        bytes(pem.replace("-----BEGIN CERTIFICATE-----", "----- BEGIN CERTIFICATE -----"))
    }),
    (Kind::MalformedHeader, |pem| bytes(pem.replace("BEGIN CERTIFICATE", "BEGIN  CERTIFICATE"))),
    (Kind::MalformedHeader, |pem| bytes(pem.replace("BEGIN CERTIFICATE", "BEGINCERTIFICATE"))),
    (Kind::MalformedHeader, |pem| {
        bytes(pem.replace("-----BEGIN", "BEGIN").replace("CERTIFICATE-----", "CERTIFICATE"))
    }),
    (Kind::MalformedHeader, |pem| bytes(pem.replace("-----", "- - - - -"))),
    (Kind::LowerCaseHeader, |pem| {
        bytes(
            pem.replace("BEGIN CERTIFICATE", "begin certificate")
                .replace("END CERTIFICATE", "end certificate"),
        )
    }),
    (Kind::LowerCaseHeader, |pem| bytes(pem.replace("BEGIN CERTIFICATE", "Begin Certificate"))),
    (Kind::OtherLabel, |pem| bytes(pem.replace("CERTIFICATE", "X509 CERTIFICATE"))),
    (Kind::OtherLabel, |pem| bytes(pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE"))),
    (Kind::OtherLabel, |pem| bytes(pem.replace("CERTIFICATE", "CERTIFCATE"))),
    (Kind::HeaderWithinLine, |pem| {
        bytes(pem.replace("CERTIFICATE-----\n", "CERTIFICATE-----").replace("\n-----END", "-----END"))
    }),
    (Kind::TextBefore, |pem| {
        bytes(format!("Bag Attributes\n    friendlyName: acme\nsubject=CN = acme\nissuer=CN = acme\n{pem}"))
    }),
    (Kind::TextBefore, |pem| bytes(format!("SAML_CERTIFICATE={pem}"))),
    (Kind::TextAfter, |pem| bytes(format!("{pem}\nSent from my phone\n"))),
    (Kind::MissingPadding, |pem| bytes(pem.replace('=', ""))),
    (Kind::ExtraPadding, |pem| bytes(pem.replace("\n-----END", "===\n-----END"))),
    (Kind::UrlSafeAlphabet, |pem| bytes(body(pem).replace('+', "-").replace('/', "_"))),
    (Kind::EncodedPem, |pem| bytes(STANDARD.encode(pem))),
    (Kind::EncodedPem, |pem| bytes(STANDARD.encode(STANDARD.encode(pem)))),
    (Kind::EncodedPem, |pem| {
        bytes(format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(body(pem))
        ))
    }),
    (Kind::Hexadecimal, |pem| bytes(hex::encode(der(pem)))),
    (Kind::Hexadecimal, |pem| {
        bytes(der(pem).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"))
    }),
    (Kind::TrailingBytes, |pem| [der(pem), vec![0, 0, 13, 10]].concat()),
    (Kind::FromJson, |pem| {
        serde_json::to_vec(
            &serde_json::json!({"config": {"idpCertificate": {"value": STANDARD.encode(pem)}}}),
        )
        .unwrap()
    }),
    (Kind::FromXml, |pem| {
        bytes(format!("<ds:X509Certificate xmlns:ds=\"x\">\n{}\n</ds:X509Certificate>", body(pem)))
    }),
    (Kind::RepeatedCertificate, |pem| bytes(format!("{pem}{pem}"))),
    (Kind::PrivateKeyAlong, |pem| {
        bytes(format!(
            "{pem}-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"
        ))
    }),
];

/// Damages that lose something.
const FATAL: &[Damaging] = &[
    (Kind::Truncated, |pem| bytes(&pem[..pem.len() / 2])),
    (Kind::Truncated, |pem| bytes(body(pem)[..400].to_owned())),
    (Kind::Truncated, |pem| der(pem)[..300].to_vec()),
    (Kind::Truncated, |_| bytes("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")),
    (Kind::Abbreviated, |pem| bytes(format!("{}...{}", &pem[..200], &pem[pem.len() - 200..]))),
    (Kind::Abbreviated, |pem| bytes(format!("{}…{}", &pem[..200], &pem[pem.len() - 200..]))),
    (Kind::CaseLost, |pem| bytes(pem.to_lowercase())),
    (Kind::CaseLost, |pem| {
        bytes(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", body(pem).to_uppercase()))
    }),
    (Kind::Corrupted, |pem| bytes(format!("-----BEGIN CERTIFICATE-----\n{}", &pem[100..]))),
    (Kind::SelfSignatureBroken, |pem| {
        let (before, after) = pem.split_at(pem.len() * 2 / 3);
        bytes(format!("{before}{}", swap_first_letter(after)))
    }),
];

/// Exchanges the first letter or digit for its neighbour.
fn swap_first_letter(text: &str) -> String {
    let at = text.find(|c: char| c.is_ascii_alphanumeric()).unwrap();
    let other = if &text[at..=at] == "B" { "C" } else { "B" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[test]
fn every_kind_of_damage_is_named_and_repaired_byte_for_byte() {
    let mut wrong = Vec::new();
    for name in ["idp", "ec", "other", "leaf", "soon"] {
        let original = certificate(name);
        for (index, (kind, damage)) in REPAIRABLE.iter().enumerate() {
            let damaged = damage(&original.pem());
            let reading = read_certificate(&damaged);
            let kinds: Vec<Kind> = reading.damages.iter().map(|damage| damage.kind).collect();
            // Only what a certificate has can be damaged: one without plus signs has none that could be changed.
            let is_damaged = damaged != original.pem().into_bytes();
            if reading.certificate.as_ref().map(lockstep_saml::Certificate::der) != Some(original.der()) {
                wrong.push(format!(
                    "{name}, {index} {kind:?}: not repaired: {kinds:?} {:?}",
                    reading.wrong_kind
                ));
            } else if is_damaged && !kinds.contains(kind) && !has_nothing_to_damage(*kind, &original.pem()) {
                wrong.push(format!("{name}, {index} {kind:?}: not named: {kinds:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn has_nothing_to_damage(kind: Kind, pem: &str) -> bool {
    match kind {
        Kind::UrlSafeAlphabet => !pem.contains(['+', '/']),
        Kind::MissingPadding => !pem.contains('='),
        _ => false,
    }
}

#[test]
fn what_is_lost_is_named_and_nothing_is_invented() {
    for name in ["idp", "other"] {
        let original = certificate(name);
        for (index, (kind, damage)) in FATAL.iter().enumerate() {
            let reading = read_certificate(&damage(&original.pem()));
            let said: Vec<Kind> = reading
                .damages
                .iter()
                .filter(|damage| !damage.is_repaired)
                .map(|damage| damage.kind)
                .collect();
            assert_eq!(said, [*kind], "{name}, {index}: {:?} {:?}", reading.damages, reading.wrong_kind);
            assert_eq!(reading.certificate, None, "{name}, {index}: nothing is read");
        }
    }
}

#[test]
fn at_least_thirty_kinds_of_damage_are_known() {
    let kinds: BTreeSet<Kind> = REPAIRABLE.iter().chain(FATAL).map(|(kind, _)| *kind).collect();
    assert!(kinds.len() >= 45, "{} kinds", kinds.len());
    let texts: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.text()).collect();
    assert_eq!(texts.len(), Kind::ALL.len(), "each has a sentence of its own");
}

#[test]
fn a_certificate_as_it_should_be_has_nothing_wrong() {
    for name in ["idp", "ec", "weak", "expired", "leaf", "root"] {
        let original = certificate(name);
        let pem = read_certificate(original.pem().as_bytes());
        assert!(pem.is_clean(), "{name}: {:?}", pem.damages);
        let der = read_certificate(original.der());
        assert!(der.is_clean(), "{name}: {:?}", der.damages);
        let without_end = read_certificate(original.pem().trim_end().as_bytes());
        assert!(without_end.is_clean(), "{name}: {:?}", without_end.damages);
        assert_eq!(
            original.pem().into_bytes(),
            file(&format!("certificates/{name}.pem")),
            "{name}: written as it was"
        );
    }
}
