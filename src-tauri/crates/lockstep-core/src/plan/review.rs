//! What a takeover would do, by name: who stays, gains and loses, what that means for their apps, and what to know first.

use std::collections::BTreeSet;

use super::access::Access;
use super::membership::{Delta, Membership};
use super::people::domain_hold;
use super::{groups, reason};
use crate::attribute::Attribute;
use crate::correlation::Owner;
use crate::email::fold;
use crate::plan::conflict::{Conflict, ConflictKind, ConflictPerson, ConflictWarning, NewSeats};
use crate::plan::draft::{Account, Draft};
use crate::plan::identity::{conflict_id, fingerprint};
use crate::plan::operation::Member;
use crate::snapshot::organisation::{OrganisationGroup, OrganisationMember};
use crate::snapshot::source::{SourceGroup, SourcePerson};
use crate::snapshot::target::TargetGroup;

/// Hex digits of each part of a takeover's facts.
const FACT_DIGITS: usize = 32;

/// What stands in the way of simply creating a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clash<'a> {
    /// Ours once, and the same group is there still.
    Released(&'a TargetGroup),
    /// A group of the directory that is not ours.
    Directory(&'a TargetGroup),
    /// A group of the organisation, invisible to SCIM.
    Organisation(&'a OrganisationGroup),
    /// A group of the organisation that another directory feeds.
    OtherDirectory(&'a OrganisationGroup),
    /// Atlassian said that the name is taken, and by what cannot be seen.
    Unseen,
    /// The name belongs to a group that follows another JumpCloud group.
    NameTaken,
    /// Another bound group has the same name.
    Twin,
}

impl<'a> Clash<'a> {
    const fn name(self) -> &'static str {
        match self {
            Self::Released(_) => "released",
            Self::Directory(_) => "directory",
            Self::Organisation(_) => "organisation",
            Self::OtherDirectory(_) => "other_directory",
            Self::Unseen => "unseen",
            Self::NameTaken => "taken",
            Self::Twin => "twin",
        }
    }

    /// Returns the group of the directory that would be taken over.
    pub(crate) const fn target(self) -> Option<&'a TargetGroup> {
        match self {
            Self::Released(target) | Self::Directory(target) => Some(target),
            _ => None,
        }
    }

    /// Whether it can be taken over at all.
    const fn can_be_ours(self) -> bool {
        matches!(self, Self::Released(_) | Self::Directory(_) | Self::Organisation(_) | Self::Unseen)
    }
}

/// A question about a group, and what each answer would do.
#[derive(Debug)]
pub(crate) struct Review {
    pub(crate) conflict: Conflict,
    /// Who becomes a member, and who would not be one any more, as operations name them.
    pub(crate) delta: Delta,
    /// Those who lose membership and can be added to the JumpCloud group.
    pub(crate) keepable: Vec<Member>,
    /// Labels of those who lose membership and cannot.
    pub(crate) not_keepable: Vec<String>,
}

/// Somebody who would lose membership.
struct Loser<'a> {
    member: Member,
    name: String,
    person: Option<u32>,
    account: Option<&'a str>,
}

/// Works out what taking a group over would do.
pub(crate) fn review<'a>(
    draft: &mut Draft<'a>,
    membership: &mut Membership,
    access: &Access<'a>,
    group: &SourceGroup,
    clash: Clash<'a>,
    of_name: Option<&'a OrganisationGroup>,
) -> Review {
    let context = draft.context;
    let (delta, stays, losers, seen) = match clash {
        Clash::Released(target) | Clash::Directory(target) => {
            let delta = membership.delta(draft, group, target);
            let losers = losers_of_directory(draft, access, &delta);
            let stays: Vec<ConflictPerson> =
                delta.stays.iter().chain(&delta.left).map(|user| stays(draft, *user)).collect();
            let mut seen: Vec<&str> = target.members.iter().map(|member| member.as_str()).collect();
            seen.sort_unstable();
            (delta, stays, losers, seen)
        }
        Clash::Organisation(OrganisationGroup { members: Some(members), .. }) => {
            let all = membership.all_members(draft, group);
            let (delta, stays, losers) = against_organisation(draft, access, all, members);
            let mut seen: Vec<&str> = members.iter().map(|member| member.account_id.as_str()).collect();
            seen.sort_unstable();
            (delta, stays, losers, seen)
        }
        _ => {
            let add = membership.all_members(draft, group);
            (Delta { add, ..Delta::default() }, Vec::new(), Vec::new(), Vec::new())
        }
    };
    let mut stays = stays;
    sort(&mut stays);
    let gains: Vec<ConflictPerson> = delta.add.iter().map(|member| gains(draft, member)).collect();
    let loses: Vec<ConflictPerson> = losers.iter().map(|loser| loses(access, loser, of_name)).collect();
    let seats = of_name.and_then(|known| access.new_seats(context, &delta.add, known));
    let text = describe(group, clash, &delta, stays.len(), losers.len());
    let subject = groups::subject(group, clash.target());
    let id = conflict_id(ConflictKind::GroupTakeover, &subject);
    let default_apps = match clash {
        Clash::Organisation(local) => local.default_apps(),
        _ => Vec::new(),
    };
    let has_room = has_room(draft, losers.len());
    let cannot_stay = |loser: &Loser<'_>| {
        let source = loser.person.and_then(|position| Some((position, context.person(position)?)));
        source.is_none_or(|(position, person)| {
            group.members.contains(&person.id) || !gets_account(draft, position, person, has_room)
        })
    };
    let (not_keepable, keepable): (Vec<Loser<'_>>, Vec<Loser<'_>>) =
        losers.into_iter().partition(cannot_stay);
    let not_keepable: Vec<String> = not_keepable.into_iter().map(|loser| loser.member.label).collect();
    let mut conflict = Conflict {
        access: of_name.and_then(|known| known.access.clone()).unwrap_or_default(),
        new_seats: seats
            .clone()
            .into_iter()
            .flatten()
            .map(|(app, people)| NewSeats { app, people })
            .collect(),
        stays,
        gains,
        loses,
        ..Conflict::new(id, ConflictKind::GroupTakeover, subject, text, Vec::new(), String::new())
    };
    let knows_seats = seats.is_some();
    conflict.warnings = warnings(draft, group, clash, of_name, knows_seats, &conflict, &not_keepable);
    conflict.blocked = blocked(group, &default_apps);
    conflict.choices = choices(clash, &conflict, group).into_iter().map(str::to_owned).collect();
    conflict.facts = facts(draft, group, clash, &conflict, &seen);
    let keepable = keepable.into_iter().map(|loser| loser.member).collect();
    Review { conflict, delta, keepable, not_keepable }
}

/// Whether the directory has room for that many more people (S10).
fn has_room(draft: &Draft<'_>, more: usize) -> bool {
    let coming = draft.accounts.iter().filter(|account| **account == Account::Coming).count();
    draft.context.users.len() + coming + more <= draft.context.input.policy.user_limit as usize
}

/// Whether being added to a bound group would give somebody an account that can be a member, as far as can be told now: who
/// is added and then held by the domain rule or the user limit would lose what they were to keep.
fn gets_account(draft: &Draft<'_>, position: u32, person: &SourcePerson, has_room: bool) -> bool {
    if draft.account(position) != Account::None {
        return true;
    }
    let has = |attribute| draft.context.feeds.desired(person, attribute).value().is_some();
    has_room
        && person.is_active()
        && has(Attribute::UserName)
        && has(Attribute::Email)
        && domain_hold(draft, person, "").is_none()
}

/// Returns the answers that can be given now.
fn choices(clash: Clash<'_>, conflict: &Conflict, group: &SourceGroup) -> Vec<&'static str> {
    let mut choices = Vec::with_capacity(5);
    if clash.can_be_ours() && conflict.blocked.is_none() {
        choices.push("take-over");
        // Members who cannot be seen cannot be kept, and a rule would put out again whoever is added by hand.
        let knows_members = !conflict.warnings.iter().any(|warning| warning.code == "members_unknown");
        if knows_members && group.is_dynamic != Some(true) {
            choices.push("keep-others");
        }
    }
    choices.extend(["rename:NEW", "leave-alone", "later"]);
    choices
}

/// Says why a default access group cannot be taken over, and what to do.
fn blocked(group: &SourceGroup, apps: &[String]) -> Option<String> {
    if apps.is_empty() {
        return None;
    }
    let name = group.name.trim();
    Some(format!(
        "{name} is the default access group of {}, and Atlassian does not synchronise such a group. In \
         admin.atlassian.com, open the app's access settings and choose “Don't make this group default” for {name}; where \
         that cannot be chosen, make another group the default first. Then plan again.",
        reason::enumerate(apps, 3)
    ))
}

fn warning(code: &str, text: String) -> ConflictWarning {
    ConflictWarning { code: code.to_owned(), text }
}

fn warnings(
    draft: &Draft<'_>,
    group: &SourceGroup,
    clash: Clash<'_>,
    of_name: Option<&OrganisationGroup>,
    knows_seats: bool,
    conflict: &Conflict,
    not_keepable: &[String],
) -> Vec<ConflictWarning> {
    let name = group.name.trim();
    let mut all = Vec::new();
    let default_apps = of_name.map_or_else(Vec::new, OrganisationGroup::default_apps);
    if !default_apps.is_empty() {
        let apps = reason::enumerate(&default_apps, 3);
        let text = format!(
            "{name} is the default access group of {apps}: whoever gets access to it is put in here."
        );
        all.push(warning("default_access_group", text));
    }
    let admins: BTreeSet<String> = conflict
        .access
        .iter()
        .flat_map(|access| access.admin_roles().map(|role| format!("{role} on {}", access.label())))
        .collect();
    if !admins.is_empty() {
        let admins: Vec<String> = admins.into_iter().collect();
        let text = format!(
            "{name} makes its members administrators ({}). Look at every name before you decide.",
            reason::enumerate(&admins, 3)
        );
        all.push(warning("admin_role", text));
    }
    let is_group = matches!(clash, Clash::Organisation(_) | Clash::Unseen);
    if is_group && !matches!(clash, Clash::Organisation(OrganisationGroup { members: Some(_), .. })) {
        let why = match clash {
            Clash::Unseen => "Without an organisation key it cannot be seen",
            _ => "It could not be read",
        };
        all.push(warning(
            "members_unknown",
            format!("{why} who is in Atlassian's group {name}, so nobody can be named who would lose it."),
        ));
    }
    if clash.can_be_ours() {
        if draft.context.input.target.organisation.is_none() {
            let text = format!(
                "Without an organisation key it cannot be seen what {name} gives access to, and whether those who lose it \
                 keep their access through another group."
            );
            all.push(warning("access_unknown", text));
        } else if of_name.is_none_or(|known| known.access.is_none()) {
            let text = format!("What {name} gives access to could not be read from the organisation.");
            all.push(warning("access_unknown", text));
        } else if !knows_seats {
            let text =
                "Which groups the new members are in already was not read, so new seats cannot be counted.";
            all.push(warning("seats_unknown", text.to_owned()));
        }
    }
    if group.is_dynamic == Some(true) {
        let text = format!(
            "A rule in JumpCloud decides who is in {name}: people added by hand would be put out again, so the others \
             cannot be kept. Change the rule, or exempt them from it."
        );
        all.push(warning("dynamic_group", text));
    }
    if !not_keepable.is_empty() {
        let are = if not_keepable.len() == 1 { "has" } else { "have" };
        let text = format!(
            "{} {are} no user in JumpCloud that could be added to {name}, or {are} one who would get no account: inactive \
             there, not in a verified domain, or beyond the user limit. To keep the others, import them or mend that first.",
            reason::enumerate(not_keepable, 5)
        );
        all.push(warning("not_in_jumpcloud", text));
    }
    all
}

/// Fingerprints what was shown. The first part is everything; the second, after a dot, is what keeping the others depends
/// on, which their being added to the JumpCloud group does not change.
fn facts(
    draft: &Draft<'_>,
    group: &SourceGroup,
    clash: Clash<'_>,
    conflict: &Conflict,
    seen: &[&str],
) -> String {
    let of_group = match clash {
        Clash::Released(target) | Clash::Directory(target) => target.id.as_str(),
        Clash::Organisation(local) | Clash::OtherDirectory(local) => local.id.as_str(),
        _ => "",
    };
    let base = [group.id.as_str(), group.name.as_str(), clash.name(), of_group];
    let refused = draft.context.input.memory.takeovers.get(&group.id);
    let refused = refused.filter(|pending| fold(&pending.name) != fold(&group.name));
    let mut all: Vec<&str> = base.to_vec();
    all.extend(refused.map(|pending| pending.name.as_str()));
    for (part, people) in [("stays", &conflict.stays), ("gains", &conflict.gains), ("loses", &conflict.loses)]
    {
        all.push(part);
        for person in people {
            all.push(&person.label);
            all.extend(person.keeps_access_through.iter().map(String::as_str));
            all.push("");
            all.extend(person.loses_access_to.iter().map(String::as_str));
        }
    }
    all.push("access");
    for access in &conflict.access {
        all.extend([access.app.as_str(), &access.resource, if access.is_default { "default" } else { "" }]);
        all.extend(access.roles.iter().map(String::as_str));
    }
    all.push(conflict.blocked.as_deref().unwrap_or_default());
    for seats in &conflict.new_seats {
        all.push(&seats.app);
        all.extend(seats.people.iter().map(String::as_str));
    }
    let gains = conflict.gains.iter().map(|person| person.label.as_str());
    let kept = base.into_iter().chain(seen.iter().copied()).chain(["gains"]).chain(gains);
    let short = |digest: String| digest.get(..FACT_DIGITS).unwrap_or(&digest).to_owned();
    format!("{}.{}", short(fingerprint(all)), short(fingerprint(kept)))
}

/// Whether a decision to keep the others still rests on the same facts.
pub(crate) fn keeps_the_same(decided: &str, now: &str) -> bool {
    match (decided.rsplit_once('.'), now.rsplit_once('.')) {
        (Some((_, decided)), Some((_, now))) => decided == now,
        _ => false,
    }
}

fn sort(people: &mut [ConflictPerson]) {
    people.sort_by(|a, b| (&a.label, &a.target_id).cmp(&(&b.label, &b.target_id)));
}

fn stays(draft: &Draft<'_>, user: u32) -> ConflictPerson {
    let context = draft.context;
    ConflictPerson {
        label: context.label(None, Some(user)),
        name: context.name(None, Some(user)),
        target_id: context.user(user).map(|user| user.id.clone()),
        in_jumpcloud: true,
        ..ConflictPerson::default()
    }
}

fn gains(draft: &Draft<'_>, member: &Member) -> ConflictPerson {
    let person = member.source.as_ref().and_then(|id| draft.context.person_position(id));
    ConflictPerson {
        label: member.label.clone(),
        name: draft.context.name(person, None),
        target_id: member.target.clone(),
        in_jumpcloud: person.is_some(),
        ..ConflictPerson::default()
    }
}

fn loses(access: &Access<'_>, loser: &Loser<'_>, group: Option<&OrganisationGroup>) -> ConflictPerson {
    let remaining = group.and_then(|group| access.without(loser.account, &loser.member.label, group));
    let remaining = remaining.unwrap_or_default();
    ConflictPerson {
        label: loser.member.label.clone(),
        name: loser.name.clone(),
        target_id: loser.member.target.clone(),
        keeps_access_through: remaining.through,
        loses_access_to: remaining.lost,
        in_jumpcloud: loser.person.is_some(),
    }
}

fn losers_of_directory<'a>(draft: &Draft<'a>, access: &Access<'_>, delta: &Delta) -> Vec<Loser<'a>> {
    let context = draft.context;
    let find = |member: &Member| {
        let user = member.target.as_ref().and_then(|id| context.user_position(id));
        let owner = user.and_then(|user| draft.correlation.owners.get(user as usize).copied());
        let person = match owner {
            Some(Owner::Person(person)) => Some(person),
            _ => user.and_then(|user| context.owner_by_external_id(user)),
        };
        let named = |attribute| {
            let value =
                user.and_then(|user| context.user(user)).and_then(|user| user.attributes.get(attribute));
            value.and_then(|value| access.person_named(value))
        };
        let person = person.or_else(|| named(Attribute::Email)).or_else(|| named(Attribute::UserName));
        let source = person.and_then(|person| context.person(person)).map(|person| person.id.clone());
        Loser {
            member: Member { source, ..member.clone() },
            name: context.name(None, user),
            person,
            account: user.and_then(|user| context.user(user)).and_then(|user| user.account_id.as_deref()),
        }
    };
    delta.remove.iter().map(find).collect()
}

/// Compares a group that SCIM does not show with its namesake in JumpCloud, by account and by address.
fn against_organisation<'a>(
    draft: &Draft<'a>,
    access: &Access<'a>,
    all: Vec<Member>,
    members: &'a [OrganisationMember],
) -> (Delta, Vec<ConflictPerson>, Vec<Loser<'a>>) {
    let context = draft.context;
    let mut accounts: BTreeSet<&str> = BTreeSet::new();
    let mut emails: BTreeSet<String> = BTreeSet::new();
    for member in &all {
        emails.insert(fold(&member.label).into_owned());
        let user = member.target.as_ref().and_then(|id| context.user_position(id));
        accounts.extend(user.and_then(|user| context.user(user)).and_then(|user| user.account_id.as_deref()));
    }
    let mut present_accounts: BTreeSet<&str> = BTreeSet::new();
    let mut present_emails: BTreeSet<String> = BTreeSet::new();
    let (mut stays, mut losers) = (Vec::new(), Vec::new());
    for member in members {
        let email = member.email.as_ref().map(|email| fold(email).into_owned());
        let user = access.user_of(member);
        let label = member.email.clone().unwrap_or_else(|| member.label.clone());
        let target = user.and_then(|user| context.user(user)).map(|user| user.id.clone());
        let is_wanted = accounts.contains(member.account_id.as_str())
            || email.as_ref().is_some_and(|email| emails.contains(email));
        present_accounts.insert(&member.account_id);
        present_emails.extend(email);
        if is_wanted {
            stays.push(ConflictPerson {
                label,
                name: member.label.clone(),
                target_id: target,
                in_jumpcloud: true,
                ..ConflictPerson::default()
            });
            continue;
        }
        let owner = user.and_then(|user| draft.correlation.owners.get(user as usize).copied());
        let person = match owner {
            Some(Owner::Person(person)) => Some(person),
            _ => member.email.as_ref().and_then(|email| access.person_named(email)),
        };
        let source = person.and_then(|person| context.person(person)).map(|person| person.id.clone());
        losers.push(Loser {
            member: Member { source, target, label },
            name: member.label.clone(),
            person,
            account: Some(&member.account_id),
        });
    }
    losers.sort_by(|a, b| {
        (&a.member.label, &a.member.source, a.account).cmp(&(&b.member.label, &b.member.source, b.account))
    });
    let is_new = |member: &Member| {
        let user = member.target.as_ref().and_then(|id| context.user_position(id));
        let account = user.and_then(|user| context.user(user)).and_then(|user| user.account_id.as_deref());
        !present_emails.contains(fold(&member.label).as_ref())
            && !account.is_some_and(|account| present_accounts.contains(account))
    };
    let add = all.into_iter().filter(is_new).collect();
    (Delta { add, ..Delta::default() }, stays, losers)
}

fn people(number: usize) -> String {
    reason::count(number, "person", "people")
}

fn describe(group: &SourceGroup, clash: Clash<'_>, delta: &Delta, stays: usize, loses: usize) -> String {
    let name = group.name.trim();
    let effect = || {
        format!(
            "Taken over, {} would stay, {} would gain and {} would lose membership.",
            people(stays),
            people(delta.add.len()),
            people(loses)
        )
    };
    match clash {
        Clash::Released(_) => {
            format!("{name} was synchronised before and was released. {}", effect())
        }
        Clash::Directory(_) => {
            format!(
                "{name} exists in Atlassian's directory and was not made by this connection. {}",
                effect()
            )
        }
        Clash::Organisation(local) => {
            let members = match (&local.members, local.member_count) {
                (Some(_), _) => effect(),
                (None, Some(count)) => {
                    format!("It has {}, and who they are could not be read.", people(count as usize))
                }
                (None, None) => "Who is in it could not be read.".to_owned(),
            };
            let apps = local.default_apps();
            let default = if apps.is_empty() {
                String::new()
            } else {
                let apps = reason::enumerate(&apps, 3);
                format!(" It is the default access group of {apps}, and such a group cannot be synchronised.")
            };
            format!(
                "A group named {name} exists in the Atlassian organisation and is managed there. {members}{default}"
            )
        }
        Clash::OtherDirectory(_) => format!(
            "A group named {name} exists in the Atlassian organisation and is synchronised by another identity provider \
             directory. It cannot be taken over: synchronise this one under another name, or leave it alone."
        ),
        Clash::Unseen => format!(
            "Atlassian answered that a group named {name} exists already. SCIM does not show it, so it is one of the \
             organisation's own groups; an organisation key would show who is in it."
        ),
        Clash::NameTaken => {
            format!(
                "A group named {name} in Atlassian follows another JumpCloud group already. Rename one of them."
            )
        }
        Clash::Twin => format!("Several bound groups are called {name}; Atlassian takes a name only once."),
    }
}
