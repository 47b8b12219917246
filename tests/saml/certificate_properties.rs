//! Damage upon damage, in any order: what is repaired is the original, byte for byte.

use lockstep_saml::certificate::DamageKind as Kind;
use lockstep_saml::read_certificate;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::certificate_damage::{Damaging, REPAIRABLE};
use crate::support::certificate;

/// Damages that leave a text of lines, so that another can be done to it.
fn layout() -> Vec<usize> {
    let kinds = [
        Kind::ByteOrderMark,
        Kind::CarriageReturns,
        Kind::Indentation,
        Kind::TrailingSpaces,
        Kind::BlankLines,
        Kind::AutocorrectedDashes,
        Kind::NonBreakingSpaces,
        Kind::EmailQuoting,
        Kind::LowerCaseHeader,
        Kind::MissingPadding,
        Kind::TextBefore,
        Kind::TextAfter,
        Kind::CodeFence,
        Kind::LineWidth,
        Kind::OneLine,
        Kind::DuplicatedFooter,
    ];
    REPAIRABLE
        .iter()
        .enumerate()
        .filter(|(_, (kind, _))| kinds.contains(kind))
        .map(|(index, _)| index)
        .collect()
}

/// Does one damage after the other, where the second can be done to what the first left.
fn both(pem: &str, first: Damaging, second: Damaging) -> Option<Vec<u8>> {
    let once = String::from_utf8((first.1)(pem)).ok()?;
    let is_long = |line: &str| line.len() >= 12 && line.is_char_boundary(9) && line.is_char_boundary(12);
    // Some damages are written for a well-formed text and would themselves break what the first left.
    let takes_apart = matches!(
        second.0,
        Kind::TrailingBytes
            | Kind::Hexadecimal
            | Kind::UrlSafeAlphabet
            | Kind::FromXml
            | Kind::EncodedPem
            | Kind::OneLine
            | Kind::LineWidth
            | Kind::MissingHeader
    );
    let applies = once.contains("-----BEGIN CERTIFICATE-----\n") && once.lines().all(is_long) && !takes_apart;
    applies.then(|| (second.1)(&once))
}

#[test]
fn every_pair_of_damages_is_repaired() {
    let original = certificate("ec");
    let mut pairs = 0;
    for (first, second) in
        layout().into_iter().flat_map(|first| (0..REPAIRABLE.len()).map(move |second| (first, second)))
    {
        let (first, second) = (REPAIRABLE[first], REPAIRABLE[second]);
        let Some(twice) = both(&original.pem(), first, second) else { continue };
        let reading = read_certificate(&twice);
        assert_eq!(
            reading.certificate.as_ref(),
            Some(&original),
            "{:?} and {:?}: {:?}",
            first.0,
            second.0,
            reading.damages
        );
        pairs += 1;
    }
    assert!(pairs > 400, "{pairs} pairs");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, max_global_rejects: 20_000, failure_persistence: None, rng_seed: RngSeed::Fixed(2026), ..ProptestConfig::default() })]

    #[test]
    fn two_damages_are_repaired_as_one_is(name in prop::sample::select(vec!["idp", "ec", "other", "leaf"]), first in prop::sample::select(layout()), second in 0..REPAIRABLE.len()) {
        let original = certificate(name);
        let (first, second) = (REPAIRABLE[first], REPAIRABLE[second]);
        let Some(twice) = both(&original.pem(), first, second) else { return Err(TestCaseError::reject("not of each other")) };
        let reading = read_certificate(&twice);
        let read = reading.certificate.as_ref().map(lockstep_saml::Certificate::der);
        prop_assert_eq!(read, Some(original.der()), "{:?} and {:?}: {:?} {:?}", first.0, second.0, reading.damages, reading.wrong_kind);
    }

    #[test]
    fn any_line_width_and_any_blanks_are_read(name in prop::sample::select(vec!["idp", "ec", "leaf"]), width in 1_usize..200, blank in prop::sample::select(vec!["\n", "\r\n", " \n", "\n\t", "\n\n"])) {
        let original = certificate(name);
        let body: String = original.pem().lines().filter(|line| !line.starts_with('-')).collect();
        let lines: Vec<&str> = body.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let text = format!("-----BEGIN CERTIFICATE-----{blank}{}{blank}-----END CERTIFICATE-----{blank}", lines.join(blank));
        let reading = read_certificate(text.as_bytes());
        prop_assert_eq!(reading.certificate, Some(original), "{:?} {:?}", reading.damages, reading.wrong_kind);
    }

    #[test]
    fn whatever_is_read_says_something(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let reading = read_certificate(&bytes);
        prop_assert!(reading.certificate.is_some() || reading.wrong_kind.is_some() || !reading.damages.is_empty());
    }

    #[test]
    fn whatever_text_is_read_says_something(text in "(?s).{0,300}") {
        let reading = read_certificate(text.as_bytes());
        prop_assert!(reading.certificate.is_some() || reading.wrong_kind.is_some() || !reading.damages.is_empty());
    }
}
