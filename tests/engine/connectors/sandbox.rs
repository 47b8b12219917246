//! The connectors against the sandbox, which was written from the same facts by other hands.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_core::attribute::{Attribute, AttributeSet, SourceField};
use lockstep_core::link::{GroupLink, GroupLinkState, Links, PersonLink};
use lockstep_core::scim::{MemberRemovalForm, user_patch_body};
use lockstep_core::snapshot::source::{LifecycleState, SourceSnapshot};
use lockstep_engine::connectors::atlassian_admin::{
    self, AdminClient, AdminSettings, Clash, OrganisationScope, UserQuery,
};
use lockstep_engine::connectors::atlassian_scim::{
    self, ScimClient, ScimReading, ScimSettings, UserKey, read_directory,
};
use lockstep_engine::connectors::jumpcloud::{
    self, JumpCloudClient, JumpCloudSettings, SourceScope, read_source,
};
use lockstep_sandbox::{Dump, Sandbox, SandboxOptions, ScenarioName};

use crate::http::server::quick;

/// A sandbox and clients of its services.
struct Bench {
    sandbox: Sandbox,
    jumpcloud: JumpCloudClient,
    scim: ScimClient,
    admin: AdminClient,
    application: String,
}

impl Bench {
    async fn start(scenario: &str) -> Self {
        let scenario: ScenarioName = scenario.parse().expect("a scenario");
        let sandbox = Sandbox::start(SandboxOptions { scenario, ..SandboxOptions::default() })
            .await
            .expect("a sandbox");
        let access = sandbox.access();
        let jumpcloud = JumpCloudSettings {
            console_url: access.jumpcloud_url,
            organisation: None,
            concurrency: 16,
            retry: quick(),
        };
        let scim = ScimSettings { base_url: access.scim_url, concurrency: 16, retry: quick() };
        let admin = AdminSettings {
            base_url: access.organisation_url,
            organisation: access.organisation_id,
            concurrency: 8,
            retry: quick(),
        };
        Self {
            jumpcloud: JumpCloudClient::new(jumpcloud, &access.jumpcloud_api_key).expect("a client"),
            scim: ScimClient::new(&scim, &access.scim_token).expect("a client"),
            admin: AdminClient::new(&admin, &access.organisation_key).expect("a client"),
            application: access.application,
            sandbox,
        }
    }

    fn dump(&self) -> Dump {
        self.sandbox.world().dump()
    }

    fn strike(&self, faults: &[&str]) {
        self.sandbox.set_faults(faults.iter().map(|fault| fault.parse().expect("a fault")).collect());
    }

    async fn read_source(&self, links: &Links) -> SourceSnapshot {
        let scope = SourceScope { application: &self.application, with_overlaps: true };
        read_source(&self.jumpcloud, scope, links).await.expect("a reading")
    }

    async fn read_directory(&self) -> ScimReading {
        read_directory(&self.scim).await.expect("a reading")
    }
}

/// Returns links for everybody and every bound group of a reading.
fn links_of(snapshot: &SourceSnapshot) -> Links {
    Links {
        people: snapshot
            .people
            .iter()
            .map(|person| PersonLink { source: person.id.clone(), target: person.id.as_str().into() })
            .collect(),
        groups: snapshot
            .groups
            .iter()
            .map(|group| GroupLink {
                source: group.id.clone(),
                target: group.id.as_str().into(),
                state: GroupLinkState::Managed,
                name: group.name.clone(),
                last_members: group.members.clone(),
            })
            .collect(),
    }
}

#[tokio::test]
async fn both_sides_are_read_as_they_are() {
    for scenario in ["small", "custom:people=450,groups=12,memberships=2000", "empty", "unbound"] {
        let bench = Bench::start(scenario).await;
        let dump = bench.dump();
        let source = bench.read_source(&Links::default()).await;
        assert!(source.completeness().is_complete(), "{scenario}: {:?}", source.completeness());
        let names: BTreeMap<&str, &str> = source
            .people
            .iter()
            .map(|person| (person.id.as_str(), person.fields.get(SourceField::Username).unwrap_or_default()))
            .collect();
        assert_eq!(source.people.len(), dump.source.people.len(), "{scenario}");
        for person in &source.people {
            let expected = &dump.source.people[names[person.id.as_str()]];
            let field = |field| person.fields.get(field).unwrap_or_default().to_owned();
            assert_eq!(field(SourceField::Email), expected.email);
            assert_eq!(field(SourceField::DisplayName), expected.displayname);
            assert_eq!(field(SourceField::JobTitle), expected.job_title);
            assert_eq!(field(SourceField::WorkPhone), expected.work_phone);
            let state = match expected.state {
                "STAGED" => LifecycleState::Staged,
                "SUSPENDED" => LifecycleState::Suspended,
                _ => LifecycleState::Activated,
            };
            assert_eq!((person.state, person.password_expired), (state, expected.password_expired));
        }
        let read: BTreeMap<String, BTreeSet<String>> = source
            .groups
            .iter()
            .map(|group| {
                let members = group.members.iter().map(|id| names[id.as_str()].to_owned()).collect();
                (group.name.clone(), members)
            })
            .collect();
        let expected: BTreeMap<String, BTreeSet<String>> = dump
            .source
            .groups
            .iter()
            .filter(|(_, group)| group.is_bound)
            .map(|(name, group)| (name.clone(), group.members.clone()))
            .collect();
        assert_eq!(read, expected, "{scenario}: the bound groups and their members");

        let target = bench.read_directory().await;
        assert!(target.users_completeness.is_complete() && target.groups_completeness.is_complete());
        let read: BTreeSet<&str> = target.users.iter().map(|user| user.id.as_str()).collect();
        let expected: BTreeSet<&str> = dump.target.users.values().map(|user| user.id.as_str()).collect();
        assert_eq!(read, expected, "{scenario}: the SCIM users");
        let read: BTreeMap<&str, usize> =
            target.groups.iter().map(|group| (group.display_name.as_str(), group.members.len())).collect();
        let expected: BTreeMap<&str, usize> =
            dump.target.groups.iter().map(|(name, group)| (name.as_str(), group.members.len())).collect();
        assert_eq!(read, expected, "{scenario}: the SCIM groups");
        assert_eq!(bench.sandbox.requests().writes().len(), 0, "reading writes nothing");
    }
}

#[tokio::test]
async fn the_connection_tests_pass_and_find_what_is_wrong() {
    let bench = Bench::start("small").await;
    let mut checks = jumpcloud::check::check(&bench.jumpcloud, None, &bench.application).await;
    checks.extend(atlassian_scim::check::check(&bench.scim).await);
    checks.extend(atlassian_admin::check::check(&bench.admin).await);
    let failed: Vec<_> = checks.iter().filter(|check| !check.ok).collect();
    assert!(failed.is_empty(), "{failed:?}");
    for (scenario, name) in
        [("unbound", "jumpcloud_groups"), ("foreign-application", "jumpcloud_application")]
    {
        let bench = Bench::start(scenario).await;
        let checks = jumpcloud::check::check(&bench.jumpcloud, None, &bench.application).await;
        let failed: Vec<_> =
            checks.iter().filter(|check| !check.ok).map(|check| check.name.as_str()).collect();
        assert_eq!(failed, [name], "{scenario}: {checks:?}");
    }
    for side in ["jumpcloud", "scim", "organisation"] {
        bench.strike(&[&format!("revoked-key:side={side}")]);
        let checks = match side {
            "jumpcloud" => jumpcloud::check::check(&bench.jumpcloud, None, &bench.application).await,
            "scim" => atlassian_scim::check::check(&bench.scim).await,
            _ => atlassian_admin::check::check(&bench.admin).await,
        };
        assert_eq!((checks.len(), checks[0].ok), (1, false), "{side}: {checks:?}");
    }
}

#[tokio::test]
async fn a_persons_and_a_groups_life_works_in_every_dialect() {
    for dialect in [
        "keep-link",
        "patch-204",
        "patch-empty",
        "bare-409",
        "name-ids",
        "relative-location",
        "text-401",
        "unknown-500",
        "filters-empty",
        "double-members",
        "page-cap=7",
        "past-end-repeats",
        "members-cap=2",
        "drop=title;timezone;enterprise",
    ] {
        let bench = Bench::start("custom:people=30,groups=2,memberships=40").await;
        bench.strike(&[&format!("dialect:{dialect}")]);
        let mut ids = Vec::new();
        for name in ["ada", "bob", "cyd"] {
            let attributes = AttributeSet::default()
                .with(Attribute::UserName, &format!("{name}@example.com"))
                .with(Attribute::ExternalId, &format!("x-{name}"))
                .with(Attribute::Email, &format!("{name}@example.com"))
                .with(Attribute::DisplayName, name);
            let user = bench.scim.create_user(&attributes).await.expect("created");
            if dialect != "filters-empty" {
                let found =
                    bench.scim.find_users(UserKey::ExternalId(&format!("x-{name}"))).await.expect("found");
                assert_eq!(found.len(), 1, "{dialect}: {name} is found by externalId");
            }
            ids.push(user.id);
        }
        let body = user_patch_body(&[], Some(false)).expect("a change");
        bench.scim.patch_user(&ids[0], body).await.expect("deactivated");
        let ada = bench.scim.user(&ids[0]).await.expect("an answer").expect("she is there");
        assert!(!ada.active, "{dialect}: read back");

        let group = bench.scim.create_group("Analysts", Some("g-1")).await.expect("created");
        for two in ids.chunks(2) {
            bench.scim.add_members(&group.id, two).await.expect("added");
        }
        bench.scim.remove_members(&group.id, &ids[..1], MemberRemovalForm::ValuePath).await.expect("removed");
        let group = bench.scim.group(&group.id).await.expect("an answer").expect("it is there");
        assert_eq!(group.members.len(), 2, "{dialect}: {group:?}");
        let reading = bench.read_directory().await;
        assert!(reading.users_completeness.is_complete(), "{dialect}: {:?}", reading.users_completeness);
        assert!(
            ids.iter().all(|id| reading.users.iter().any(|user| user.id == *id)),
            "{dialect}: all are listed"
        );

        bench.scim.delete_group(&group.id).await.expect("deleted");
        bench.scim.delete_user(&ids[2]).await.expect("deleted");
        if dialect == "unknown-500" {
            let error = bench.scim.user(&ids[2]).await.expect_err("it cannot be told from a failure");
            assert_eq!(error.status(), Some(500));
        } else {
            assert!(bench.scim.user(&ids[2]).await.expect("an answer").is_none(), "{dialect}: gone");
        }
        assert!(!bench.dump().target.groups.contains_key("Analysts"), "{dialect}: gone");
    }
}

#[tokio::test]
async fn transient_faults_do_not_show_in_a_reading() {
    let bench = Bench::start("custom:people=250,groups=5,memberships=600").await;
    let sound = (bench.read_source(&Links::default()).await, bench.read_directory().await);
    for fault in [
        "status:status=503,every=4",
        "status:status=429,retry-after=0,every=4",
        "status:status=408,every=4",
        "drop-before:every=4",
        "drop-after:every=4",
        "cut-body:every=4",
    ] {
        bench.strike(&[fault]);
        let (source, target) = (bench.read_source(&Links::default()).await, bench.read_directory().await);
        assert_eq!(source, sound.0, "{fault}");
        assert_eq!((target.users, target.groups), (sound.1.users.clone(), sound.1.groups.clone()), "{fault}");
        assert!(
            target.users_completeness.is_complete() && target.groups_completeness.is_complete(),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn a_reading_that_lost_somebody_is_never_complete() {
    let bench = Bench::start("custom:people=250,groups=5,memberships=600").await;
    let sound = bench.read_source(&Links::default()).await;
    let links = links_of(&sound);
    assert_eq!(bench.read_source(&links).await, sound, "links change nothing");
    for path in ["/systemusers", "/associations", "/members"] {
        for fault in [
            "short-page",
            "missing-page",
            "empty-list",
            "malformed",
            "html-error:status=502",
            "status:status=500",
        ] {
            for nth in [1, 2] {
                let separator = if fault.contains(':') { ',' } else { ':' };
                bench
                    .strike(&[&format!("{fault}{separator}side=jumpcloud,path={path},nth={nth},count=1000")]);
                let scope = SourceScope { application: &bench.application, with_overlaps: true };
                // A list whose first page cannot be read is an error, which harms nobody either.
                let Ok(source) = read_source(&bench.jumpcloud, scope, &links).await else { continue };
                if source.completeness().is_complete() {
                    assert_eq!(source.people.len(), sound.people.len(), "{fault} at {path} from {nth} on");
                    let counts = |snapshot: &SourceSnapshot| -> Vec<(String, usize)> {
                        let groups = snapshot.groups.iter();
                        groups.map(|group| (group.name.clone(), group.members.len())).collect()
                    };
                    assert_eq!(counts(&source), counts(&sound), "{fault} at {path} from {nth} on");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_limited_directory_loses_nothing() {
    let bench = Bench::start("custom:people=10,groups=1,memberships=10").await;
    let before = bench.dump().target.users.len();
    bench.strike(&["rate-limit:side=scim,rate=40,burst=5"]);
    let users: Vec<AttributeSet> = (0..40)
        .map(|number| {
            AttributeSet::default()
                .with(Attribute::UserName, &format!("user{number}@example.com"))
                .with(Attribute::Email, &format!("user{number}@example.com"))
        })
        .collect();
    let created = futures::future::join_all(users.iter().map(|user| bench.scim.create_user(user))).await;
    assert!(created.iter().all(Result::is_ok), "{created:?}");
    assert_eq!(bench.dump().target.users.len() - before, 40, "each once");
    assert!(bench.scim.http().meter().read().rate_limited > 0, "the limit was met");
}

#[tokio::test]
async fn the_organisation_is_read_as_it_is() {
    let bench = Bench::start("small").await;
    let dump = bench.dump();
    let snapshot = atlassian_admin::read_organisation(&bench.admin, OrganisationScope::AllGroups)
        .await
        .expect("a reading");
    assert!(snapshot.completeness.is_complete(), "{:?}", snapshot.completeness);
    let read: BTreeSet<&str> = snapshot.groups.iter().map(|group| group.name.as_str()).collect();
    let expected: BTreeSet<&str> = dump.organisation.groups.keys().map(String::as_str).collect();
    assert_eq!(read, expected);
    assert!(!snapshot.verified_domains.is_empty(), "the small organisation has a verified domain");
    let users = bench.admin.users(UserQuery::All).await.expect("people");
    assert_eq!(users.len(), dump.organisation.accounts.len(), "every account is listed");
    let names: Vec<&str> = expected.into_iter().collect();
    let clashes: Vec<Clash> =
        names.iter().map(|name| Clash { name: (*name).to_owned(), emails: Vec::new() }).collect();
    let scope = OrganisationScope::GroupsNamed(&names, &clashes);
    let named = atlassian_admin::read_organisation(&bench.admin, scope).await.expect("a reading");
    assert!(
        named.groups.iter().any(|group| !group.default_access_to.is_empty()),
        "one is a default access group"
    );
    for group in &named.groups {
        let there = &dump.organisation.groups[&group.name];
        let members = group.members.as_ref().expect("who is in it was read");
        assert_eq!(members.len(), there.members.len(), "{}", group.name);
        let access = group.access.as_ref().expect("what it gives was read");
        let on_sites = access.iter().filter(|access| access.app != "platform");
        assert!(on_sites.clone().all(|access| access.site.is_some()), "every site has a name: {access:?}");
    }
}
