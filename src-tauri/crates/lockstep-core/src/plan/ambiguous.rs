//! People whose account is not clear: a question, and what would be done held by it (S3).
//!
//! The held operation is `link_user` where there is an account to link (the surest rule's first), and `create_user`
//! where two new people could not both be created.

use super::reading::Reading;
use super::{newcomers, people, reason};
use crate::attribute::Attribute;
use crate::correlation::{Ambiguity, Candidate, Doubt};
use crate::plan::conflict::ConflictKind;
use crate::plan::draft::Draft;
use crate::plan::operation::HeldBy;
use crate::plan::question;

/// Plans for somebody whose account is not clear.
pub(crate) fn plan_ambiguous(draft: &mut Draft<'_>, reading: &Reading, position: u32, ambiguity: &Ambiguity) {
    let context = draft.context;
    let Some(person) = context.person(position) else { return };
    let name = person.label();
    let text = describe(draft, &name, ambiguity);
    let free: Vec<Candidate> =
        ambiguity.candidates.iter().copied().filter(|candidate| candidate.belongs_to.is_none()).collect();
    let id_of = |candidate: &Candidate| context.user(candidate.user).map_or("", |user| user.id.as_str());
    let mut choices: Vec<String> = free.iter().map(|candidate| id_of(candidate).to_owned()).collect();
    choices.push("leave-alone".to_owned());

    let mut facts: Vec<&str> = vec![person.id.as_str()];
    for candidate in &ambiguity.candidates {
        let external_id =
            context.user(candidate.user).and_then(|user| user.attributes.get(Attribute::ExternalId));
        facts.extend([id_of(candidate), candidate.rule.describe(), external_id.unwrap_or_default()]);
    }
    facts.extend(
        ambiguity.rivals.iter().filter_map(|rival| context.person(*rival)).map(|rival| rival.id.as_str()),
    );

    let subject = context.person_subject(Some(position), None);
    let answer = question::ask(draft, ConflictKind::AmbiguousPerson, subject, text.clone(), choices, &facts);
    for candidate in &ambiguity.candidates {
        draft.set_pending(candidate.user, position);
    }
    if answer.as_deref() == Some("leave-alone") {
        return;
    }
    let chosen = free.iter().find(|candidate| answer.as_deref() == Some(id_of(candidate)));
    if let Some(chosen) = chosen.filter(|chosen| !is_chosen_by_another(draft, position, chosen.user)) {
        let text = format!("Chosen by the admin as {name}'s account.");
        if let Some(mut operation) = people::link_operation(draft, position, *chosen, Some(text)) {
            if people::unknown_owner(draft, reading, chosen.user).is_some() {
                operation.hold(HeldBy::Guard, false);
            }
            people::place_link(draft, position, chosen.user, operation);
        }
        return;
    }
    let operation = match ambiguity.candidates.first() {
        Some(candidate) => people::link_operation(draft, position, *candidate, None),
        None => newcomers::create_operation(draft, position, newcomers::joined(draft, position, &name)),
    };
    if let Some(mut operation) = operation {
        operation.hold(HeldBy::Conflict, false);
        operation.reason.text = text;
        draft.push(operation, context.is_protected(Some(position), None));
    }
}

/// Whether an earlier person was given the same account: the second one stays in question.
fn is_chosen_by_another(draft: &Draft<'_>, position: u32, user: u32) -> bool {
    use crate::plan::draft::Account;
    (0u32..)
        .zip(&draft.accounts)
        .any(|(other, account)| other != position && *account == Account::Exists(user))
}

fn describe(draft: &Draft<'_>, name: &str, ambiguity: &Ambiguity) -> String {
    let context = draft.context;
    let rivals: Vec<String> = ambiguity
        .rivals
        .iter()
        .filter_map(|rival| context.person(*rival))
        .map(|person| person.label())
        .collect();
    let rivals = reason::enumerate(&rivals, 3);
    match ambiguity.doubt {
        Doubt::SeveralAccounts => {
            let accounts: Vec<String> = ambiguity
                .candidates
                .iter()
                .map(|candidate| {
                    format!(
                        "{} (same {})",
                        context.label(None, Some(candidate.user)),
                        candidate.rule.describe()
                    )
                })
                .collect();
            format!(
                "{name} matches several accounts: {}. Choose the right one.",
                reason::enumerate(&accounts, 5)
            )
        }
        Doubt::BelongsToAnother => {
            format!(
                "The account found for {name} belongs to {rivals} already. Correct one of them in JumpCloud."
            )
        }
        Doubt::SeveralPeople => {
            format!("The account found for {name} matches {rivals} too. Choose whose it is.")
        }
        Doubt::SameAsAnotherPerson => format!(
            "{name} has the same e-mail address or user name as {rivals}; Atlassian takes each only once. Correct one \
             of them in JumpCloud."
        ),
    }
}
