//! What a sandbox is started with: scenario, seed, port and faults.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::fault::Fault;

/// How a sandbox is started; the default is [`ScenarioName::Small`] with seed 1 on any free port.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// Which organisation to build.
    pub scenario: ScenarioName,
    /// The same seed gives the same world, ids and names included.
    pub seed: u64,
    /// 0 takes any free port.
    pub port: u16,
    /// Faults that are set from the first request on.
    pub faults: Vec<Fault>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        SandboxOptions { scenario: ScenarioName::Small, seed: 1, port: 0, faults: Vec::new() }
    }
}

/// A seeded organisation.
///
/// As text: `small`, `medium`, `large`, `empty`, `unbound`, `foreign-application` or
/// `custom:people=500,groups=40,memberships=2000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScenarioName {
    /// About 40 people with every interesting case.
    Small,
    /// 1,000 people and 45 groups.
    Medium,
    /// 100,000 people, 2,000 groups and 1,000,000 memberships.
    Large,
    /// An organisation without people; its groups are bound and empty.
    Empty,
    /// The small organisation with no group bound to the application.
    Unbound,
    /// The small organisation, whose given application is not Atlassian's.
    ForeignApplication,
    /// A generated organisation without special cases.
    Custom(Sizes),
}

/// The sizes of a generated organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// People in the directory; all of them are in at least one group while there are memberships enough.
    pub people: u32,
    /// User groups, all bound to the application.
    pub groups: u32,
    /// Memberships over all groups, at most `people × groups`.
    pub memberships: u32,
}

impl fmt::Display for ScenarioName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScenarioName::Small => f.write_str("small"),
            ScenarioName::Medium => f.write_str("medium"),
            ScenarioName::Large => f.write_str("large"),
            ScenarioName::Empty => f.write_str("empty"),
            ScenarioName::Unbound => f.write_str("unbound"),
            ScenarioName::ForeignApplication => f.write_str("foreign-application"),
            ScenarioName::Custom(sizes) => write!(
                f,
                "custom:people={},groups={},memberships={}",
                sizes.people, sizes.groups, sizes.memberships
            ),
        }
    }
}

impl FromStr for ScenarioName {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "small" => ScenarioName::Small,
            "medium" => ScenarioName::Medium,
            "large" => ScenarioName::Large,
            "empty" => ScenarioName::Empty,
            "unbound" => ScenarioName::Unbound,
            "foreign-application" => ScenarioName::ForeignApplication,
            _ => match text.strip_prefix("custom") {
                Some(rest) => ScenarioName::Custom(sizes(rest)?),
                None => return Err(ScenarioError::Unknown(text.to_owned())),
            },
        })
    }
}

fn sizes(rest: &str) -> Result<Sizes, ScenarioError> {
    let mut sizes = Sizes { people: 500, groups: 40, memberships: 0 };
    for pair in rest.trim_start_matches(':').split(',').filter(|pair| !pair.is_empty()) {
        let number = |value: &str| value.parse().map_err(|_| ScenarioError::Size(pair.to_owned()));
        match pair.split_once('=') {
            Some(("people", value)) => sizes.people = number(value)?,
            Some(("groups", value)) => sizes.groups = number(value)?,
            Some(("memberships", value)) => sizes.memberships = number(value)?,
            _ => return Err(ScenarioError::Size(pair.to_owned())),
        }
    }
    if sizes.memberships == 0 {
        // Five groups each is what organisations of this size look like in the medium scenario.
        sizes.memberships = sizes.people.saturating_mul(5.min(sizes.groups));
    }
    Ok(sizes)
}

/// Why a text names no scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// No scenario has this name.
    #[error(
        "There is no scenario {0:?}; there are small, medium, large, empty, unbound, foreign-application and custom:people=N,groups=N,memberships=N"
    )]
    Unknown(String),
    /// A part of `custom:…` is no `people=N`, `groups=N` or `memberships=N`.
    #[error("{0:?} is no size; write people=N, groups=N or memberships=N")]
    Size(String),
}
