//! Keys: where they are looked for, and that they go nowhere else.

use std::path::Path;

use lockstep_core::ids::ConnectionId;
use lockstep_engine::secrets::{Environment, Origin, SecretError, SecretKind, SecretStore, Sensitive};

use crate::store::process::Helper;

fn acme() -> ConnectionId {
    ConnectionId::from("acme-corp")
}

fn value(secret: Option<lockstep_engine::secrets::Secret>) -> Option<(String, Origin)> {
    secret.map(|secret| (secret.value.reveal().to_owned(), secret.origin))
}

#[tokio::test]
async fn the_connections_own_variable_wins_over_the_general_one() {
    let general = ("LOCKSTEP_SCIM_TOKEN", "general");
    let own = ("LOCKSTEP_SCIM_TOKEN__ACME_CORP", "own");
    for (variables, expected) in [
        (vec![general], Some(("general", "LOCKSTEP_SCIM_TOKEN"))),
        (vec![general, own], Some(("own", "LOCKSTEP_SCIM_TOKEN__ACME_CORP"))),
        (vec![("LOCKSTEP_SCIM_TOKEN", "  \n")], None),
        (vec![("LOCKSTEP_SCIM_TOKEN__OTHER", "no")], None),
    ] {
        let secrets = SecretStore::in_memory().with_environment(Environment::fixed(variables.clone()));
        let found = secrets.find(&acme(), SecretKind::Scim).await.unwrap();
        let expected =
            expected.map(|(key, variable)| (key.to_owned(), Origin::Environment(variable.to_owned())));
        assert_eq!(value(found), expected, "with {variables:?}");
    }
}

#[tokio::test]
async fn every_kind_has_the_contracts_variable() {
    for (kind, variable) in [
        (SecretKind::Jumpcloud, "LOCKSTEP_JUMPCLOUD_API_KEY"),
        (SecretKind::Scim, "LOCKSTEP_SCIM_TOKEN"),
        (SecretKind::Organisation, "LOCKSTEP_ORGANISATION_KEY"),
    ] {
        let secrets = SecretStore::in_memory().with_environment(Environment::fixed([(variable, "key")]));
        let found = secrets.require(&acme(), kind).await.unwrap();
        assert_eq!(found.value.reveal(), "key", "{variable}");
        assert_eq!(secrets.overriding_variable(&acme(), kind).unwrap().as_deref(), Some(variable));
    }
}

#[tokio::test]
async fn the_environment_wins_over_what_is_stored_and_stays_out_of_it() {
    let stored = SecretStore::in_memory();
    stored.set(&ConnectionId::from("other"), SecretKind::Scim, Sensitive::new("stored")).await.unwrap();
    let found = stored.find(&acme(), SecretKind::Scim).await.unwrap();
    assert_eq!(value(found), None, "keys of other connections are theirs");
}

#[tokio::test]
async fn a_key_held_in_memory_wins_over_the_environment() {
    let secrets = SecretStore::in_memory()
        .with_environment(Environment::fixed([("LOCKSTEP_SCIM_TOKEN", "the real one")]));
    secrets.hold_in_memory(&ConnectionId::from("sandbox"), SecretKind::Scim, Sensitive::new("made up"));
    let found = secrets.find(&"sandbox".into(), SecretKind::Scim).await.unwrap();
    let expected = ("made up".to_owned(), Origin::Memory);
    assert_eq!(value(found), Some(expected), "a real key never reaches the simulators");
    let found = secrets.find(&acme(), SecretKind::Scim).await.unwrap().unwrap();
    assert_eq!(found.value.reveal(), "the real one", "other connections are not concerned");
}

#[tokio::test]
async fn a_missing_key_is_named_with_what_to_do() {
    let error = SecretStore::in_memory().require(&acme(), SecretKind::Jumpcloud).await.unwrap_err();
    let text = error.to_string();
    for part in [
        "No JumpCloud API key is stored",
        "may be locked",
        "lockstepctl secret set acme-corp jumpcloud",
        "LOCKSTEP_JUMPCLOUD_API_KEY__ACME_CORP",
    ] {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
}

#[tokio::test]
async fn an_empty_key_is_not_stored() {
    let secrets = SecretStore::in_memory();
    let refused = secrets.set(&acme(), SecretKind::Scim, Sensitive::new(" \n")).await;
    assert!(matches!(refused, Err(SecretError::Empty { .. })), "got {refused:?}");
}

#[tokio::test]
async fn nothing_that_is_printed_shows_a_key() {
    let secrets =
        SecretStore::in_memory().with_environment(Environment::fixed([("LOCKSTEP_SCIM_TOKEN", "s3cr3t")]));
    secrets.hold_in_memory(&acme(), SecretKind::Organisation, Sensitive::new("s3cr3t"));
    let found = secrets.find(&acme(), SecretKind::Scim).await.unwrap();
    let printed = format!("{secrets:?} {found:?}");
    assert!(!printed.contains("s3cr3t"), "got {printed}");
}

/// The role of a process of its own: what it says is what the operating system's secret store did.
pub(crate) async fn say_what_the_keychain_says(say: fn(&str)) {
    let secrets = SecretStore::system();
    let key = Sensitive::new("a key for a test");
    let text =
        |outcome: Result<String, SecretError>| outcome.unwrap_or_else(|error| format!("error: {error}"));
    let find = async || {
        secrets.find(&acme(), SecretKind::Scim).await.map(|found| {
            found.map_or("nothing".to_owned(), |found| {
                format!("{} from {}", found.value.reveal(), found.origin.name())
            })
        })
    };
    say(&text(secrets.set(&acme(), SecretKind::Scim, key).await.map(|()| "stored".to_owned())));
    say(&text(find().await));
    let other = secrets.find(&acme(), SecretKind::Jumpcloud).await;
    say(&text(other.map(|found| found.map_or("nothing".to_owned(), |_| "something".to_owned()))));
    let again = secrets.set(&acme(), SecretKind::Scim, Sensitive::new("another key")).await;
    say(&text(again.map(|()| "stored".to_owned())));
    say(&text(find().await));
    say(&text(secrets.delete(&acme(), SecretKind::Scim).await.map(|was| format!("deleted: {was}"))));
    say(&text(find().await));
}

fn keychain(variables: &[(&str, &str)]) -> Vec<String> {
    let mut helper = Helper::start("secrets", Path::new("."), variables);
    std::iter::from_fn(|| helper.said()).collect()
}

#[test]
fn without_a_secret_store_the_error_names_the_variable_and_nothing_hangs() {
    let said = keychain(&[
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus"),
        ("XDG_RUNTIME_DIR", "/nonexistent"),
    ]);
    let [set, find, other, ..] = said.as_slice() else { panic!("got {said:?}") };
    for (answer, variable) in [
        (set, "LOCKSTEP_SCIM_TOKEN__ACME_CORP"),
        (find, "LOCKSTEP_SCIM_TOKEN__ACME_CORP"),
        (other, "LOCKSTEP_JUMPCLOUD_API_KEY__ACME_CORP"),
    ] {
        assert!(answer.starts_with("error: "), "got {answer}");
        assert!(answer.contains(variable), "it names the variable: {answer}");
        assert!(!answer.contains("a key for a test"), "and never the key: {answer}");
    }
}

#[test]
fn a_variable_serves_where_there_is_no_secret_store() {
    let said = keychain(&[
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus"),
        ("XDG_RUNTIME_DIR", "/nonexistent"),
        ("LOCKSTEP_SCIM_TOKEN", "from outside"),
    ]);
    assert!(said[0].starts_with("error: "), "storing still fails: {said:?}");
    assert_eq!(said[1], "from outside from environment");
}

#[test]
fn a_real_secret_store_keeps_replaces_and_forgets_a_key() {
    if std::env::var_os("LOCKSTEP_TEST_SECRET_SERVICE").is_none() {
        eprintln!(
            "SKIPPED: no secret service; `cargo xtask test` starts one, or set LOCKSTEP_TEST_SECRET_SERVICE=1 where one is unlocked."
        );
        return;
    }
    let said = keychain(&[]);
    assert_eq!(
        said,
        [
            "stored",
            "a key for a test from keychain",
            "nothing",
            "stored",
            "another key from keychain",
            "deleted: true",
            "nothing"
        ]
    );
}
