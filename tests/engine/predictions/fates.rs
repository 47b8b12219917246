//! A group is unbound and another one deleted; who is deactivated, and who keeps the account, is as it was predicted.

use lockstep_core::explain::AffectedPerson;
use lockstep_engine::api::views::BlastRadiusView;
use lockstep_sandbox::{Change, Dump};

use super::Compared;
use super::bench::{Connection, told};
use super::organisation::Organisation;
use super::world::{self, Names};

/// What happens to a group.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Unbound,
    Deleted,
}

/// Unbinds one bound group, then deletes another.
pub(crate) async fn compare(
    connection: &Connection<'_>,
    organisation: &Organisation,
    compared: &mut Compared,
) -> Result<(), String> {
    connection.sync().await?;
    if let Some(name) = bound(&connection.dump(), organisation.unbound) {
        meet(connection, &name, Fate::Unbound).await?;
        compared.unbound += 1;
    }
    if let Some(name) = bound(&connection.dump(), organisation.deleted) {
        meet(connection, &name, Fate::Deleted).await?;
        compared.deleted += 1;
    }
    Ok(())
}

fn bound(dump: &Dump, choice: u8) -> Option<String> {
    let bound: Vec<&String> =
        dump.source.groups.iter().filter(|(_, group)| group.is_bound).map(|(name, _)| name).collect();
    let index = usize::from(choice) % bound.len().max(1);
    bound.get(index).map(|name| (*name).clone())
}

async fn meet(connection: &Connection<'_>, name: &str, fate: Fate) -> Result<(), String> {
    let before = connection.dump();
    let id = before.source.groups[name].id.clone();
    let page = connection.engine().group(&connection.id, &id).await.map_err(told)?;
    let predicted = match fate {
        Fate::Unbound => page.if_unbound,
        Fate::Deleted => page.if_deleted,
    };
    let predicted = predicted.ok_or(format!("nothing is predicted for {name} {fate:?}"))?;
    match fate {
        Fate::Unbound => {
            connection.change(&Change::UnbindGroup { group: name.to_owned(), application: None })?;
        }
        Fate::Deleted => connection.change(&Change::DeleteGroup { group: name.to_owned() })?,
    }
    connection.sync().await?;
    check(&predicted, &before, &connection.dump(), name, fate)
        .map_err(|error| format!("{name} {fate:?}: {error}"))
}

fn labels(people: &[AffectedPerson]) -> Names {
    people.iter().map(|person| person.label.to_lowercase()).collect()
}

fn check(
    predicted: &BlastRadiusView,
    before: &Dump,
    after: &Dump,
    name: &str,
    fate: Fate,
) -> Result<(), String> {
    let off: Names =
        world::labels(before, true).intersection(&world::labels(after, false)).cloned().collect();
    let on: Names = world::labels(before, false).intersection(&world::labels(after, true)).cloned().collect();
    let (deactivated, keeps) = (labels(&predicted.deactivated), labels(&predicted.keeps));
    if deactivated != off || predicted.deactivated_total as usize != off.len() {
        return Err(format!("predicted to be deactivated {deactivated:?}, and were {off:?}"));
    }
    if !on.is_empty() {
        return Err(format!("{on:?} came back"));
    }
    let active = world::labels(after, true);
    if !keeps.is_subset(&active) {
        return Err(format!("predicted to be kept {keeps:?}, and active are {active:?}"));
    }
    for person in &predicted.keeps {
        let group = |other: &String| after.source.groups.get(other).is_some_and(|group| group.is_bound);
        if person.through.is_empty() || !person.through.iter().all(group) {
            return Err(format!("{} is kept through {:?}", person.label, person.through));
        }
    }
    let counted = predicted.deactivated_total
        + predicted.keeps_total
        + predicted.inactive_already
        + predicted.without_account
        + predicted.unknown;
    let members = before.source.groups[name].members.len();
    if counted as usize != members {
        return Err(format!("{counted} of {members} members are accounted for: {predicted:?}"));
    }
    let (was, is) = (before.target.groups.get(name), after.target.groups.get(name));
    match fate {
        Fate::Unbound if was != is => Err(format!("the unbound group changed from {was:?} to {is:?}")),
        Fate::Deleted if is.is_some() => Err(format!("the deleted group is still there: {is:?}")),
        _ => Ok(()),
    }
}
