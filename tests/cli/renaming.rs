//! G4 on the command line: a name that Atlassian keeps is a question, not a failure.

use lockstep_sandbox::Change;
use serde_json::json;

use crate::site::{ID, Site};

#[test]
fn a_rename_that_is_refused_or_ignored_waits_for_a_person() {
    for (dialect, failed) in [("rename=strict", 1), ("rename=lenient", 0)] {
        let site = Site::in_step();
        site.sandbox.world().set_dialect(dialect.parse().unwrap());
        let group = site.source().groups.into_keys().next().unwrap();
        site.change(&Change::RenameGroup { group, to: "Another name".to_owned() });
        let (code, run) = site.json(&["apply", ID, "--approve-all"]);
        assert_eq!(code, 3, "{dialect}: {run}");
        assert_eq!(run["operations"]["failed"], json!(failed), "{dialect}: it is told as it was: {run}");
        assert_eq!(run["questions"][0]["label"], json!("Another name"), "{dialect}: {run}");
        let (code, plan) = site.json(&["plan", ID]);
        assert_eq!(code, 3, "{dialect}: {plan}");
        assert_eq!(plan["conflicts"][0]["kind"], json!("group_rename"), "{dialect}: {plan}");
    }
}

#[test]
fn a_failure_beside_a_refused_rename_is_a_failure() {
    let site = Site::in_step();
    site.sandbox.world().set_dialect("rename=strict".parse().unwrap());
    let (group, _) = site.source().groups.into_iter().next().unwrap();
    let person = site.source().people.into_keys().next().unwrap();
    site.change(&Change::RenameGroup { group, to: "Another name".to_owned() });
    site.change(&Change::SetAttribute { person, field: "jobTitle".into(), value: "Pilot".into() });
    site.faults(&["status:side=scim,method=PATCH,path=/Users,status=400"]);
    site.run(&["apply", ID, "--approve-all"]).exits(4);
}
