//! Keys: from the environment or the secret store, never an argument, never printed, never stored elsewhere.

use lockstep_sandbox::ScenarioName;

use crate::site::{ID, Site, occurs};

#[test]
fn without_a_secret_store_set_says_so_names_the_variable_and_changes_nothing() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[]).exits(0);
    let before = site.json(&["connection", "show", ID]).1;
    for (kind, variable) in [
        ("jumpcloud", "LOCKSTEP_JUMPCLOUD_API_KEY"),
        ("scim", "LOCKSTEP_SCIM_TOKEN"),
        ("organisation", "LOCKSTEP_ORGANISATION_KEY"),
    ] {
        let answer =
            site.run_with(&["--json", "secret", "set", ID, kind], "a-key-that-nobody-may-see\n").exits(1);
        let (message, hints) = answer.error();
        assert!(message.to_lowercase().contains("secret store"), "{kind}: {message}");
        assert!(hints.contains(variable), "{kind}: {hints}");
        assert!(!answer.stdout.contains("nobody-may-see"), "{kind}: never printed");
        assert!(!answer.stderr.contains("nobody-may-see"), "{kind}: never logged");
    }
    assert_eq!(site.json(&["connection", "show", ID]).1, before, "nothing has changed");
    assert!(!occurs(site.folder.path(), "nobody-may-see"), "nothing of it is in the data directory");
}

#[test]
fn an_empty_standard_input_is_no_key() {
    let site = Site::start(ScenarioName::Empty);
    site.add(&[]).exits(0);
    let (message, hints) = site.run_with(&["--json", "secret", "set", ID, "scim"], " \n").exits(1).error();
    assert!(message.contains("no key"), "{message}");
    assert!(hints.contains("secret set"), "it shows how: {hints}");
}

#[test]
fn a_missing_key_says_how_to_give_it() {
    let mut site = Site::start(ScenarioName::Empty);
    site.environment.remove("LOCKSTEP_SCIM_TOKEN");
    site.add(&[]).exits(0);
    let (message, hints) = site.run(&["--json", "plan", ID]).exits(1).error();
    assert!(hints.contains("LOCKSTEP_SCIM_TOKEN"), "{message}: {hints}");
}

#[test]
fn a_connections_own_variable_wins_over_the_general_one() {
    let mut site = Site::connected();
    let right = site.environment.insert("LOCKSTEP_SCIM_TOKEN".to_owned(), "wrong".to_owned()).unwrap();
    site.run(&["plan", ID]).exits(5);
    site.environment.insert("LOCKSTEP_SCIM_TOKEN__ACME".to_owned(), right);
    site.run(&["plan", ID]).exits(2);
}

#[test]
fn no_key_is_in_the_data_directory_or_in_what_is_printed() {
    let site = Site::connected();
    let commands: [&[&str]; 7] = [
        &["-v", "-v", "connection", "test", ID],
        &["-v", "-v", "plan", ID],
        &["-v", "-v", "--json", "apply", ID, "--approve-all"],
        &["connection", "show", ID],
        &["--json", "connection", "list"],
        &["events", ID],
        &["--json", "runs", ID],
    ];
    let keys = [&site.access.jumpcloud_api_key, &site.access.scim_token, &site.access.organisation_key];
    for command in commands {
        let answer = site.run(command);
        for key in keys {
            assert!(!answer.stdout.contains(key.as_str()), "{command:?} prints a key");
            assert!(!answer.stderr.contains(key.as_str()), "{command:?} logs a key");
        }
    }
    for key in keys {
        assert!(!occurs(site.folder.path(), key), "a key is in the data directory");
    }
}
