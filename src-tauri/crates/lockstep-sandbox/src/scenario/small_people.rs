//! The people of the small organisation.

use crate::world::World;
use crate::world::source::{Person, PersonState};

/// User name, given name, family name, title, department. The address is `username@halden.example` unless
/// [`OTHER_ADDRESSES`] says otherwise.
const PEOPLE: [(&str, &str, &str, &str, &str); 40] = [
    ("ada.moreau", "Ada", "Moreau", "Head of Engineering", "Engineering"),
    ("tomasz.wisniewski", "Tomasz", "Wiśniewski", "Senior Engineer", "Engineering"),
    ("yuki.tanaka", "由紀", "田中", "Engineer", "Engineering"),
    ("jose.nunez", "José", "Núñez", "Engineer", "Engineering"),
    ("priya.raghavan", "Priya", "Raghavan", "Staff Engineer", "Engineering"),
    ("kwame.mensah", "Kwame", "Mensah", "Engineer", "Engineering"),
    ("soren.overgaard", "Søren", "Øvergård", "Engineer", "Engineering"),
    ("mei.lin", "美", "林", "Designer", "Design"),
    ("fatima.elamrani", "Fátima", "El Amrani", "Product Manager", "Product"),
    ("lars.bjornstad", "Lars", "Bjørnstad", "Platform Engineer", "Engineering"),
    ("chloe.dubois", "Chloé", "Dubois", "Lead Designer", "Design"),
    ("oluwaseun.adeyemi", "Oluwaseun", "Adeyemi", "Security Engineer", "Security"),
    ("hannah.goldberg", "Hannah", "Goldberg", "Technical Writer", "Product"),
    ("dmitri.volkov", "Dmitri", "Volkov", "Platform Engineer", "Engineering"),
    ("aroha.ngata", "Aroha", "Ngata", "Support Lead", "Customer Support"),
    ("giulia.rossi", "Giulia", "Rossi", "Designer", "Design"),
    ("mateus.oliveira", "Mateus", "Oliveira", "Illustrator", "Design"),
    ("lan.nguyen", "Lan", "Nguyễn Thị", "Support Specialist", "Customer Support"),
    ("zofia.kowalska", "Zofia", "Kowalska", "Accountant", "Finance"),
    ("arjun.mehta", "Arjun", "Mehta", "Controller", "Finance"),
    ("emma.vandenberg", "Emma", "van den Berg", "Product Manager", "Product"),
    ("liam.oconnor", "Liam", "O'Connor", "Support Specialist", "Customer Support"),
    ("leila.haddad", "Leila", "Haddad", "Security Analyst", "Security"),
    ("bjork.jonsdottir", "Björk", "Jónsdóttir", "Engineer", "Engineering"),
    ("samuel.okafor", "Samuel", "Okafor", "Quality Engineer", "Engineering"),
    ("ines.carvalho", "Inês", "Carvalho", "Product Designer", "Design"),
    ("viktor.horvath", "Viktor", "Horváth", "Security Engineer", "Security"),
    ("nadia.petrova", "Nadia", "Petrova", "Data Engineer", "Engineering"),
    ("rohan.iyer", "Rohan", "Iyer", "Engineer", "Engineering"),
    ("greta.lindqvist", "Greta", "Lindqvist", "Calibration Consultant", ""),
    ("marek.dvorak", "Marek", "Dvořák", "Support Specialist", "Customer Support"),
    ("sofia.andersson", "Sofia", "Andersson", "Product Manager", "Product"),
    ("henrik.dahl", "Henrik", "Dahl", "Platform Engineer", "Engineering"),
    ("amara.diallo", "Amara", "Diallo", "Treasurer", "Finance"),
    ("paolo.conti", "Paolo", "Conti", "Support Specialist", "Customer Support"),
    ("tessa.brandt", "Tessa", "Brandt", "Receptionist", "Facilities"),
    ("noor.aziz", "Noor", "Aziz", "Receptionist", "Facilities"),
    ("elena.popescu", "Elena", "Popescu", "Finance Partner", "Finance"),
    ("jun.park", "Jun", "Park", "Firmware Engineer", "Engineering"),
    ("wei.zhang", "Wei", "Zhang", "Optics Engineer", "Engineering"),
];

/// Addresses that are not `username@halden.example`: a second verified domain, one that is not verified, capitals.
const OTHER_ADDRESSES: [(&str, &str); 4] = [
    ("jun.park", "jun.park@halden-labs.example"),
    ("wei.zhang", "Wei.Zhang@halden-labs.example"),
    ("greta.lindqvist", "greta@northfjord.example"),
    ("liam.oconnor", "liam.o'connor@halden.example"),
];

/// Adds everybody, in every state that matters.
pub(super) fn add(world: &mut World) {
    let company = world.source.organisation_name.clone();
    for (username, given, family, title, department) in PEOPLE {
        let other = OTHER_ADDRESSES.iter().find(|(name, _)| *name == username);
        let email =
            other.map_or_else(|| format!("{username}@halden.example"), |(_, email)| (*email).to_owned());
        // Family name first where that is the custom.
        let displayname = if given.is_ascii() || !family.chars().all(|c| c > '\u{2e80}') {
            format!("{given} {family}")
        } else {
            format!("{family} {given}")
        };
        let person = Person {
            id: world.mint.object_id(),
            username: username.into(),
            email: email.into(),
            firstname: given.into(),
            lastname: family.into(),
            displayname: displayname.into(),
            job_title: title.into(),
            department: department.into(),
            company: company.as_str().into(),
            activated: true,
            ..Person::default()
        };
        world.source.add_person(person);
    }
    let day = 86_400;
    let now = world.now_ms() / 1000;
    edit(world, "viktor.horvath", |person| person.state = PersonState::Suspended);
    edit(world, "nadia.petrova", |person| {
        person.password_expired = true;
        person.password_expires = Some(now - 2 * day);
    });
    edit(world, "rohan.iyer", |person| {
        person.state = PersonState::Staged;
        person.activated = false;
    });
    edit(world, "amara.diallo", |person| person.password_expires = Some(now + 9 * day));
    edit(world, "paolo.conti", |person| person.password_expires = Some(now + 3 * day));
    edit(world, "jun.park", |person| person.account_locked = true);
    edit(world, "ada.moreau", |person| {
        person.set_work_phone("+47 55 00 12 01");
        person.set_custom("nickName", "Ada");
        person.set_custom("preferredLanguage", "fr-FR");
        person.set_custom("timezone", "Europe/Oslo");
    });
    edit(world, "yuki.tanaka", |person| {
        person.set_custom("preferredLanguage", "ja-JP");
        person.set_custom("timezone", "Asia/Tokyo");
    });
    edit(world, "priya.raghavan", |person| person.middlename = "Lakshmi".into());
    let lead = world.source.person_by_username("ada.moreau").and_then(|key| world.source.people.get(key));
    let lead = lead.map(|lead| lead.id.to_string()).unwrap_or_default();
    edit(world, "tomasz.wisniewski", |person| person.manager = lead.as_str().into());
}

fn edit(world: &mut World, username: &str, edit: impl FnOnce(&mut Person)) {
    let key = world.source.person_by_username(username);
    if let Some(person) = key.and_then(|key| world.source.people.get_mut(key)) {
        edit(person);
    }
}
