//! People and groups: windows of the tables, and one person explained.
//!
//! A person's page loads what is stored about that person only, so that it opens at once among 100,000.

use lockstep_core::attribute::Attribute;
use lockstep_core::explain::{
    GroupState, Membership, PathStep, PersonExplanation, PersonKey, Will, explain_person,
};
use lockstep_core::ids::{ConnectionId, ScimId, SourceUserId};
use lockstep_core::memory::{NotKept, TargetMemory};
use lockstep_core::plan::operation::{OperationKind, Subject};
use lockstep_core::plan::{Plan, PlanInput};
use lockstep_core::policy::Policy;
use lockstep_core::policy::mapping::{Desired, Feeds, is_same_value};
use lockstep_core::snapshot::source::SourcePerson;
use lockstep_core::snapshot::target::TargetUser;
use rusqlite::Connection;

use super::events::event_row;
use super::operation_text::{held_text, operation_row};
use super::plan_head::PlanHead;
use super::views::{AttributePair, GroupRow, PathGroup, PersonPage, PersonRow, PersonWindow, WindowQuery};
use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};
use crate::store::StoreError;
use crate::store::tables::person_facts::{self, PersonFacts};
use crate::store::tables::plans::PlanRecord;
use crate::store::tables::{connections, events, groups, links, people, plan_counts, plans, target_cache};

/// What comes before the SCIM id in the key of somebody who is not in JumpCloud.
const TARGET_PREFIX: &str = "scim:";
/// Events that a person's page shows.
const HISTORY: u32 = 20;

impl Engine {
    /// Returns a window of people of both sides, by name unless the query says otherwise.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection.
    pub async fn people(&self, id: &ConnectionId, query: &WindowQuery) -> Result<PersonWindow, EngineError> {
        self.inner.connection_record(id).await?;
        let (id, query) = (id.clone(), query.clone());
        let window = self.inner.store.read(move |connection| {
            let window = people::window(connection, &id, &query)?;
            let facets = people::state_facets(connection, &id)?;
            Ok(PersonWindow { rows: window.rows, total: window.total, unfiltered: window.unfiltered, facets })
        });
        Ok(window.await?)
    }

    /// Returns a person's page. `key` is the key of a row of the People table.
    ///
    /// # Errors
    /// `NotFound` where the last plan knows nobody of that key.
    pub async fn person(&self, id: &ConnectionId, key: &str) -> Result<PersonPage, EngineError> {
        self.inner.connection_record(id).await?;
        let (connection_id, wanted) = (id.clone(), key.to_owned());
        let page =
            self.inner.store.read(move |connection| person_page(connection, &connection_id, &wanted)).await?;
        page.ok_or_else(|| {
            EngineError::new(
                ErrorCode::NotFound,
                format!("The last plan of {id} knows nobody with the key {key}"),
            )
            .hint("Compute a plan, which reads both sides, and look again")
        })
    }
}

fn person_page(
    connection: &Connection,
    id: &ConnectionId,
    key: &str,
) -> Result<Option<PersonPage>, StoreError> {
    let Some(row) = people::get(connection, id, key)? else { return Ok(None) };
    let policy = connections::get(connection, id)?.draft.policy;
    let memory = connections::target_memory(connection, id)?;
    let record = plans::latest(connection, id)?;
    let (source, target) = ids(connection, id, key)?;
    let (plan, target) = plan_about(connection, record.as_ref(), source.as_ref(), target)?;
    let facts = person_facts::load(connection, id, source.as_ref(), target.as_ref())?;
    let policy = with_room_as_in_the_directory(connection, id, policy, record.as_ref(), &plan, &facts)?;
    let input = PlanInput {
        policy: &policy,
        links: &facts.links,
        memory: &memory,
        decisions: &[],
        quarantine: &[],
        source: &facts.source,
        target: &facts.target,
        target_directory: None,
    };
    let person_key = match (&source, &target) {
        (Some(source), _) => PersonKey::Source(source.clone()),
        (None, Some(target)) => PersonKey::Target(target.clone()),
        (None, None) => return Ok(None),
    };
    let Some(explanation) = explain_person(&input, &plan, &person_key) else { return Ok(None) };
    let user = target.as_ref().and_then(|target| facts.user(target));
    let target_groups = match &target {
        Some(target) => target_cache::groups_of_user(connection, id, target)?,
        None => Vec::new(),
    };
    let subjects: Vec<&str> =
        source.iter().map(|id| id.as_str()).chain(target.iter().map(|id| id.as_str())).collect();
    let history = events::about(connection, id, &subjects, HISTORY)?;
    let attributes = attribute_pairs(&policy, &memory, facts.person(), user);
    let member_counts = groups::list(connection, id)?;
    let held = plan.operations.iter().find(|operation| !operation.is_ready());
    Ok(Some(PersonPage {
        will: will_name(shown_will(&explanation)).to_owned(),
        why_title: why_title(&explanation),
        why_text: explanation.text.clone(),
        causes: distinct(explanation.causes.iter().map(|cause| cause.text.clone())),
        path: explanation.path.iter().filter_map(|step| path_group(step, &member_counts)).collect(),
        would_change: explanation.would_change.iter().map(|change| change.text.clone()).collect(),
        active_in_target: explanation.active_in_target,
        active_after: explanation.active_after,
        held_text: held.and_then(held_text),
        link_text: link_text(&facts, user, &plan, &attributes),
        attributes,
        target_groups: target_groups.into_iter().map(|(_, name)| name).collect(),
        history: history.iter().map(event_row).collect::<Result<_, _>>()?,
        operations: plan.operations.iter().map(operation_row).collect(),
        plan_id: record.as_ref().map(|record| record.id.clone()),
        plan_number: record.as_ref().map(|record| record.number),
        is_protected: is_protected(&policy, &row),
        row,
    }))
}

/// Returns the ids of both sides that belong to a row's key.
fn ids(
    connection: &Connection,
    id: &ConnectionId,
    key: &str,
) -> Result<(Option<SourceUserId>, Option<ScimId>), StoreError> {
    if let Some(target) = key.strip_prefix(TARGET_PREFIX) {
        let target = ScimId::from(target);
        return Ok((links::source_of_user(connection, id, &target)?, Some(target)));
    }
    let source = SourceUserId::from(key);
    let target = links::target_of_person(connection, id, &source)?;
    Ok((Some(source), target))
}

/// Returns the part of the plan that is about the person, and the account that it links or that is linked.
fn plan_about(
    connection: &Connection,
    record: Option<&PlanRecord>,
    source: Option<&SourceUserId>,
    target: Option<ScimId>,
) -> Result<(Plan, Option<ScimId>), StoreError> {
    let Some(record) = record else { return Ok((Plan::default(), target)) };
    let head = PlanHead::from_document(&record.document)?;
    let mut operations = plans::operations_about(
        connection,
        &record.id,
        source.map(SourceUserId::as_str),
        target.as_ref().map(ScimId::as_str),
    )?;
    operations.retain(|operation| matches!(operation.subject, Subject::Person { .. }));
    let linked_by_plan = operations.iter().find_map(|operation| match &operation.subject {
        Subject::Person { target_id, .. } => target_id.clone(),
        Subject::Group { .. } => None,
    });
    let conflicts = head
        .conflicts
        .into_iter()
        .filter(|conflict| match &conflict.subject {
            Subject::Person { source_id, target_id, .. } => {
                (source_id.is_some() && source_id.as_ref() == source)
                    || (target_id.is_some() && target_id == &target)
            }
            // A replaced directory concerns everybody.
            Subject::Group { .. } => {
                conflict.kind == lockstep_core::plan::conflict::ConflictKind::DirectoryReplaced
            }
        })
        .collect();
    let plan = Plan { operations, conflicts, findings: head.findings, people_in_step: head.people_in_step };
    Ok((plan, target.or(linked_by_plan)))
}

/// The explanation counts accounts and creates of what it is given, which is one person: the limit shrinks by all the others.
fn with_room_as_in_the_directory(
    connection: &Connection,
    id: &ConnectionId,
    mut policy: Policy,
    record: Option<&PlanRecord>,
    plan: &Plan,
    facts: &PersonFacts,
) -> Result<Policy, StoreError> {
    let creates = |operations: u32, held: bool, kind: OperationKind| {
        if kind == OperationKind::CreateUser && !held { operations } else { 0 }
    };
    let all_creates: u32 = match record {
        None => 0,
        Some(record) => plan_counts::by_kind_and_hold(connection, &record.id)?
            .iter()
            .map(|entry| creates(entry.count, entry.held_by.is_some(), entry.kind))
            .sum(),
    };
    let own_creates: u32 =
        plan.operations.iter().map(|operation| creates(1, !operation.is_ready(), operation.kind)).sum();
    let others = target_cache::count_users(connection, id)?
        .saturating_sub(u32::try_from(facts.target.users.len()).unwrap_or(u32::MAX));
    policy.user_limit =
        policy.user_limit.saturating_sub(others).saturating_sub(all_creates.saturating_sub(own_creates));
    Ok(policy)
}

/// Two causes may come down to one sentence, for instance an operation's reason and the conflict that holds it.
fn distinct(sentences: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for sentence in sentences {
        if !kept.contains(&sentence) {
            kept.push(sentence);
        }
    }
    kept
}

/// What happens, or would if nothing held it: whether it is held is said beside it.
fn shown_will(explanation: &PersonExplanation) -> Will {
    match (&explanation.held, explanation.will) {
        (Some(held), Will::BeHeld) => held.would,
        (_, will) => will,
    }
}

const fn will_name(will: Will) -> &'static str {
    match will {
        Will::Stay => "stay",
        Will::BeCreated => "be_created",
        // Linking writes at most attributes.
        Will::BeLinked | Will::BeUpdated => "be_updated",
        Will::BeActivated => "be_activated",
        Will::BeDeactivated => "be_deactivated",
        Will::BeDeleted => "be_deleted",
        Will::BeHeld => "stay",
        Will::NotBeCreated | Will::NotInScope => "not_be_created",
    }
}

fn why_title(explanation: &PersonExplanation) -> String {
    let name = explanation.subject.name();
    let modal = if explanation.will == Will::BeHeld { "would" } else { "will" };
    match shown_will(explanation) {
        Will::BeCreated => format!("Why {name} {modal} be created"),
        Will::BeLinked => format!("Why {name} {modal} be linked"),
        Will::BeUpdated => format!("Why {name} {modal} be updated"),
        Will::BeActivated => format!("Why {name} {modal} be activated"),
        Will::BeDeactivated => format!("Why {name} {modal} be deactivated"),
        Will::BeDeleted => format!("Why {name} {modal} be deleted"),
        Will::NotBeCreated => format!("Why {name} is not created"),
        Will::NotInScope => format!("Why {name} has no account"),
        Will::Stay | Will::BeHeld => match explanation.active_in_target {
            Some(true) => format!("Why {name} stays active"),
            Some(false) => format!("Why {name} stays deactivated"),
            None => format!("Why {name} has no account"),
        },
    }
}

/// Returns a group on the way; other bound groups are named in what would change it and not drawn.
fn path_group(step: &PathStep, groups: &[GroupRow]) -> Option<PathGroup> {
    let members = groups
        .iter()
        .find(|group| group.source_id.as_ref() == Some(&step.source_id))
        .map(|group| group.members);
    let (relation, detail) = match (step.member, step.state) {
        (Membership::No, _) => return None,
        (_, GroupState::Deleted) => ("deleted", "Deleted in JumpCloud".to_owned()),
        (_, GroupState::Unbound) => ("unbound", "No longer bound to the application".to_owned()),
        (_, GroupState::Unknown) => ("unbound", "Was bound; what became of it could not be read".to_owned()),
        (Membership::Left, GroupState::Bound) => ("left", "Bound; left in JumpCloud".to_owned()),
        (Membership::Yes, GroupState::Bound) => (
            "member",
            match members {
                Some(1) => "Bound, 1 member".to_owned(),
                Some(members) => format!("Bound, {members} members"),
                None => "Bound".to_owned(),
            },
        ),
    };
    Some(PathGroup {
        name: step.group.clone(),
        key: Some(step.source_id.to_string()),
        is_bound: step.bound,
        relation: relation.to_owned(),
        members: members.filter(|_| step.bound),
        detail,
    })
}

fn attribute_pairs(
    policy: &Policy,
    memory: &TargetMemory,
    person: Option<&SourcePerson>,
    user: Option<&TargetUser>,
) -> Vec<AttributePair> {
    let feeds = Feeds::new(&policy.mapping);
    let pair = |attribute: Attribute| {
        let provenance = person.map(|person| feeds.provenance(person, attribute));
        let desired = person.map(|person| feeds.desired(person, attribute));
        let target = user.and_then(|user| user.attributes.get(attribute));
        let source = provenance.as_ref().and_then(|provenance| provenance.value.clone());
        let result = match (&desired, user) {
            (None | Some(Desired::Unmanaged), _) => "not_mapped",
            (Some(_), None) => "create",
            (Some(desired), Some(user)) => compare(memory, attribute, desired.value(), target, user),
        };
        AttributePair {
            attribute,
            source_field: provenance.and_then(|provenance| provenance.fields.first().cloned()),
            source,
            target: target.map(str::to_owned),
            result: result.to_owned(),
        }
    };
    Attribute::ALL.iter().copied().map(pair).collect()
}

fn compare(
    memory: &TargetMemory,
    attribute: Attribute,
    wanted: Option<&str>,
    observed: Option<&str>,
    user: &TargetUser,
) -> &'static str {
    let is_same = match (wanted, observed) {
        (None, None) => true,
        // An account without these cannot exist: a missing value in JumpCloud clears nothing.
        (None, Some(_)) => !attribute.is_optional(),
        (Some(_), None) => false,
        (Some(wanted), Some(observed)) => is_same_value(attribute, wanted, observed),
    };
    let not_kept = || NotKept {
        target: user.id.clone(),
        attribute,
        sent: wanted.map(str::to_owned),
        found: observed.map(str::to_owned),
    };
    if is_same {
        "same"
    } else if !memory.not_kept.is_empty() && memory.not_kept.contains(&not_kept()) {
        "not_kept"
    } else {
        "update"
    }
}

fn link_text(
    facts: &PersonFacts,
    user: Option<&TargetUser>,
    plan: &Plan,
    attributes: &[AttributePair],
) -> String {
    let differing = attributes.iter().filter(|pair| pair.result == "update").count();
    let difference = match differing {
        0 => "both records agree".to_owned(),
        1 => "1 attribute differs".to_owned(),
        several => format!("{several} attributes differ"),
    };
    let is_linked = user.is_some_and(|user| facts.links.people.iter().any(|link| link.target == user.id));
    match (facts.person(), user) {
        (Some(_), Some(_)) if is_linked => format!("Linked by a stored pair of ids; {difference}"),
        (Some(_), Some(_)) => {
            let by = plan
                .operations
                .iter()
                .find(|operation| operation.kind == OperationKind::LinkUser)
                .map_or_else(String::new, |operation| {
                    format!(": {}", operation.reason.text.trim_end_matches('.'))
                });
            format!("Not linked yet{by}; {difference}")
        }
        (Some(_), None) if facts.links.people.is_empty() => "No account in Atlassian".to_owned(),
        (Some(_), None) => "Linked to an account that is no longer there".to_owned(),
        (None, Some(_)) if is_linked => "Linked to somebody who is no longer in JumpCloud".to_owned(),
        (None, _) => "Not from JumpCloud, and left alone".to_owned(),
    }
}

fn is_protected(policy: &Policy, row: &PersonRow) -> bool {
    row.email.as_deref().is_some_and(|email| {
        policy.protected_people.iter().any(|protected| lockstep_core::email::same(protected, email))
    })
}
