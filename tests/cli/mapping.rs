//! `mapping`: which JumpCloud field feeds which SCIM attribute (S2).

use lockstep_sandbox::{Change, ScenarioName};
use serde_json::{Value, json};

use crate::site::{ID, Site, assert_text, operations};

fn row(document: &Value, attribute: &str) -> Value {
    let rows = document["attributes"].as_array().unwrap();
    rows.iter().find(|row| row["attribute"] == attribute).unwrap_or_else(|| panic!("{attribute}")).clone()
}

#[test]
fn the_mapping_is_shown_in_full() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[]).exits(0);
    assert_text!(site.run(&["mapping", ID]).exits(0).stdout, @"
    Mapping of acme (SCIM attribute, JumpCloud field):
      externalId         id (always sent)
      userName           username (always sent)
      email              email (always sent)
      name.givenName     firstname
      name.middleName    middlename
      name.familyName    lastname
      displayName        displayname, else firstname lastname
      nickName           nickName, else displayname
      title              jobTitle
      department         department
      organization       company
      preferredLanguage  preferredLanguage
      timezone           timezone
      phoneNumber        workPhone
      active             by scope, suspension, expiry and staging (always sent)
    ");
    let (code, document) = site.json(&["mapping", ID]);
    assert_eq!((code, &document["connection_id"]), (0, &json!(ID)), "the connection, and its mapping");
    assert_eq!(
        row(&document, "title"),
        json!({"attribute": "title", "sources": ["jobTitle"], "is_on": true, "is_optional": true})
    );
    assert_eq!(row(&document, "userName")["is_optional"], false);
}

#[test]
fn attributes_are_switched_fed_from_elsewhere_and_put_back() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[]).exits(0);
    let (code, changed) = site.json(&[
        "mapping",
        ID,
        "--off",
        "department",
        "--off",
        "givenName",
        "--source",
        "title=employeeType",
        "--source",
        "nickName=nameInChat",
    ]);
    assert_eq!(code, 0, "{changed}");
    assert_eq!(changed["policy"]["mapping"]["off"], json!(["name.givenName", "department"]));
    assert_eq!(row(&changed, "department")["is_on"], false);
    assert_eq!(row(&changed, "title")["sources"], json!(["employeeType"]));
    assert_eq!(row(&changed, "nickName")["sources"], json!(["nameInChat"]), "a custom attribute");
    assert_eq!(site.json(&["mapping", ID]).1, changed, "it is stored");
    let events = site.json(&["events", ID, "--type", "idm_integration_update"]).1;
    assert_eq!(events["events"][0]["subject"]["changed"], json!(["mapping"]), "and recorded: {events}");

    let (_, back) = site.json(&[
        "mapping",
        ID,
        "--on",
        "department",
        "--on",
        "name.givenName",
        "--default-source",
        "title",
    ]);
    assert_eq!(back["policy"]["mapping"], json!({"off": [], "source": {"nickName": "nameInChat"}}));
}

#[test]
fn what_may_not_be_unmapped_is_refused_and_nothing_changes() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[]).exits(0);
    let before = site.json(&["mapping", ID]).1;
    for (option, value, said) in [
        ("--off", "userName", "userName cannot be switched off"),
        ("--off", "email", "email cannot be switched off"),
        ("--off", "externalId", "externalId cannot be switched off"),
        ("--off", "active", "active is always sent"),
        ("--source", "active=department", "active is always sent"),
        ("--source", "externalId=employeeIdentifier", "externalId always holds the JumpCloud id"),
        ("--source", "title=", "title has no JumpCloud field"),
    ] {
        let answer = site.run(&["--json", "mapping", ID, "--off", "department", option, value]).exits(1);
        let (message, hints) = answer.error();
        assert!(message.starts_with(said), "{option} {value}: {message}");
        assert!(!hints.is_empty() || value.contains('='), "{option} {value} says what to do");
    }
    assert_eq!(site.json(&["mapping", ID]).1, before, "not even what could have been done");
}

#[test]
fn what_is_off_is_neither_sent_nor_compared() {
    let site = Site::in_step();
    site.run(&["mapping", ID, "--off", "department"]).exits(0);
    let mut people = site.source().people.into_keys();
    let (first, second) = (people.next().unwrap(), people.next().unwrap());
    let set = |person: &str, field: &str, value: &str| {
        let (person, field, value) = (person.to_owned(), field.to_owned(), value.to_owned());
        site.change(&Change::SetAttribute { person, field, value });
    };
    set(&first, "department", "Optics");
    set(&second, "jobTitle", "Head of Optics");
    let (_, plan) = site.json(&["plan", ID]);
    assert_eq!(operations(&plan).len(), 1, "{:?}", operations(&plan));
    assert_eq!(plan["operations"][0]["after"], json!({"title": "Head of Optics"}));

    site.run(&["mapping", ID, "--on", "department", "--source", "title=department"]).exits(0);
    let (_, plan) = site.json(&["plan", ID]);
    let mut titles: Vec<&Value> =
        plan["operations"].as_array().unwrap().iter().map(|each| &each["after"]["title"]).collect();
    titles.dedup();
    assert!(titles.contains(&&json!("Optics")), "the title comes from the department: {titles:?}");
}
