//! Each question about a group is answered; who stays, gains and loses, and whose apps change, is as it was predicted.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_core::plan::conflict::{Conflict, ConflictKind, ConflictPerson};
use lockstep_engine::api::views::{ConflictView, DecisionInput, WindowQuery};
use lockstep_sandbox::{Change, ChangeError, Dump};

use super::Compared;
use super::bench::{Connection, told};
use super::organisation::Organisation;
use super::world::{self, Names};

/// Runs until a takeover has come to its end, its acceptance in Atlassian's console among them.
const ROUNDS: usize = 8;

/// Answers every question about a group, one after the other.
pub(crate) async fn compare(
    connection: &Connection<'_>,
    organisation: &Organisation,
    compared: &mut Compared,
) -> Result<(), String> {
    connection.plan().await?;
    for (number, team) in organisation.teams.iter().enumerate() {
        let name = Organisation::team_name(number);
        let Some(view) = question(connection, name).await? else { continue };
        if view.conflict.blocked.is_some() {
            unblock(connection, name).await?;
            compared.other_answers += 1;
        }
        let Some(view) = question(connection, name).await? else { continue };
        let offers = |choice: &str| view.conflict.choices.iter().any(|other| other == choice);
        match team.answer {
            0 if offers("keep-others") => keep_others(connection, name, &view).await?,
            1 => rename(connection, name, &view).await?,
            2 => leave(connection, name, &view).await?,
            _ if offers("take-over") => {
                take_over(connection, name, &view).await?;
                compared.takeovers += 1;
                continue;
            }
            _ => continue,
        }
        compared.other_answers += 1;
    }
    Ok(())
}

/// Returns the open question about the group of that name.
async fn question(connection: &Connection<'_>, name: &str) -> Result<Option<ConflictView>, String> {
    let query = WindowQuery { limit: 200, ..WindowQuery::default() };
    let window = connection.engine().conflicts(&connection.id, &query).await.map_err(told)?;
    let row = window.rows.iter().find(|row| {
        row.kind == ConflictKind::GroupTakeover
            && row.subject.label().trim() == name
            && row.decision.is_none()
    });
    let Some(row) = row else { return Ok(None) };
    connection.engine().conflict(&connection.id, &row.id).await.map(Some).map_err(told)
}

async fn decide(connection: &Connection<'_>, view: &ConflictView, choice: &str) -> Result<(), String> {
    let input = DecisionInput {
        conflict: view.conflict.id.clone(),
        choice: choice.to_owned(),
        facts: Some(view.conflict.facts.clone()),
        seen: None,
    };
    let answer = connection.engine().decide(&connection.id, vec![input]).await.map_err(told)?;
    if answer.refused.is_empty() { Ok(()) } else { Err(format!("{choice} is refused: {:?}", answer.refused)) }
}

/// A group that is said to be blocked is: Atlassian does not sync it. The remedy that is named helps.
async fn unblock(connection: &Connection<'_>, name: &str) -> Result<(), String> {
    let world = connection.bench.sandbox.world();
    let dump = world.dump();
    let (there, group) = world::group(&dump, name).ok_or(format!("{name} is blocked and not there"))?;
    if !group.gives_default_access {
        return Err(format!("{name} is said to be blocked, and is no default access group"));
    }
    let accepted = world.change(&Change::AcceptTakeover { group: name.to_owned() });
    if !matches!(accepted, Err(ChangeError::DefaultAccess(_) | ChangeError::NoGroup(_))) {
        return Err(format!("{name} is said to be blocked, and Sync group gives {accepted:?}"));
    }
    connection.change(&Change::ClearDefaultAccess { group: there.to_owned() })?;
    connection.plan().await?;
    match question(connection, name).await? {
        Some(view) if view.conflict.blocked.is_some() => Err(format!("{name} is still blocked")),
        _ => Ok(()),
    }
}

fn people(list: &[ConflictPerson]) -> Names {
    list.iter().map(|person| person.label.to_lowercase()).collect()
}

fn differ(what: &str, predicted: &impl std::fmt::Debug, found: &impl std::fmt::Debug) -> Result<(), String> {
    Err(format!("{what}: predicted {predicted:?}, and it is {found:?}"))
}

/// Takes a group over, accepting it in Atlassian's console where that is awaited, and compares.
async fn take_over(connection: &Connection<'_>, name: &str, view: &ConflictView) -> Result<(), String> {
    let before = connection.dump();
    decide(connection, view, "take-over").await?;
    let mut accepted = false;
    for round in 0.. {
        if round == ROUNDS {
            return Err(format!("the takeover of {name} does not come to its end"));
        }
        let was_busy = connection.round().await?;
        if !accepted && is_waiting(&connection.dump(), name) {
            unchanged(&before, &connection.dump(), name, "before it was accepted")?;
            connection.change(&Change::AcceptTakeover { group: name.to_owned() })?;
            accepted = true;
        } else if !was_busy {
            break;
        }
    }
    check(&view.conflict, &before, &connection.dump(), name)
        .map_err(|error| format!("take over {name}: {error}"))
}

/// Whether Atlassian's console has the group under *Review groups*.
fn is_waiting(dump: &Dump, name: &str) -> bool {
    let is_pending = dump.target.groups.get(name).is_some_and(|group| group.is_pending);
    is_pending || dump.organisation.refused_pushes.contains(name)
}

/// Compares what was predicted with what happened.
fn check(conflict: &Conflict, before: &Dump, after: &Dump, name: &str) -> Result<(), String> {
    let (stays, gains, loses) = (people(&conflict.stays), people(&conflict.gains), people(&conflict.loses));
    let (was, is) = (world::members(before, name), world::members(after, name));
    let predicted_before: Names = stays.union(&loses).cloned().collect();
    if was != predicted_before {
        return differ("members before", &predicted_before, &was);
    }
    let predicted_after: Names = stays.union(&gains).cloned().collect();
    if is != predicted_after {
        return differ("members after", &predicted_after, &is);
    }
    if !world::group(after, name).is_some_and(|(_, group)| group.is_synced) {
        return Err("the group is not synced".to_owned());
    }
    access_shown(conflict, before, name)?;
    for person in &conflict.loses {
        check_loser(conflict, person, before, after, name)?;
    }
    check_seats(conflict, before, after)?;
    check_bystanders(conflict, before, after, name)
}

/// What the group gives is shown whole.
fn access_shown(conflict: &Conflict, before: &Dump, name: &str) -> Result<(), String> {
    let shown: BTreeSet<(&str, BTreeSet<&str>)> = conflict
        .access
        .iter()
        .map(|access| (access.resource.as_str(), access.roles.iter().map(String::as_str).collect()))
        .collect();
    let given = world::group(before, name).map(|(_, group)| group.access.as_slice()).unwrap_or_default();
    let given: BTreeSet<(&str, BTreeSet<&str>)> = given
        .iter()
        .map(|access| (access.resource.as_str(), access.roles.iter().map(String::as_str).collect()))
        .collect();
    if shown == given { Ok(()) } else { differ("app access", &shown, &given) }
}

/// Apps that a loser has lost are those that were predicted, and the other paths are as they were named.
fn check_loser(
    conflict: &Conflict,
    person: &ConflictPerson,
    before: &Dump,
    after: &Dump,
    name: &str,
) -> Result<(), String> {
    let email = person.label.to_lowercase();
    let mut lost = Names::new();
    let mut through = Names::new();
    for access in &conflict.access {
        let paths = world::giving(after, &email, &access.resource, access.takes_seat());
        if paths.is_empty() {
            lost.insert(access.label());
        }
        let others = world::giving(before, &email, &access.resource, access.takes_seat());
        let is_this = |other: &String| other.to_lowercase() == name.to_lowercase();
        let others: Names = others.into_iter().filter(|other| !is_this(other)).collect();
        if others != paths {
            return differ(&format!("{email}'s paths to {}", access.resource), &others, &paths);
        }
        through.extend(paths);
    }
    let predicted: Names = person.loses_access_to.iter().cloned().collect();
    if predicted != lost {
        return differ(&format!("what {email} loses"), &predicted, &lost);
    }
    let predicted: Names = person.keeps_access_through.iter().cloned().collect();
    if predicted != through {
        return differ(&format!("how {email} keeps access"), &predicted, &through);
    }
    Ok(())
}

/// Who takes a new seat is who was predicted. Access that counts is that of active accounts.
fn check_seats(conflict: &Conflict, before: &Dump, after: &Dump) -> Result<(), String> {
    let (was, is) = (world::usable(before), world::usable(after));
    let mut taken: BTreeMap<String, Names> = BTreeMap::new();
    for access in conflict.access.iter().filter(|access| access.takes_seat()) {
        let seat = (access.resource.clone(), true);
        let had = |email: &String| was.get(email).is_some_and(|seats| seats.contains(&seat));
        let new: Names = is
            .iter()
            .filter(|(email, seats)| seats.contains(&seat) && !had(email))
            .map(|(email, _)| email.to_lowercase())
            .collect();
        if !new.is_empty() {
            taken.entry(access.label()).or_default().extend(new);
        }
    }
    // Whoever is barred from the organisation takes no seat until that ends; the prediction counts them.
    let can_use = |email: &String| after.organisation.accounts.get(email).is_some_and(|it| !is_barred(it));
    let predicted = conflict.new_seats.iter().map(|seats| {
        let people = seats.people.iter().map(|label| label.to_lowercase()).filter(can_use);
        (seats.app.clone(), people.collect::<Names>())
    });
    let predicted: BTreeMap<String, Names> = predicted.filter(|(_, people)| !people.is_empty()).collect();
    if predicted == taken { Ok(()) } else { differ("new seats", &predicted, &taken) }
}

/// Switched on, and still without anything that any of its groups gives.
fn is_barred(account: &lockstep_sandbox::AccountDump) -> bool {
    !account.is_member
}

/// Nobody else's apps change, and nobody's other apps.
fn check_bystanders(conflict: &Conflict, before: &Dump, after: &Dump, name: &str) -> Result<(), String> {
    let resources: BTreeSet<&str> = conflict.access.iter().map(|access| access.resource.as_str()).collect();
    let touched: Names = people(&conflict.gains).union(&people(&conflict.loses)).cloned().collect();
    let (was, is) = (world::usable(before), world::usable(after));
    for (email, access) in &was {
        let now = is.get(email).cloned().unwrap_or_default();
        let is_other = |(resource, _): &&(String, bool)| {
            !touched.contains(&email.to_lowercase()) || !resources.contains(resource.as_str())
        };
        let (access, now): (BTreeSet<_>, BTreeSet<_>) =
            (access.iter().filter(is_other).collect(), now.iter().filter(is_other).cloned().collect());
        if access != now.iter().collect() {
            return differ(&format!("apps of {email}, whom {name} does not concern"), &access, &now);
        }
    }
    Ok(())
}

/// The group of that name is as it was.
fn unchanged(before: &Dump, after: &Dump, name: &str, when: &str) -> Result<(), String> {
    let (was, is) = (world::group(before, name), world::group(after, name));
    if was == is { Ok(()) } else { differ(&format!("{name} {when}"), &was, &is) }
}

/// Nobody loses anything by *keep the others*: either everybody is kept, or nothing is done.
async fn keep_others(connection: &Connection<'_>, name: &str, view: &ConflictView) -> Result<(), String> {
    let before = connection.dump();
    decide(connection, view, "keep-others").await?;
    for _ in 0..ROUNDS {
        let was_busy = connection.round().await?;
        if is_waiting(&connection.dump(), name) {
            drop(connection.bench.sandbox.world().change(&Change::AcceptTakeover { group: name.to_owned() }));
        } else if !was_busy {
            break;
        }
    }
    let after = connection.dump();
    let (was, is) = (world::members(&before, name), world::members(&after, name));
    if !was.is_subset(&is) {
        return differ(&format!("keep the others of {name}"), &was, &is);
    }
    // Who would get no account could not be kept: then nothing is done at all, on either side.
    if view.conflict.warnings.iter().any(|warning| warning.code == "not_in_jumpcloud") {
        let (added, had) = (&after.source.groups[name].members, &before.source.groups[name].members);
        if added != had {
            return differ(&format!("people of {name} in JumpCloud"), had, added);
        }
        return unchanged(&before, &after, name, "while somebody cannot be kept");
    }
    let kept: Names = people(&view.conflict.loses);
    let in_jumpcloud: Names = view
        .conflict
        .loses
        .iter()
        .filter(|person| person.in_jumpcloud)
        .map(|person| person.label.to_lowercase())
        .collect();
    let is_ours = world::group(&after, name).is_some_and(|(_, group)| group.is_synced);
    let members = &after.source.groups[name].members;
    let added: Names = after
        .source
        .people
        .iter()
        .filter(|(username, person)| {
            members.contains(*username) && kept.contains(&person.email.to_lowercase())
        })
        .map(|(_, person)| person.email.to_lowercase())
        .collect();
    // Where nobody stands in the way, everybody is in the JumpCloud group and the group is ours.
    if kept == in_jumpcloud && (added != kept || !is_ours) {
        return differ(&format!("people of {name} added to JumpCloud"), &kept, &added);
    }
    Ok(())
}

/// Syncing under another name leaves the group alone and makes a new one.
async fn rename(connection: &Connection<'_>, name: &str, view: &ConflictView) -> Result<(), String> {
    let before = connection.dump();
    let other = format!("{name} by JumpCloud");
    decide(connection, view, &format!("rename:{other}")).await?;
    connection.sync().await?;
    let after = connection.dump();
    unchanged(&before, &after, name, "after another name was chosen")?;
    // Whose account the domain rule holds stays in the group that is there, and joins no new one (S9).
    let is_held = |email: &String| email.ends_with(&format!("@{}", super::organisation::UNVERIFIED));
    let stays = people(&view.conflict.stays).into_iter().filter(|email| !is_held(email)).collect();
    let gains: Names = people(&view.conflict.gains).union(&stays).cloned().collect();
    let members = world::members(&after, &other);
    if members == gains { Ok(()) } else { differ(&format!("members of {other}"), &gains, &members) }
}

/// Leaving it alone changes nothing.
async fn leave(connection: &Connection<'_>, name: &str, view: &ConflictView) -> Result<(), String> {
    let before = connection.dump();
    decide(connection, view, "leave-alone").await?;
    connection.sync().await?;
    unchanged(&before, &connection.dump(), name, "after it was left alone")
}
