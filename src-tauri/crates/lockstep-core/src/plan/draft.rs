//! A plan in the making, shared by the parts of the planner.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::attribute::Attribute;
use crate::correlation::Correlation;
use crate::finding::{Finding, Severity};
use crate::plan::conflict::Conflict;
use crate::plan::context::Context;
use crate::plan::operation::{HeldBy, Operation};

/// Whether a person has an account that memberships can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// No, and this plan gives none.
    None,
    /// The account at this position, linked now or by this plan.
    Exists(u32),
    /// A ready operation of this plan creates it.
    Coming,
}

/// What is collected while planning.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) correlation: &'a Correlation,
    pub(crate) operations: Vec<Operation>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) findings: Vec<Finding>,
    /// By person's position.
    pub(crate) accounts: Vec<Account>,
    /// Accounts that a held link or an open question is about, with the people who would get them.
    pub(crate) pending: IndexMap<u32, Vec<u32>, FxBuildHasher>,
    /// People whose account is confirmed and equal.
    pub(crate) people_in_step: u32,
    /// Differences left alone, by attribute: whose.
    pub(crate) not_kept: BTreeMap<Attribute, Vec<String>>,
    /// Labels of protected people and groups that something would have happened to.
    pub(crate) protected: BTreeSet<String>,
    /// How many operations suddenly emptied groups explain, by group name.
    pub(crate) emptied: BTreeSet<String>,
    /// Groups to be created although the organisation's groups were not read to the end.
    pub(crate) names_not_seen: Vec<String>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(context: &'a Context<'a>, correlation: &'a Correlation) -> Self {
        Self {
            context,
            correlation,
            operations: Vec::new(),
            conflicts: Vec::new(),
            findings: Vec::new(),
            accounts: vec![Account::None; context.people.len()],
            pending: IndexMap::default(),
            people_in_step: 0,
            not_kept: BTreeMap::new(),
            protected: BTreeSet::new(),
            emptied: BTreeSet::new(),
            names_not_seen: Vec::new(),
        }
    }

    /// Adds an operation, held where it is in quarantine or its subject is protected; says whether it is ready.
    pub(crate) fn push(&mut self, mut operation: Operation, is_protected: bool) -> bool {
        if is_protected {
            operation.hold(HeldBy::Guard, false);
            self.protected.insert(operation.subject.label().to_owned());
        }
        if self.context.is_in_quarantine(&operation.id) {
            operation.hold(HeldBy::Quarantine, false);
        }
        let is_ready = operation.is_ready();
        self.operations.push(operation);
        is_ready
    }

    pub(crate) fn set_account(&mut self, person: u32, account: Account) {
        if let Some(slot) = self.accounts.get_mut(person as usize) {
            *slot = account;
        }
    }

    pub(crate) fn account(&self, person: u32) -> Account {
        self.accounts.get(person as usize).copied().unwrap_or(Account::None)
    }

    /// Remembers that an account may turn out to be a person's.
    pub(crate) fn set_pending(&mut self, user: u32, person: u32) {
        self.pending.entry(user).or_default().push(person);
    }

    pub(crate) fn remark(&mut self, severity: Severity, code: &str, text: String, subjects: Vec<String>) {
        self.findings.push(Finding { severity, code: code.to_owned(), text, subjects });
    }
}
