//! Random organisations: small ones, in which every way of being in step or in conflict meets every other.

use lockstep_sandbox::{Change, Clash, Dialect, WorldHandle};
use proptest::prelude::*;

/// Verified in the sandbox's generated scenario, and a domain that nobody has verified.
/// A domain that nobody verified.
pub(crate) const UNVERIFIED: &str = "elsewhere.example";
const DOMAINS: [&str; 2] = ["brightwater.example", UNVERIFIED];
/// Most people of JumpCloud; also the bits of a mask.
pub(crate) const PEOPLE: usize = 6;
/// Most accounts that JumpCloud does not know.
const OUTSIDERS: usize = 3;
const TEAMS: [&str; 4] = ["Design", "Engineering", "Finance", "Support"];
const OTHERS: [&str; 2] = ["confluence-editors", "jira-guests"];
const APPS: [(&str, Option<&str>); 3] =
    [("jira-software", None), ("confluence", None), ("jira-software", Some("labs"))];
const ROLES: [&str; 3] = ["atlassian/user", "atlassian/guest", "atlassian/admin"];

/// How somebody of JumpCloud starts.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    state: u8,
    is_verified: bool,
    /// Invited to Atlassian by hand, before.
    is_invited: bool,
    /// Suspended in the Atlassian organisation by its administrator.
    is_barred: bool,
    /// In the SCIM directory already, by somebody else's doing.
    is_provisioned: bool,
}

/// An account of somebody whom JumpCloud does not know, or who is in no group there.
#[derive(Debug, Clone)]
pub(crate) struct Outsider {
    in_jumpcloud: bool,
    in_directory: bool,
    is_verified: bool,
}

/// What already has a team's name in Atlassian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namesake {
    Nothing,
    /// A local group.
    Local,
    /// A local group that new people of its apps join.
    Default,
    /// A SCIM group that is not ours.
    Directory,
}

/// Access to an app.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grant {
    app: u8,
    role: u8,
}

/// A group of JumpCloud, and its namesake.
#[derive(Debug, Clone)]
pub(crate) struct Team {
    is_bound: bool,
    members: u8,
    namesake: Namesake,
    /// Bits of people, then of outsiders.
    namesake_members: u16,
    access: Vec<Grant>,
    /// How the admin answers, where there is a question.
    pub(crate) answer: u8,
}

/// Another group of Atlassian.
#[derive(Debug, Clone)]
pub(crate) struct Other {
    members: u16,
    access: Vec<Grant>,
}

/// A random organisation, and what is done to it.
#[derive(Debug, Clone)]
pub(crate) struct Organisation {
    people: Vec<Person>,
    outsiders: Vec<Outsider>,
    pub(crate) teams: Vec<Team>,
    others: Vec<Other>,
    /// Access that synced groups get after the first sync, by team.
    late_grants: Vec<(u8, Grant)>,
    refuses: bool,
    /// Which of the bound groups is unbound, and which deleted.
    pub(crate) unbound: u8,
    pub(crate) deleted: u8,
}

fn grant() -> impl Strategy<Value = Grant> + Clone {
    (0..APPS.len() as u8, prop_oneof![4 => Just(0u8), 1 => Just(1), 1 => Just(2)])
        .prop_map(|(app, role)| Grant { app, role })
}

fn person() -> impl Strategy<Value = Person> {
    let rarely = prop::bool::weighted(0.08);
    (0..14u8, prop::bool::weighted(0.92), prop::bool::weighted(0.4), rarely, prop::bool::weighted(0.12))
        .prop_map(|(state, is_verified, is_invited, is_barred, is_provisioned)| Person {
            state,
            is_verified,
            is_invited,
            is_barred,
            is_provisioned,
        })
}

fn outsider() -> impl Strategy<Value = Outsider> {
    (prop::bool::weighted(0.4), prop::bool::weighted(0.3), prop::bool::weighted(0.7)).prop_map(
        |(in_jumpcloud, in_directory, is_verified)| Outsider { in_jumpcloud, in_directory, is_verified },
    )
}

fn namesake() -> impl Strategy<Value = Namesake> {
    prop_oneof![
        3 => Just(Namesake::Nothing),
        5 => Just(Namesake::Local),
        1 => Just(Namesake::Default),
        3 => Just(Namesake::Directory),
    ]
}

fn team() -> impl Strategy<Value = Team> {
    (
        prop::bool::weighted(0.9),
        any::<u8>(),
        namesake(),
        any::<u16>(),
        prop::collection::vec(grant(), 0..3),
        0..8u8,
    )
        .prop_map(|(is_bound, members, namesake, namesake_members, access, answer)| Team {
            is_bound,
            members,
            namesake,
            namesake_members,
            access,
            answer,
        })
}

fn other() -> impl Strategy<Value = Other> {
    (any::<u16>(), prop::collection::vec(grant(), 1..3))
        .prop_map(|(members, access)| Other { members, access })
}

/// Any organisation.
pub(crate) fn organisation() -> impl Strategy<Value = Organisation> {
    (
        (
            prop::collection::vec(person(), 1..=PEOPLE),
            prop::collection::vec(outsider(), 0..=OUTSIDERS),
            prop::collection::vec(team(), 1..=TEAMS.len()),
            prop::collection::vec(other(), 0..=OTHERS.len()),
        ),
        prop::collection::vec((any::<u8>(), grant()), 0..4),
        (any::<bool>(), any::<u8>(), any::<u8>()),
    )
        .prop_map(|((people, outsiders, teams, others), late_grants, (refuses, unbound, deleted))| {
            Organisation { people, outsiders, teams, others, late_grants, refuses, unbound, deleted }
        })
}

/// The user name of a person by number.
fn username(number: usize) -> String {
    format!("p{number}")
}

fn address(name: &str, is_verified: bool) -> String {
    format!("{name}@{}", DOMAINS[usize::from(!is_verified)])
}

impl Organisation {
    /// Returns the name of a team.
    pub(crate) fn team_name(number: usize) -> &'static str {
        TEAMS[number]
    }

    /// The address of a person, or of an outsider after them.
    fn email(&self, number: usize) -> Option<String> {
        match number.checked_sub(PEOPLE) {
            None => self.people.get(number).map(|person| address(&username(number), person.is_verified)),
            Some(outsider) => {
                self.outsiders.get(outsider).map(|it| address(&format!("q{outsider}"), it.is_verified))
            }
        }
    }

    /// The addresses of a mask's people and outsiders who are already in the organisation, or in the directory.
    fn chosen(&self, mask: u16, in_directory: bool) -> Vec<String> {
        let holds = |number: usize| match number.checked_sub(PEOPLE) {
            None => self
                .people
                .get(number)
                .is_some_and(|person| person.is_provisioned || (!in_directory && person.is_invited)),
            Some(outsider) => {
                self.outsiders.get(outsider).is_some_and(|outsider| outsider.in_directory || !in_directory)
            }
        };
        let bits = (0..PEOPLE + OUTSIDERS).filter(|bit| mask & (1 << bit) != 0);
        bits.filter(|bit| holds(*bit)).filter_map(|bit| self.email(bit)).collect()
    }

    /// Builds the organisation in a sandbox; nobody and nothing of it was there before.
    pub(crate) fn build(&self, world: &WorldHandle) -> Result<(), String> {
        let clash = if self.refuses { Clash::Refuse } else { Clash::Pending };
        // Not played: `accept-opens`, whose acceptance no reading shows. There Lockstep waits, and nothing is predicted.
        world.set_dialect(Dialect { clash, ..Dialect::default() });
        for change in self.changes() {
            world.change(&change).map_err(|error| format!("{change:?}: {error}"))?;
        }
        Ok(())
    }

    fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (number, person) in self.people.iter().enumerate() {
            changes.extend(self.person_changes(number, person));
        }
        for (number, outsider) in self.outsiders.iter().enumerate() {
            let name = format!("q{number}");
            let email = address(&name, outsider.is_verified);
            if outsider.in_jumpcloud {
                changes.push(create(&name, &email));
            }
            if outsider.in_directory {
                changes.push(provision(&name, &email));
            } else {
                changes.push(Change::CreateLocalAccount { email, name });
            }
        }
        for (number, team) in self.teams.iter().enumerate() {
            changes.extend(self.team_changes(number, team));
        }
        for (number, other) in self.others.iter().enumerate() {
            let group = OTHERS[number].to_owned();
            let members = self.chosen(other.members, false);
            changes.push(Change::CreateLocalGroup {
                group: group.clone(),
                members,
                app: None,
                default_access: false,
            });
            changes.extend(other.access.iter().map(|grant| grant.change(&group, false)));
        }
        changes
    }

    fn person_changes(&self, number: usize, person: &Person) -> Vec<Change> {
        let name = username(number);
        let email = address(&name, person.is_verified);
        let mut changes = vec![create(&name, &email)];
        match person.state {
            0 => changes.push(Change::Suspend { person: name.clone() }),
            1 => changes.push(Change::Stage { person: name.clone() }),
            2 => changes.push(Change::ExpirePassword { person: name.clone() }),
            _ => {}
        }
        if person.is_invited {
            changes.push(Change::CreateLocalAccount { email: email.clone(), name: name.clone() });
        }
        if person.is_provisioned {
            changes.push(provision(&name, &email));
        }
        if person.is_barred && (person.is_invited || person.is_provisioned) {
            changes.push(Change::SuspendAccount { email });
        }
        changes
    }

    fn team_changes(&self, number: usize, team: &Team) -> Vec<Change> {
        let group = TEAMS[number].to_owned();
        let members =
            (0..self.people.len()).filter(|bit| team.members & (1 << bit) != 0).map(username).collect();
        let mut changes = vec![Change::CreateGroup { group: group.clone(), members }];
        if team.is_bound {
            changes.push(Change::BindGroup { group: group.clone(), application: None });
        }
        let is_default = team.namesake == Namesake::Default;
        // Names are the same whatever the letter case.
        let there = group.to_lowercase();
        match team.namesake {
            Namesake::Nothing => return changes,
            Namesake::Directory => {
                let members = self.chosen(team.namesake_members, true);
                changes.push(Change::TargetCreateGroup { group: there.clone(), members });
            }
            Namesake::Local | Namesake::Default => changes.push(Change::CreateLocalGroup {
                group: there.clone(),
                members: self.chosen(team.namesake_members, false),
                app: is_default.then(|| "jira-software".to_owned()),
                default_access: is_default,
            }),
        }
        changes.extend(team.access.iter().map(|grant| grant.change(&there, false)));
        changes
    }

    /// Access that synced groups get once they are there.
    pub(crate) fn late_changes(&self) -> impl Iterator<Item = Change> + '_ {
        self.late_grants.iter().map(|(team, grant)| {
            let team = TEAMS[usize::from(*team) % self.teams.len()];
            grant.change(team, false)
        })
    }
}

impl Grant {
    fn change(self, group: &str, default_access: bool) -> Change {
        let (app, site) = APPS[usize::from(self.app)];
        Change::GrantAccess {
            group: group.to_owned(),
            app: app.to_owned(),
            role: Some(ROLES[usize::from(self.role)].to_owned()),
            site: site.map(str::to_owned),
            default_access,
        }
    }
}

fn create(name: &str, email: &str) -> Change {
    Change::CreatePerson {
        username: name.to_owned(),
        email: email.to_owned(),
        firstname: name.to_uppercase(),
        lastname: "Random".to_owned(),
        groups: Vec::new(),
        attributes: [].into(),
    }
}

fn provision(name: &str, email: &str) -> Change {
    Change::TargetCreatePerson {
        user_name: name.to_owned(),
        email: email.to_owned(),
        external_id: String::new(),
        display_name: name.to_uppercase(),
    }
}
