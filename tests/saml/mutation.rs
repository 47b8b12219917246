//! Thousands of small changes to good and hostile responses: no panic, and never another identity than the signed one.

use std::time::{Duration, Instant};

use lockstep_saml::{Expectations, inspect, read_certificate, read_metadata};

use crate::support::{Corpus, corpus, file};

/// How long it may take at most; with a debug build on a slow machine the count is not reached, and need not be.
const TIME: Duration = Duration::from_secs(10);
const ROUNDS: u32 = 6_000;

/// More of both, for a long run by hand: `LOCKSTEP_MUTANTS=200000`.
#[allow(clippy::disallowed_methods, reason = "the environment only prolongs the test")]
fn bounds() -> (u32, Duration) {
    match std::env::var("LOCKSTEP_MUTANTS").ok().and_then(|count| count.parse().ok()) {
        Some(rounds) => (rounds, Duration::from_secs(3600)),
        None => (ROUNDS, TIME),
    }
}

/// xorshift64*: the same changes every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() >> 33) as usize % limit.max(1)
    }
}

/// Pieces that attacks are made of.
const PIECES: &[&str] = &[
    "<!---->",
    "<!--",
    "-->",
    "<?x?>",
    "<![CDATA[x]]>",
    "]]>",
    "&x;",
    "&#0;",
    "&#x10FFFF;",
    "&amp;",
    "<!DOCTYPE a>",
    "\u{0}",
    "\u{FEFF}",
    "evil@attacker.example",
    "#_assertion1",
    "ID=\"_assertion1\"",
    " xmlns:saml2=\"urn:x\"",
    "<saml2:Assertion ID=\"_e\"/>",
    "</saml2:Assertion>",
    "<saml2:NameID>evil@attacker.example</saml2:NameID>",
    "\"",
    "'",
    "<",
    ">",
    "/",
    "=",
    "\u{202E}",
];

fn mutated(source: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = source.to_vec();
    for _ in 0..=dice.below(3) {
        let (from, length) = (dice.below(bytes.len()), dice.below(200));
        let to = (from + length).min(bytes.len());
        match dice.below(8) {
            0 => bytes[from] ^= 1 << dice.below(8),
            1 => bytes[from] = dice.roll() as u8,
            2 => drop(bytes.drain(from..to)),
            3 => drop(bytes.splice(from..from, PIECES[dice.below(PIECES.len())].bytes())),
            4 => {
                let piece = bytes[from..to].to_vec();
                let at = dice.below(bytes.len());
                drop(bytes.splice(at..at, piece));
            }
            5 => {
                let begin = dice.below(other.len());
                let end = (begin + dice.below(2000)).min(other.len());
                drop(bytes.splice(from..to, other[begin..end].iter().copied()));
            }
            6 => bytes.truncate(from),
            _ => {
                let piece = PIECES[dice.below(PIECES.len())];
                drop(bytes.splice(from..to, piece.bytes()));
            }
        }
        if bytes.is_empty() {
            return bytes;
        }
    }
    bytes
}

#[allow(clippy::disallowed_methods, reason = "the time bounds the test; no result depends on it")]
fn begin() -> Instant {
    Instant::now()
}

/// Judges mutants of some files and returns how many there were, and how many of them were accepted.
fn judge_mutants(corpus: &Corpus, sources: &[Vec<u8>], seed: u64) -> (u32, u32) {
    let expectations = Expectations { name_id: None, ..corpus.expectations("idp") };
    let mut dice = Dice(seed);
    let ((most, time), started) = (bounds(), begin());
    let (mut rounds, mut accepted) = (0, 0);
    while rounds < most && started.elapsed() < time {
        let (source, other) = (&sources[dice.below(sources.len())], &sources[dice.below(sources.len())]);
        let mutant = mutated(source, other, &mut dice);
        let inspection = inspect(&mutant, &expectations, corpus.at);
        let name_id = inspection.assertion.name_id.as_deref();
        // Two names were ever signed by this key as somebody's who may sign in.
        assert!(
            matches!(name_id, None | Some("" | "ada@acme.example" | "Ada@Acme.example" | "bob@acme.example")),
            "round {rounds}: {name_id:?} was never signed: {}",
            String::from_utf8_lossy(&mutant)
        );
        if inspection.valid {
            accepted += 1;
            assert_eq!(
                name_id.map(str::to_lowercase).as_deref().map(|id| id.ends_with("@acme.example")),
                Some(true),
                "round {rounds}"
            );
            assert!(
                inspection.assertion.audiences.contains(&corpus.sp_entity_id),
                "round {rounds}: its own audience"
            );
        }
        rounds += 1;
    }
    (rounds, accepted)
}

#[test]
fn no_mutant_of_a_response_is_taken_for_somebody_else() {
    let corpus = corpus();
    let sources: Vec<Vec<u8>> = corpus
        .files
        .keys()
        .filter(|path| {
            path.starts_with("valid/signed")
                || path.starts_with("valid/by_")
                || path.starts_with("refused/xsw")
        })
        .map(|path| file(path))
        .collect();
    let (rounds, accepted) = judge_mutants(&corpus, &sources, 0x5EED_0001);
    assert!(rounds >= 200, "{rounds} mutants in the time");
    assert!(accepted < rounds / 4, "{accepted} of {rounds}: most changes must be noticed");
}

#[test]
fn no_mutant_of_a_packed_response_does_harm() {
    let corpus = corpus();
    let sources: Vec<Vec<u8>> =
        corpus.files.keys().filter(|path| path.starts_with("packed/")).map(|path| file(path)).collect();
    let (rounds, _) = judge_mutants(&corpus, &sources, 0x5EED_0002);
    assert!(rounds >= 200, "{rounds} mutants in the time");
}

#[test]
fn no_mutant_of_a_certificate_or_of_metadata_does_harm() {
    let genuine: Vec<_> =
        ["idp", "ec", "leaf"].iter().map(|name| crate::support::certificate(name)).collect();
    let sources = [
        "certificates/idp.pem",
        "certificates/ec.pem",
        "certificates/leaf.pem",
        "certificates/bundle.p7b",
        "metadata/idp.xml",
    ]
    .map(file);
    let mut dice = Dice(0x5EED_0003);
    let ((most, time), started) = (bounds(), begin());
    let mut rounds = 0;
    while rounds < most && started.elapsed() < time {
        let (source, other) = (&sources[dice.below(sources.len())], &sources[dice.below(sources.len())]);
        let mutant = mutated(source, other, &mut dice);
        let reading = read_certificate(&mutant);
        if let Some(certificate) = reading.certificate {
            // The self-signed ones prove themselves; only the leaf could be changed unnoticed.
            let is_leaf = !certificate.facts().is_self_signed;
            assert!(
                is_leaf || genuine.contains(&certificate) || !proves(&certificate),
                "round {rounds}: a changed certificate was read: {:?}",
                certificate.facts()
            );
        } else {
            assert!(
                reading.wrong_kind.is_some() || !reading.damages.is_empty(),
                "round {rounds}: nothing is said"
            );
        }
        let _ = read_metadata(&mutant);
        rounds += 1;
    }
    assert!(rounds >= 200, "{rounds} mutants in the time");
}

/// Whether a certificate's own signature can be checked here at all.
fn proves(certificate: &lockstep_saml::Certificate) -> bool {
    let facts = certificate.facts();
    matches!(facts.signature_algorithm.as_str(), "SHA-256 with RSA" | "SHA-256 with ECDSA")
        && facts.short_rsa_bits().is_none()
        && (facts.key.kind != "EC" || facts.key.bits.is_some())
}
