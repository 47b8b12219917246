//! Groups that another Atlassian connector has too (G8).

use super::groups::{Hold, subject};
use super::reason;
use crate::correlation::Pairing;
use crate::finding::Severity;
use crate::plan::conflict::ConflictKind;
use crate::plan::draft::Draft;
use crate::plan::operation::HeldBy;
use crate::plan::question;
use crate::snapshot::source::SourceGroup;

/// In how many bound groups everybody is; counted when the first overlap needs it.
#[derive(Debug, Default)]
pub(crate) struct Memberships(Option<Vec<u32>>);

impl Memberships {
    /// Returns how many members with an active account are in no other bound group.
    fn only_here(&mut self, draft: &Draft<'_>, group: &SourceGroup) -> usize {
        let context = draft.context;
        let counts = self.0.get_or_insert_with(|| {
            let mut counts = vec![0_u32; context.people.len()];
            for person in context.groups.iter().flat_map(|group| context.members_of(group)) {
                if let Some(count) = counts.get_mut(*person as usize) {
                    *count += 1;
                }
            }
            counts
        });
        let is_only_here = |person: &&u32| {
            let has_account = match draft.correlation.people.get(**person as usize) {
                Some(Pairing::Linked(user)) => {
                    context.user(*user).is_some_and(|user| user.active)
                        && context.person(**person).is_some_and(|person| person.is_active())
                }
                _ => false,
            };
            has_account && counts.get(**person as usize) == Some(&1)
        };
        context.members_of(group).iter().filter(is_only_here).count()
    }
}

/// Asks about a group bound to another Atlassian connector (G8). `None` when it was decided to leave it alone.
pub(crate) fn connectors(
    draft: &mut Draft<'_>,
    memberships: &mut Memberships,
    group: &SourceGroup,
) -> Option<Hold> {
    if group.other_connectors.is_empty() {
        return Some(None);
    }
    let name = group.name.trim();
    let mut labels: Vec<&str> = group.other_connectors.iter().map(|other| other.label.as_str()).collect();
    labels.sort_unstable();
    let others = reason::enumerate(&labels, 3);
    let text = format!(
        "{name} is bound to {others} as well. Both would send its members, and whichever is unbound first deactivates people \
         the other one still has."
    );
    let mut facts = vec![group.id.as_str()];
    let mut applications: Vec<&str> =
        group.other_connectors.iter().map(|other| other.application.as_str()).collect();
    applications.sort_unstable();
    facts.extend(applications);
    let link = draft.context.managed_link(&group.id);
    let target = link.and_then(|link| draft.context.target_group(&link.target));
    let answer = question::ask(
        draft,
        ConflictKind::GroupOnTwoConnectors,
        subject(group, target),
        text,
        ["acknowledge", "leave-alone"].map(str::to_owned).to_vec(),
        &facts,
    );
    let only_here = memberships.only_here(draft, group);
    let consequence = match only_here {
        0 => "nobody would be deactivated, since everybody in it is in another bound group too".to_owned(),
        some => format!(
            "{} would be deactivated, although {others} still {} them",
            reason::count(some, "person", "people"),
            if labels.len() == 1 { "has" } else { "have" },
        ),
    };
    let severity = if answer.is_some() { Severity::Info } else { Severity::Warning };
    let text = format!("{name} is bound to {others} as well. If it were unbound here now, {consequence}.");
    draft.remark(severity, "group_on_two_connectors", text, vec![name.to_owned()]);
    match answer.as_deref() {
        Some("leave-alone") => None,
        Some("acknowledge") => Some(None),
        _ => Some(Some((HeldBy::Acknowledgement, false))),
    }
}
