//! What the target should be, derived from the sandbox's picture of both sides and from nothing of ours.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_sandbox::{Dump, SourcePersonDump, TargetUserDump};

/// Checks that the target is what JumpCloud asks for.
pub(crate) fn check(dump: &Dump) {
    let wrong = differences(dump);
    assert!(wrong.is_empty(), "the target is not as JumpCloud asks: {wrong:#?}");
}

/// Returns everything in which the target is not what JumpCloud asks for. The organisation has no conflicts and no limits.
pub(crate) fn differences(dump: &Dump) -> Vec<String> {
    let mut wrong = Vec::new();
    let scope: BTreeSet<&String> =
        dump.source.groups.values().filter(|group| group.is_bound).flat_map(|group| &group.members).collect();
    let accounts = accounts(dump);
    for (username, person) in &dump.source.people {
        let wanted = scope.contains(username) && is_active(person);
        match accounts.get(person.id.as_str()).map(Vec::as_slice) {
            None if wanted => wrong.push(format!("{username} has no account")),
            None => {}
            Some([(name, user)]) => {
                if user.active != wanted {
                    wrong.push(format!("{username} active {}, wanted {wanted}", user.active));
                }
                if wanted {
                    wrong.extend(attributes(username, person, name, user));
                }
            }
            Some(_) => wrong.push(format!("{username} has several accounts")),
        }
    }
    let known: BTreeSet<&str> = dump.source.people.values().map(|person| person.id.as_str()).collect();
    for (name, user) in &dump.target.users {
        if !known.contains(user.external_id.as_str()) && user.active {
            wrong.push(format!("{name} is active and nobody in JumpCloud"));
        }
    }
    for (name, group) in dump.source.groups.iter().filter(|(_, group)| group.is_bound) {
        let wanted: BTreeSet<&str> = group
            .members
            .iter()
            .filter_map(|username| dump.source.people.get(username))
            .filter_map(|person| accounts.get(person.id.as_str())?.first())
            .map(|(name, _)| *name)
            .collect();
        match dump.target.groups.get(name.trim()) {
            None if group.members.is_empty() => {}
            None => wrong.push(format!("the group {name} is missing")),
            Some(there) => {
                let found: BTreeSet<&str> = there.members.iter().map(String::as_str).collect();
                if found != wanted || there.members.len() != wanted.len() {
                    wrong.push(format!("{name} has {:?}, wanted {wanted:?}", there.members));
                }
            }
        }
    }
    wrong
}

/// Returns the accounts by the JumpCloud id that they carry.
fn accounts(dump: &Dump) -> BTreeMap<&str, Vec<(&str, &TargetUserDump)>> {
    let mut accounts: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (name, user) in &dump.target.users {
        accounts.entry(&user.external_id).or_default().push((name.as_str(), user));
    }
    accounts
}

/// Active is who is activated and whose password has not expired (S2).
pub(crate) fn is_active(person: &SourcePersonDump) -> bool {
    person.state == "ACTIVATED" && !person.password_expired
}

fn attributes(username: &str, person: &SourcePersonDump, name: &str, user: &TargetUserDump) -> Vec<String> {
    let custom = |field: &str| person.attributes.get(field).cloned().unwrap_or_default();
    let nick_name = Some(custom("nickName")).filter(|name| !name.is_empty());
    let pairs = [
        ("userName", username.to_owned(), name),
        ("email", person.email.clone(), &user.email),
        ("givenName", person.firstname.clone(), &user.given_name),
        ("familyName", person.lastname.clone(), &user.family_name),
        ("middleName", person.middlename.clone(), &user.middle_name),
        ("displayName", person.displayname.clone(), &user.display_name),
        ("nickName", nick_name.unwrap_or_else(|| person.displayname.clone()), &user.nick_name),
        ("title", person.job_title.clone(), &user.title),
        ("department", person.department.clone(), &user.department),
        ("organization", person.company.clone(), &user.organization),
        ("preferredLanguage", custom("preferredLanguage"), &user.preferred_language),
        ("timezone", custom("timezone"), &user.timezone),
        ("phone", person.work_phone.clone(), &user.work_phone),
    ];
    let differs = |(attribute, wanted, found): (&str, String, &str)| {
        (wanted != found).then(|| format!("{username} {attribute}: {found:?}, wanted {wanted:?}"))
    };
    pairs.into_iter().filter_map(differs).collect()
}
