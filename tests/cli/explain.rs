//! `explain`: why somebody or something is as it is, and what would change that.

use serde_json::{Value, json};

use crate::site::{ID, Site, assert_text};

/// Starts the small organisation and reads both sides.
fn read_once() -> Site {
    let site = Site::connected();
    site.run(&["plan", ID]).exits(2);
    site
}

fn explain(site: &Site, what: &str, whom: &str) -> Value {
    let (code, document) = site.json(&["explain", ID, what, whom]);
    assert_eq!(code, 0, "{document}");
    document
}

#[test]
fn a_person_as_a_document_has_the_contracts_names() {
    let document = explain(&read_once(), "--person", "ada.moreau@halden.example");
    assert_eq!(document["subject"]["label"], "ada.moreau@halden.example");
    assert_eq!((&document["situation"], &document["will"]), (&json!("absent"), &json!("be_created")));
    assert_eq!(document["active_in_target"], json!(null), "there is no account yet");
    assert!(document["text"].as_str().is_some_and(|text| text.ends_with('.')), "{document}");
    for cause in document["causes"].as_array().unwrap() {
        assert!(cause["code"].is_string() && cause["text"].is_string(), "{cause}");
    }
    let member = |step: &&Value| step["member"] == "yes";
    let path: Vec<&Value> = document["path"].as_array().unwrap().iter().filter(member).collect();
    let groups: Vec<&Value> = path.iter().map(|step| &step["group"]).collect();
    assert_eq!(groups, ["Engineering", "jira-software-users"], "the paths that give access");
    assert!(document["would_change"].as_array().unwrap().iter().all(|change| change["text"].is_string()));
}

#[test]
fn a_person_for_people_is_a_sentence_the_path_and_what_would_change_it() {
    let site = read_once();
    assert_text!(site.run(&["explain", ID, "--person", " Greta@Northfjord.example "]).exits(0).stdout, @r"
    Greta Lindqvist would be created in Atlassian, but the domain northfjord.example is not verified.
      Greta Lindqvist's address is in northfjord.example, which is not a verified domain.
      Greta Lindqvist is in Contractors.

    Path:
      ─▶ Contractors (bound)
      ─╳ no account in Atlassian
      not in Customer Support, Design, Engineering, Finance, Platform Engineering, Product Management, Research Lab, Security, jira-software-users

    What would change it:
      Greta Lindqvist would be created in Atlassian if northfjord.example were a verified domain.
      Greta Lindqvist would not be created if they left Contractors, the only bound group they are in.
      Greta Lindqvist would not be created if suspended in JumpCloud.
      Greta Lindqvist would not be created if their password expired.
    ");
}

#[test]
fn a_group_as_a_document_has_the_contracts_names() {
    let document = explain(&read_once(), "--group", " DESIGN ");
    assert_eq!(document["subject"]["label"], "Design", "case and blanks do not matter");
    assert_eq!((&document["situation"], &document["will"]), (&json!("same_name_exists"), &json!("be_held")));
    for name in ["active_in_target", "text", "causes", "path", "would_change"] {
        assert!(document.get(name).is_some(), "{name} in {document}");
    }
}

#[test]
fn a_group_for_people_is_a_sentence_the_path_and_what_would_change_it() {
    let site = read_once();
    assert_text!(site.run(&["explain", ID, "--group", "Design"]).exits(0).stdout, @r"
    Design would be taken over, so that its members follow JumpCloud, but the question about it has to be answered first.
      A group named Design exists in the Atlassian organisation and is managed there. Taken over, 2 people would stay, 2 people would gain and 2 people would lose membership.
      Design is bound to the application and has 4 members in JumpCloud.

    Path:
      Design in JumpCloud (bound; 4 members)
      ─╳ design in Atlassian (managed in Atlassian, not linked; 4 members)
      ─▶ confluence (halden)
      ─▶ jira-software (halden)

    What would change it:
      Design would be taken over if that were decided: 2 people would gain and 2 people would lose membership.
      Design would be created under another name if one were chosen.
      Nothing would happen to Design if it were unbound, and nobody would be deactivated.
    ");
}

#[test]
fn what_nobody_knows_is_said() {
    let site = read_once();
    for (what, whom, said) in [
        ("--person", "nobody@halden.example", "knew nobody@halden.example"),
        ("--group", "No such group", "No group No such group"),
    ] {
        let answer = site.run(&["--json", "explain", ID, what, whom]).exits(1);
        assert_eq!(answer.json()["error"]["code"], "not_found");
        let (message, hints) = answer.error();
        assert!(message.contains(said), "{message}");
        assert!(hints.contains("Check") && hints.contains("lockstepctl plan"), "{hints}");
    }
}

#[test]
fn before_anything_was_read_it_says_to_plan() {
    let site = Site::connected();
    for (what, whom) in [("--person", "ada.moreau@halden.example"), ("--group", "Design")] {
        let (message, hints) = site.run(&["--json", "explain", ID, what, whom]).exits(1).error();
        assert!(message.contains("not been read"), "{message}");
        assert!(hints.contains(&format!("lockstepctl plan {ID}")), "{hints}");
    }
}

#[test]
fn an_explanation_asks_neither_side() {
    let site = read_once();
    site.sandbox.requests().reset();
    explain(&site, "--person", "ada.moreau@halden.example");
    explain(&site, "--group", "Design");
    assert_eq!(site.sandbox.requests().counters().total, 0, "it is from what was read last");
}
