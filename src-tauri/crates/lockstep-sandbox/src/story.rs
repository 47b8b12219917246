//! Stories: things that happen in an organisation, to be tried out by a click. Each picks its people and groups from the
//! world as it is, always the same ones in the same world.

use serde::Serialize;

use crate::handle::WorldHandle;
use crate::world::change::{Change, ChangeError};
use crate::world::dump::{Dump, SourceDump, SourceGroupDump};

/// A story that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Story {
    /// Stable name.
    pub name: &'static str,
    /// What happens, in a few words.
    pub title: &'static str,
    /// What it shows.
    pub text: &'static str,
}

/// Every story, in the order in which they are offered.
pub const STORIES: &[Story] = &[
    Story {
        name: "new-hire",
        title: "Somebody is hired",
        text: "A new person joins the largest bound group: the next plan creates one account.",
    },
    Story {
        name: "new-title",
        title: "A job title changes",
        text: "One attribute differs: the next plan has one update, with old and new.",
    },
    Story {
        name: "suspend",
        title: "Somebody is suspended",
        text: "Suspended in JumpCloud: the next plan deactivates the account and says why.",
    },
    Story {
        name: "leave",
        title: "Somebody leaves their last group",
        text: "The only bound group is left: the next plan deactivates the account and names the group.",
    },
    Story {
        name: "suspend-many",
        title: "A whole team is suspended by mistake",
        text: "More than the guard allows: every deactivation is held, and the one cause is named.",
    },
    Story {
        name: "empty-group",
        title: "A bound group is suddenly empty",
        text: "It looks like a broken read: removals and deactivations are held until somebody releases them.",
    },
    Story {
        name: "unbind",
        title: "A group is unbound from the application",
        text: "The group is left as it is in Atlassian; its members without another bound group are deactivated.",
    },
    Story {
        name: "delete-group",
        title: "A group is deleted in JumpCloud",
        text: "Deleting it in Atlassian destroys permissions: it is held, and never part of approving everything.",
    },
    Story {
        name: "rename-group",
        title: "A group is renamed in JumpCloud",
        text: "SCIM cannot rename it: after one attempt the choices are offered, each with what it costs.",
    },
    Story {
        name: "clash",
        title: "Somebody makes a group in Atlassian by hand",
        text: "It has the name of a bound group: nothing is written to it before a decision, and who loses Jira is named.",
    },
    Story {
        name: "make-not-default",
        title: "A default access group is made an ordinary one",
        text: "Done in Atlassian's console; the group can be taken over now.",
    },
    Story {
        name: "accept-takeover",
        title: "Atlassian's administrator accepts a takeover",
        text: "Done in Atlassian's console, for a group that waits: JumpCloud's membership replaces the one there.",
    },
    Story {
        name: "drift",
        title: "Somebody edits a title in Atlassian",
        text: "The directory differs from JumpCloud: the next plan puts it back and shows both values.",
    },
];

/// Why a story could not be told.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// There is no story of that name.
    #[error("There is no story {0:?}")]
    Unknown(String),
    /// The world has nobody, or no group, left for it.
    #[error("There is no person or group left in the sandbox for this; start it afresh")]
    NobodyLeft,
    /// No group waits in Atlassian's console.
    #[error("No group waits for Atlassian's console; decide on a takeover and run the plan first")]
    NothingWaits,
    /// The world refused the change.
    #[error(transparent)]
    Refused(#[from] ChangeError),
}

impl WorldHandle {
    /// Lets a story happen; returns what happened, in a sentence.
    ///
    /// # Errors
    /// When there is no such story, or nobody left for it.
    pub fn tell(&self, name: &str) -> Result<String, StoryError> {
        let dump = self.dump();
        let (changes, text) = write(name, &dump)?;
        for change in &changes {
            self.change(change)?;
        }
        Ok(text)
    }
}

type Written = (Vec<Change>, String);

fn write(name: &str, dump: &Dump) -> Result<Written, StoryError> {
    let source = &dump.source;
    let told = match name {
        "new-hire" => new_hire(source),
        "new-title" => one_person(dump, |person| {
            let change = Change::SetAttribute {
                person: person.to_owned(),
                field: "jobTitle".into(),
                value: "Team Lead".into(),
            };
            (vec![change], format!("{person} is Team Lead now."))
        }),
        "suspend" => one_person(dump, |person| {
            (
                vec![Change::Suspend { person: person.to_owned() }],
                format!("{person} is suspended in JumpCloud."),
            )
        }),
        "leave" => leave(dump),
        "suspend-many" => suspend_many(source),
        "empty-group" => one_group(dump, |name, group| {
            let text = format!("All {} members of {} are gone.", group.members.len(), name.trim());
            (vec![Change::ClearGroup { group: name.to_owned() }], text)
        }),
        "unbind" => one_group(dump, |name, _| {
            let text = format!("{} is unbound from the application.", name.trim());
            (vec![Change::UnbindGroup { group: name.to_owned(), application: None }], text)
        }),
        "delete-group" => one_group(dump, |name, _| {
            let text = format!("{} is deleted in JumpCloud.", name.trim());
            (vec![Change::DeleteGroup { group: name.to_owned() }], text)
        }),
        "rename-group" => one_group(dump, |name, _| {
            let to = format!("{} Team", name.trim());
            let text = format!("{} is called {to} in JumpCloud now.", name.trim());
            (vec![Change::RenameGroup { group: name.to_owned(), to }], text)
        }),
        "clash" => clash(dump),
        "make-not-default" => make_not_default(dump),
        "accept-takeover" => return accept_takeover(dump).ok_or(StoryError::NothingWaits),
        "drift" => drift(dump),
        _ => return Err(StoryError::Unknown(name.to_owned())),
    };
    told.ok_or(StoryError::NobodyLeft)
}

fn bound(source: &SourceDump) -> impl Iterator<Item = (&str, &SourceGroupDump)> {
    source.groups.iter().filter(|(_, group)| group.is_bound).map(|(name, group)| (name.as_str(), group))
}

fn is_active(source: &SourceDump, person: &str) -> bool {
    source.people.get(person).is_some_and(|person| person.state == "ACTIVATED" && !person.password_expired)
}

/// The largest bound group; of several, the first by name.
fn largest(source: &SourceDump) -> Option<(&str, &SourceGroupDump)> {
    bound(source).max_by_key(|(name, group)| (group.members.len(), std::cmp::Reverse(*name)))
}

fn new_hire(source: &SourceDump) -> Option<Written> {
    let (group, _) = largest(source)?;
    let number = (1..).find(|number| !source.people.contains_key(&format!("robin.hale{number}")))?;
    let like = source.people.values().find(|person| person.state == "ACTIVATED")?;
    let domain = like.email.rsplit('@').next()?;
    let change = Change::CreatePerson {
        username: format!("robin.hale{number}"),
        email: format!("robin.hale{number}@{domain}"),
        firstname: "Robin".to_owned(),
        lastname: format!("Hale {number}"),
        groups: vec![group.to_owned()],
        attributes: [("jobTitle".to_owned(), "Junior Engineer".to_owned())].into(),
    };
    Some((vec![change], format!("Robin Hale {number} is hired and joins {}.", group.trim())))
}

/// Whether the person has an active account by provisioning. Stories prefer such people: what they show happens to accounts.
fn has_account(dump: &Dump, person: &str) -> bool {
    let Some(id) = dump.source.people.get(person).map(|person| person.id.as_str()) else { return false };
    dump.target.users.values().any(|user| user.external_id == id && user.active)
}

/// Whether the group is in the target by provisioning.
fn is_provisioned(dump: &Dump, group: &SourceGroupDump) -> bool {
    dump.target.groups.values().any(|target| target.external_id == group.id && !target.is_pending)
}

fn one_person(dump: &Dump, tell: impl Fn(&str) -> Written) -> Option<Written> {
    let source = &dump.source;
    let (_, group) = largest(source)?;
    let is_new =
        |person: &str| source.people.get(person).is_some_and(|person| person.job_title != "Team Lead");
    let people = group.members.iter().filter(|person| is_active(source, person) && is_new(person));
    Some(tell(people.min_by_key(|person| (!has_account(dump, person), *person))?))
}

fn leave(dump: &Dump) -> Option<Written> {
    let source = &dump.source;
    let groups_of =
        |person: &str| bound(source).filter(|(_, group)| group.members.iter().any(|it| it == person)).count();
    let leavers =
        bound(source).flat_map(|(name, group)| group.members.iter().map(move |person| (name, person)));
    let (name, person) = leavers
        .filter(|(_, person)| is_active(source, person) && groups_of(person) == 1)
        .min_by_key(|(name, person)| (!has_account(dump, person), *name, *person))?;
    let change = Change::RemoveMember { group: name.to_owned(), person: person.clone() };
    Some((vec![change], format!("{person} left {}.", name.trim())))
}

fn suspend_many(source: &SourceDump) -> Option<Written> {
    let (name, group) = largest(source)?;
    let people: Vec<&String> = group.members.iter().filter(|person| is_active(source, person)).collect();
    if people.len() < 3 {
        return None;
    }
    let changes = people.iter().map(|person| Change::Suspend { person: (*person).clone() }).collect();
    Some((changes, format!("{} people of {} are suspended.", people.len(), name.trim())))
}

/// The smallest bound group with members, a provisioned one first; of several, the first by name.
fn one_group(dump: &Dump, tell: impl Fn(&str, &SourceGroupDump) -> Written) -> Option<Written> {
    let (name, group) = bound(&dump.source)
        .filter(|(_, group)| group.members.len() > 1)
        .min_by_key(|(name, group)| (!is_provisioned(dump, group), group.members.len(), *name))?;
    Some(tell(name, group))
}

/// Two names are the same for Atlassian.
fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// A local group with the name of a bound group that Atlassian does not have: two of its people who have accounts,
/// and somebody who is in no other group with Jira.
fn clash(dump: &Dump) -> Option<Written> {
    let organisation = &dump.organisation;
    let is_new = |name: &str| !organisation.groups.keys().any(|other| is_same(other, name));
    let (name, group) = bound(&dump.source)
        .filter(|(name, group)| is_new(name) && group.members.len() > 1)
        .max_by_key(|(name, group)| (group.members.len(), std::cmp::Reverse(*name)))?;
    let number = (1..).find(|number| !organisation.accounts.contains_key(&outsider(*number)))?;
    let mut changes =
        vec![Change::CreateLocalAccount { email: outsider(number), name: format!("Sasha Quill {number}") }];
    let people = group.members.iter().filter_map(|person| dump.source.people.get(person));
    let with_account = people.filter(|person| organisation.accounts.contains_key(&person.email)).take(2);
    let mut members: Vec<String> = with_account.map(|person| person.email.clone()).collect();
    members.push(outsider(number));
    changes.push(Change::CreateLocalGroup {
        group: name.trim().to_owned(),
        members,
        app: Some("jira-software".to_owned()),
        default_access: false,
    });
    let text = format!("Atlassian has a group {} now, made by hand; it gives Jira.", name.trim());
    Some((changes, text))
}

fn outsider(number: usize) -> String {
    format!("sasha.quill{number}@contractors.example")
}

fn make_not_default(dump: &Dump) -> Option<Written> {
    let mut defaults = dump.organisation.groups.iter().filter(|(_, group)| group.gives_default_access);
    let (name, _) = defaults.find(|(name, _)| bound(&dump.source).any(|(bound, _)| is_same(bound, name)))?;
    let change = Change::ClearDefaultAccess { group: name.clone() };
    Some((vec![change], format!("{name} is no default access group any more.")))
}

fn accept_takeover(dump: &Dump) -> Option<Written> {
    let is_default = |name: &str| {
        let mut groups = dump.organisation.groups.iter();
        groups.any(|(other, group)| is_same(other, name) && group.gives_default_access)
    };
    let pending = dump.target.groups.iter().filter(|(_, group)| group.is_pending).map(|(name, _)| name);
    let refused = dump.organisation.refused_pushes.iter();
    let name = pending.chain(refused).find(|name| !is_default(name))?;
    let change = Change::AcceptTakeover { group: name.clone() };
    Some((vec![change], format!("{} is synced from JumpCloud now.", name.trim())))
}

fn drift(dump: &Dump) -> Option<Written> {
    let person = dump.target.users.iter().find(|(_, user)| user.active).map(|(name, _)| name.clone())?;
    let change = Change::TargetSet {
        person: person.clone(),
        attribute: "title".into(),
        value: "Edited by hand".into(),
    };
    Some((vec![change], format!("Somebody changed {person}'s title in Atlassian.")))
}
