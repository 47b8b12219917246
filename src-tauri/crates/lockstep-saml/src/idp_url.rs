//! The name in JumpCloud's IdP URL, which cannot be changed after the first save.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// What stands before the name.
pub const BASE: &str = "https://sso.jumpcloud.com/saml2/";
/// What JumpCloud's template proposes, the same for everybody.
pub const DEFAULT_NAME: &str = "atlassiancloud";
/// The longest name that is proposed or accepted.
pub const MAX_LENGTH: usize = 64;

/// Why a name cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct IdpUrlProblem {
    /// What kind.
    pub kind: IdpUrlProblemKind,
    /// What is wrong and what to do.
    pub text: String,
}

/// What can be wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum IdpUrlProblemKind {
    /// Nothing there.
    Empty,
    /// The template's default.
    Default,
    /// Too long.
    TooLong,
    /// Characters other than small letters, digits and hyphens.
    Characters,
    /// A hyphen at the beginning or the end.
    Hyphens,
    /// A whole address instead of its last part.
    WholeAddress,
    /// Another application has it.
    Taken,
}

/// Returns the whole address of a name.
pub fn address(name: &str) -> String {
    format!("{BASE}{name}")
}

/// Proposes a name that is free, from an organisation's name.
pub fn propose(organisation: &str, taken: &[String]) -> String {
    let words = slug(organisation);
    let mut base = match words.as_str() {
        "" => "company-atlassian".to_owned(),
        words if words.contains("atlassian") => words.to_owned(),
        words => format!("{words}-atlassian"),
    };
    if base == DEFAULT_NAME {
        base = "company-atlassian".to_owned();
    }
    if check(&base, taken).is_empty() {
        return base;
    }
    // Among taken.len() + 1 numbered names one is free.
    (2..)
        .map(|number| format!("{base}-{number}"))
        .take(taken.len() + 1)
        .find(|name| check(name, taken).is_empty())
        .unwrap_or(base)
}

/// Judges a name; `taken` are the IdP URLs of the organisation's other applications.
pub fn check(name: &str, taken: &[String]) -> Vec<IdpUrlProblem> {
    use IdpUrlProblemKind as Kind;
    let mut problems = Vec::new();
    let mut say = |kind, text: &str| problems.push(IdpUrlProblem { kind, text: text.to_owned() });
    if name.trim().is_empty() {
        say(Kind::Empty, "Choose a name; it becomes part of the address and cannot be changed later.");
        return problems;
    }
    if name.contains("://") || name.contains('/') {
        say(Kind::WholeAddress, "Only the last part of the address is needed, without slashes.");
        return problems;
    }
    if name.eq_ignore_ascii_case(DEFAULT_NAME) {
        say(
            Kind::Default,
            "atlassiancloud is what every application of this kind is offered. The address must be your own, and it cannot be changed after the first save.",
        );
    }
    if name.len() > MAX_LENGTH {
        say(Kind::TooLong, "The name is longer than 64 characters.");
    }
    if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        say(Kind::Characters, "Use small letters, digits and hyphens only.");
    }
    if name.starts_with('-') || name.ends_with('-') {
        say(Kind::Hyphens, "The name must begin and end with a letter or a digit.");
    }
    if taken.iter().any(|url| last_part(url).eq_ignore_ascii_case(name)) {
        say(
            Kind::Taken,
            "Another application of this organisation has this address. JumpCloud does not check this; sign-ins would go astray.",
        );
    }
    problems
}

fn last_part(url: &str) -> &str {
    let path = url.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

/// Small letters, digits and single hyphens; accents are dropped, what has no plain form becomes a hyphen.
fn slug(text: &str) -> String {
    let mut words = String::new();
    for c in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            'ß' => words.push_str("ss"),
            'æ' | 'Æ' => words.push_str("ae"),
            'ø' | 'Ø' => words.push('o'),
            'ł' | 'Ł' => words.push('l'),
            '\'' | '’' | '.' => {}
            c if c.is_ascii_alphanumeric() => words.push(c.to_ascii_lowercase()),
            _ if !words.ends_with('-') => words.push('-'),
            _ => {}
        }
    }
    let room = MAX_LENGTH - "-atlassian-9999".len();
    let cut: String = words.trim_matches('-').chars().take(room).collect();
    cut.trim_matches('-').to_owned()
}
