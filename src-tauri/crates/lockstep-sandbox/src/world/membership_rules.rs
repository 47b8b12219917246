//! Groups whose members a rule decides: an edit by hand is taken and does not last (facts on JumpCloud, 3.3).

use super::World;

/// How Directory Insights names what a rule did.
const RULE: &str = "automation";

/// Edits that their group's rule will undo.
#[derive(Clone, Debug, Default)]
pub(crate) struct MembershipRules {
    /// Milliseconds after which an edit by hand is undone; 0 undoes it before it can be read.
    pub(crate) lag_ms: i64,
    edits: Vec<Edit>,
}

/// An edit by hand, and when the rule decides again.
#[derive(Clone, Copy, Debug)]
struct Edit {
    due_ms: i64,
    group: u32,
    person: u32,
    was_member: bool,
}

impl World {
    /// Remembers that a client edited a group by hand, where a rule will undo it.
    pub(crate) fn edited_by_hand(&mut self, group: u32, person: u32, was_member: bool) {
        let Some(id) = self.source.people.get(person).map(|person| person.id) else { return };
        let follows_rule =
            self.source.groups.get(group).is_some_and(|group| group.is_dynamic() && !group.is_exempt(id));
        if follows_rule {
            let due_ms = self.now_ms() + self.membership_rules.lag_ms;
            self.membership_rules.edits.push(Edit { due_ms, group, person, was_member });
            self.follow_membership_rules();
        }
    }

    /// Undoes every edit that is due.
    pub(crate) fn follow_membership_rules(&mut self) {
        if self.membership_rules.edits.is_empty() {
            return;
        }
        let now = self.now_ms();
        let edits = std::mem::take(&mut self.membership_rules.edits);
        let (due, later): (Vec<Edit>, Vec<Edit>) = edits.into_iter().partition(|edit| edit.due_ms <= now);
        self.membership_rules.edits = later;
        // The first edit knows how it was before all of them.
        for edit in due.into_iter().rev() {
            if edit.was_member {
                self.add_source_member(edit.group, edit.person, RULE);
            } else {
                self.remove_source_member(edit.group, edit.person, RULE);
            }
        }
    }
}
