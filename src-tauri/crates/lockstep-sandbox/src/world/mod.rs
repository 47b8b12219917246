//! The state of both services, and what changes it.

pub(crate) mod access;
pub(crate) mod apply;
pub(crate) mod apply_organisation;
pub(crate) mod apply_target;
pub(crate) mod change;
pub(crate) mod dump;
pub(crate) mod history;
pub(crate) mod ids;
pub(crate) mod membership_rules;
pub(crate) mod organisation;
mod picture;
pub(crate) mod provisioning;
pub(crate) mod slab;
pub(crate) mod source;
pub(crate) mod sso;
pub(crate) mod target;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::dialect::Dialect;
use history::{Actor, History};
use ids::Mint;
use membership_rules::MembershipRules;
use organisation::Organisation;
use source::Source;
use sso::Sso;
use target::{RefusedPush, Target};

/// The keys that the services accept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) jumpcloud: String,
    pub(crate) scim: String,
    pub(crate) organisation: String,
    /// Milliseconds since 1970.
    pub(crate) scim_expires: i64,
}

/// A bulk job of JumpCloud: one row per person that was sent.
#[derive(Clone, Debug)]
pub(crate) struct BulkJob {
    pub(crate) id: String,
    pub(crate) rows: Vec<BulkRow>,
}

/// The outcome for one person of a bulk job.
#[derive(Clone, Debug)]
pub(crate) struct BulkRow {
    pub(crate) id: String,
    pub(crate) is_done: bool,
    pub(crate) message: String,
    pub(crate) at_ms: i64,
    pub(crate) email: String,
    pub(crate) username: String,
}

/// Both services.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) mint: Mint,
    pub(crate) source: Source,
    pub(crate) target: Target,
    pub(crate) organisation: Organisation,
    pub(crate) history: History,
    pub(crate) credentials: Credentials,
    pub(crate) dialect: Dialect,
    pub(crate) sso: Sso,
    pub(crate) jobs: Vec<BulkJob>,
    /// Edits of groups that follow a rule, which the rule undoes.
    pub(crate) membership_rules: MembershipRules,
    /// Group creations that were refused because a local group has the name: what the console's review lists.
    pub(crate) refused_pushes: Vec<RefusedPush>,
    /// The application that is given as Atlassian's.
    pub(crate) application: u32,
    /// Whose keys are used.
    pub(crate) administrator: u32,
    /// Lists asked for without an order, to give each another one.
    pub(crate) unordered_lists: usize,
}

impl World {
    /// A world with nothing in it.
    pub(crate) fn new(seed: u64) -> World {
        World {
            mint: Mint::new(seed),
            source: Source::default(),
            target: Target::default(),
            organisation: Organisation::default(),
            history: History::default(),
            credentials: Credentials::default(),
            dialect: Dialect::default(),
            sso: Sso::default(),
            jobs: Vec::new(),
            membership_rules: MembershipRules::default(),
            refused_pushes: Vec::new(),
            application: 0,
            administrator: 0,
            unordered_lists: 0,
        }
    }

    /// Returns milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }

    /// Returns the administrator, as Directory Insights names who did something.
    pub(crate) fn actor(&self, auth_method: &'static str) -> Actor {
        let admin = self.source.people.get(self.administrator);
        Actor {
            id: admin.map(|admin| admin.id.to_string()).unwrap_or_default(),
            email: admin.map(|admin| admin.email.to_string()).unwrap_or_default(),
            auth_method,
        }
    }

    /// Records what just happened in JumpCloud.
    pub(crate) fn note(
        &mut self,
        event_type: &'static str,
        auth_method: &'static str,
        body: Map<String, Value>,
    ) {
        let (id, actor, now) = (self.mint.hex(24), self.actor(auth_method), self.now_ms());
        self.history.record(id, now, event_type, &actor, body);
    }
}

/// Writes a time as the services do.
pub(crate) fn rfc3339(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
