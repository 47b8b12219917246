//! Bad input: each gets a sentence that says what is wrong and what to do, and no key goes anywhere.

use std::fmt::Write as _;

use lockstep_sandbox::ScenarioName;
use serde_json::Value;

use crate::site::{Answer, ID, Site, assert_text};

/// Adds the connection with one option replaced.
fn add_with(site: &Site, option: &str, value: &str) -> Answer {
    let access = &site.access;
    let mut options = [
        ("--jumpcloud-url", access.jumpcloud_url.as_str()),
        ("--application", access.application.as_str()),
        ("--scim-url", access.scim_url.as_str()),
        ("--organisation-url", access.organisation_url.as_str()),
        ("--organisation-id", access.organisation_id.as_str()),
    ];
    for entry in &mut options {
        if entry.0 == option {
            entry.1 = value;
        }
    }
    let options: Vec<&str> = options.iter().flat_map(|(name, value)| [*name, *value]).collect();
    site.run(&[&["--json", "connection", "add", "--name", ID][..], &options].concat())
}

#[test]
fn an_address_that_cannot_be_used_is_refused_before_anything_is_stored_or_sent() {
    let site = Site::start(ScenarioName::Small);
    let mut said = String::new();
    for (option, value) in [
        ("--jumpcloud-url", "console.jumpcloud.com"),
        ("--jumpcloud-url", "https://"),
        ("--jumpcloud-url", "http://console.jumpcloud.com"),
        ("--jumpcloud-url", "http://127.0.0.1.jumpcloud.com"),
        ("--jumpcloud-url", "https://me:secret@console.jumpcloud.com"),
        ("--jumpcloud-url", "https://api.eu.jumpcloud.com"),
        ("--application", " "),
        ("--scim-url", "https://api.atlassian.com"),
        ("--scim-url", "https://api.atlassian.com/scim/directory/"),
        ("--scim-url", "https://acme.atlassian.net"),
        ("--scim-url", "http://api.atlassian.com/scim/directory/1"),
        ("--organisation-url", "https://admin.atlassian.com"),
        ("--organisation-url", "ftp://api.atlassian.com"),
        ("--organisation-id", ""),
    ] {
        let answer = add_with(&site, option, value).exits(1);
        let (message, hints) = answer.error();
        assert!(!hints.is_empty(), "{option} {value}: it says what to do: {message}");
        assert!(
            !message.contains("secret") && !hints.contains("secret"),
            "no password is repeated: {message}"
        );
        writeln!(said, "{option} {value}\n  {message}.\n  {}", hints.replace('\n', "\n  ")).unwrap();
    }
    assert_text!(said, @r#"
    --jumpcloud-url console.jumpcloud.com
      JumpCloud URL: the address does not start with https://.
      Copy the whole address, starting with https://
    --jumpcloud-url https://
      JumpCloud URL: the address cannot be read.
      Copy it again, whole and on its own, starting with https://
    --jumpcloud-url http://console.jumpcloud.com
      JumpCloud URL: the address starts with http://, so the key would travel unencrypted.
      Use https://; plain http is for servers on this computer only
    --jumpcloud-url http://127.0.0.1.jumpcloud.com
      JumpCloud URL: the address starts with http://, so the key would travel unencrypted.
      Use https://; plain http is for servers on this computer only
    --jumpcloud-url https://me:secret@console.jumpcloud.com
      JumpCloud URL: the address holds a user name or a password.
      Remove the part before the @; the key is stored apart
    --jumpcloud-url https://api.eu.jumpcloud.com
      JumpCloud URL: api.eu.jumpcloud.com is the address of Directory Insights, not of the console.
      Use https://console.eu.jumpcloud.com
    --application  
      The JumpCloud application is missing.
      Choose the Atlassian Cloud application, or copy its id from the address bar of its page in JumpCloud
    --scim-url https://api.atlassian.com
      SCIM base URL: the address names no SCIM directory.
      Copy the whole directory base URL from Atlassian (Security › Identity providers › your directory › Set up user provisioning); it looks like https://api.atlassian.com/scim/directory/ followed by the directory's id
    --scim-url https://api.atlassian.com/scim/directory/
      SCIM base URL: the address names no SCIM directory.
      Copy the whole directory base URL from Atlassian (Security › Identity providers › your directory › Set up user provisioning); it looks like https://api.atlassian.com/scim/directory/ followed by the directory's id
    --scim-url https://acme.atlassian.net
      SCIM base URL: the address is that of a page or a site (acme.atlassian.net), not of an API.
      Copy the directory base URL that Atlassian shows with the key; it starts with https://api.atlassian.com/scim/directory/
    --scim-url http://api.atlassian.com/scim/directory/1
      SCIM base URL: the address starts with http://, so the key would travel unencrypted.
      Use https://; plain http is for servers on this computer only
    --organisation-url https://admin.atlassian.com
      Organisation API URL: admin.atlassian.com is the console for people, not the API.
      Use https://api.atlassian.com
    --organisation-url ftp://api.atlassian.com
      Organisation API URL: the address does not start with https://.
      Copy the whole address, starting with https://
    --organisation-id 
      The organisation API's address is there, but the organisation id is missing.
      Copy the id that follows /o/ in the address of admin.atlassian.com
    "#);
    assert_eq!(
        site.json(&["connection", "list"]).1["connections"],
        serde_json::json!([]),
        "nothing was stored"
    );
    assert_eq!(site.sandbox.requests().counters().total, 0, "nothing was sent");
}

#[test]
fn what_was_typed_along_is_understood() {
    let site = Site::start(ScenarioName::Small);
    for (option, addition) in [
        ("--scim-url", "/"),
        ("--scim-url", "/Users"),
        ("--jumpcloud-url", "/api/v2/"),
        ("--organisation-url", "/admin/"),
    ] {
        let base = match option {
            "--scim-url" => &site.access.scim_url,
            "--jumpcloud-url" => &site.access.jumpcloud_url,
            _ => &site.access.organisation_url,
        };
        let stored = add_with(&site, option, &format!("{base}{addition}")).exits(0).json();
        let name = option.trim_start_matches("--").replace('-', "_");
        assert_eq!(stored[name].as_str(), Some(base.as_str()), "{option} with {addition}");
        let id = stored["connection_id"].as_str().unwrap();
        site.run(&["connection", "test", id]).exits(0);
        site.run(&["connection", "remove", id, "--yes"]).exits(0);
    }
}

/// Returns the failed checks of a connection test as text, and what `plan` says.
fn test_and_plan(site: &Site) -> String {
    let mut said = String::new();
    let (code, test) = site.json(&["connection", "test", ID]);
    writeln!(said, "test exits {code}").unwrap();
    for check in test["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false) {
        let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
        assert!(!text("remedy").is_empty(), "it says what to do: {check}");
        writeln!(said, "  {}: {}\n    {}", text("name"), text("text"), text("remedy")).unwrap();
    }
    let (code, plan) = site.json(&["plan", ID]);
    writeln!(said, "plan exits {code}").unwrap();
    if let Some(error) = plan.get("error") {
        writeln!(said, "  {}", error["message"].as_str().unwrap()).unwrap();
        for hint in error["hints"].as_array().unwrap() {
            writeln!(said, "    {}", hint.as_str().unwrap()).unwrap();
        }
    }
    for finding in plan["findings"].as_array().into_iter().flatten() {
        writeln!(said, "  {}: {}", finding["severity"].as_str().unwrap(), finding["text"].as_str().unwrap())
            .unwrap();
    }
    let scrubbed = said.replace(&site.access.application, "APPLICATION");
    scrubbed.replace(&site.access.organisation_id, "ORGANISATION")
}

#[test]
fn a_wrong_jumpcloud_key() {
    let mut site = Site::connected();
    site.environment.insert("LOCKSTEP_JUMPCLOUD_API_KEY".to_owned(), "wrong".to_owned());
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      jumpcloud_key: JumpCloud does not know this key at http://127.0.0.1:PORT (The key was refused (401): Unauthorized)
        Copy the API key again (your name › My API Key); the address must be that of the key's own server; a new key replaces the old one at once; an administrator of several organisations must also give the organisation's id
    plan exits 5
      The key for JumpCloud was refused
        Check that the key is the current one, belongs to this address and region, and has not expired; then store it again
        `lockstepctl connection test acme` checks addresses and keys one by one
    "#);
}

#[test]
fn a_wrong_scim_key() {
    let mut site = Site::connected();
    site.environment.insert("LOCKSTEP_SCIM_TOKEN".to_owned(), "wrong".to_owned());
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      scim_key: The SCIM directory answers: The key was refused (401): Unauthorized; scope does not match
        Store the key that belongs to this server
    plan exits 5
      The key for the SCIM directory was refused
        Check that the key is the current one, belongs to this address and region, and has not expired; then store it again
        `lockstepctl connection test acme` checks addresses and keys one by one
    "#);
}

#[test]
fn a_wrong_organisation_key() {
    let mut site = Site::connected();
    site.environment.insert("LOCKSTEP_ORGANISATION_KEY".to_owned(), "wrong".to_owned());
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      organisation_key: The organisation could not be read: The key was refused (401): ADMIN-401-1: The key is unknown, expired or revoked
        Store an organisation API key (Atlassian Administration › Settings › API keys); the SCIM key and personal tokens do not work here, and keys last a week unless a later date was chosen
    plan exits 5
      The key for Atlassian's organisation API was refused
        Check that the key is the current one, belongs to this address and region, and has not expired; then store it again
        `lockstepctl connection test acme` checks addresses and keys one by one
    "#);
}

#[test]
fn an_application_that_does_not_exist() {
    let site = Site::connected();
    site.run(&["connection", "set", ID, "--application", "5f00000000000000000000ff"]).exits(0);
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      jumpcloud_application: There is no SSO application with the id 5f00000000000000000000ff
        Open the application in JumpCloud's console and copy its id from the address bar
    plan exits 1
      JumpCloud does not know what was asked for
        Check the address and the id; the object may have been deleted
        `lockstepctl connection test acme` checks addresses and keys one by one
    "#);
}

#[test]
fn an_application_that_is_not_atlassians() {
    let site = Site::connected_to(ScenarioName::ForeignApplication);
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      jumpcloud_application: The application Slack is not Atlassian's
        Choose the application that was made from the Atlassian Cloud template
    plan exits 0
      error: The application Slack is not Atlassian's, so that its groups say who uses something else. Everything is held. Choose the application that was made from the Atlassian Cloud template.
      warning: No user group is bound to the application, so nobody is in scope. Bind groups to it in JumpCloud, then plan again.
    "#);
}

#[test]
fn an_empty_directory() {
    let site = Site::connected_to(ScenarioName::Empty);
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      jumpcloud_scope: The bound groups are empty, so nobody is in scope
        Put people into the bound groups in JumpCloud, or bind groups that have members
    plan exits 0
      warning: The bound groups have no members, so nobody is in scope. Add people to them in JumpCloud, then plan again.
    "#);
}

#[test]
fn no_bound_group() {
    let site = Site::connected_to(ScenarioName::Unbound);
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      jumpcloud_groups: No user group is bound to the application, so nobody is in scope
        Bind at least one user group to the application in JumpCloud (its tab User Groups)
    plan exits 0
      warning: No user group is bound to the application, so nobody is in scope. Bind groups to it in JumpCloud, then plan again.
    "#);
}

#[test]
fn a_scim_address_without_its_path() {
    let site = Site::connected();
    let origin = site.access.jumpcloud_url.clone();
    let (code, answer) = site.json(&["connection", "set", ID, "--scim-url", &origin]);
    assert_eq!(code, 0, "other servers may serve at their root: {answer}");
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      scim_address: There is no SCIM directory at http://127.0.0.1:PORT (Not found (404): no explanation given)
        Copy the whole base URL with its path: /Users is added to it
    plan exits 1
      The SCIM directory does not know what was asked for
        Check the address and the id; the object may have been deleted
        `lockstepctl connection test acme` checks addresses and keys one by one
    "#);
}

#[test]
fn nobody_at_the_address() {
    let site = Site::connected();
    // Port 9 (discard) is not listened on.
    site.run(&["connection", "set", ID, "--scim-url", "http://127.0.0.1:9/scim/directory/1"]).exits(0);
    assert_text!(test_and_plan(&site), @r#"
    test exits 6
      scim_address: The SCIM server could not be asked: No complete answer: no connection could be made (Connection refused (os error 111))
        Check the address, the network and the proxy, and that the server runs
    plan exits 1
      The SCIM directory could not be read
        Check the address, the network and the proxy, and that the server runs
        `lockstepctl connection test acme` checks addresses and keys one by one
    "#);
}

#[test]
fn jumpcloud_where_scim_should_be_and_the_other_way_round() {
    let site = Site::connected();
    let wrong = format!("{}/scim/directory/1", site.access.jumpcloud_url);
    site.run(&["connection", "set", ID, "--scim-url", &wrong, "--jumpcloud-url", &site.access.scim_url])
        .exits(0);
    // Both sides are asked at once, and a plan ends with the first refusal.
    let said = test_and_plan(&site)
        .replace("The SCIM directory does not know", "One side does not know")
        .replace("JumpCloud does not know", "One side does not know");
    assert_text!(said, @r#"
    test exits 6
      jumpcloud_address: http://127.0.0.1:PORT/scim/directory/423f1427-1360-410a-9ba7-f1df0869802c does not answer like JumpCloud's console (Not found (404): no explanation given)
        Use the console's address, for example https://console.jumpcloud.com
      scim_address: There is no SCIM directory at http://127.0.0.1:PORT/scim/directory/1 (Not found (404): Directory not found)
        Copy the whole base URL with its path: /Users is added to it
    plan exits 1
      One side does not know what was asked for
        Check the address and the id; the object may have been deleted
        `lockstepctl connection test acme` checks addresses and keys one by one
    "#);
}

#[test]
fn a_file_where_the_data_directory_should_be() {
    let mut site = Site::start(ScenarioName::Empty);
    let path = site.path("file");
    std::fs::write(&path, "not a folder").unwrap();
    site.environment.insert("LOCKSTEP_DATA_DIR".to_owned(), path.to_string_lossy().into_owned());
    let answer = site.add(&[]).exits(1);
    let error: Value = answer.json();
    assert!(!error["error"]["hints"].as_array().unwrap().is_empty(), "{error}");
}
