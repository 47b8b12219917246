//! Windows of rows: search, filters, order.

use lockstep_core::ids::PlanId;
use lockstep_core::plan::operation::HeldBy;
use lockstep_engine::api::views::{FacetChoice, GroupRow, GroupState, PersonRow, SortDirection, WindowQuery};
use lockstep_engine::store::tables::{WINDOW_ROWS, Window, groups, people, plans};

use super::{TestStore, create_user, new_plan};

pub(super) fn row(key: &str, name: &str, situation: &str) -> PersonRow {
    PersonRow {
        key: key.to_owned(),
        name: name.to_owned(),
        email: Some(format!("{key}@example.com")),
        user_name: Some(key.to_owned()),
        scope_groups: vec!["Engineering".to_owned()],
        scope_group_count: 1,
        source_state: "active".to_owned(),
        target_state: "active".to_owned(),
        situation: situation.to_owned(),
        sync_state: "in_sync".to_owned(),
    }
}

async fn shown(test: &TestStore, query: WindowQuery) -> Window<PersonRow> {
    let id = test.acme.clone();
    test.store.read(move |conn| people::window(conn, &id, &query)).await.unwrap()
}

fn names(window: &Window<PersonRow>) -> Vec<&str> {
    window.rows.iter().map(|row| row.name.as_str()).collect()
}

async fn four_people() -> TestStore {
    let test = TestStore::new().await;
    let rows = vec![
        row("ada", "Ada Lovelace", "confirmed"),
        row("zoe", "Zoë Ångström", "absent"),
        row("bob", "bob 100%_sure", "confirmed"),
        row("cyd", "Cyd", "unassigned"),
    ];
    let id = test.acme.clone();
    test.store.write(move |tx| people::replace(tx, &id, &rows)).await.unwrap();
    test
}

#[tokio::test]
async fn people_come_by_name_whatever_the_letter_case() {
    let test = four_people().await;
    let window = shown(&test, WindowQuery { limit: 10, ..WindowQuery::default() }).await;
    assert_eq!(names(&window), ["Ada Lovelace", "bob 100%_sure", "Cyd", "Zoë Ångström"]);
    let backwards =
        WindowQuery { direction: SortDirection::Descending, limit: 2, offset: 1, ..WindowQuery::default() };
    let window = shown(&test, backwards).await;
    assert_eq!((names(&window), window.total), (vec!["Cyd", "bob 100%_sure"], 4));
}

#[tokio::test]
async fn a_search_finds_parts_of_words_in_any_form_and_takes_nothing_for_a_wildcard() {
    let test = four_people().await;
    for (search, found) in [
        ("LOVE", vec!["Ada Lovelace"]),
        ("zoe\u{308} a\u{30a}ng", vec!["Zoë Ångström"]),
        ("lovelace ada", vec!["Ada Lovelace"]),
        ("cyd@example.com", vec!["Cyd"]),
        ("100%_s", vec!["bob 100%_sure"]),
        ("100_", vec![]),
        ("'; DROP TABLE people; --", vec![]),
    ] {
        let window =
            shown(&test, WindowQuery { search: search.to_owned(), limit: 10, ..WindowQuery::default() })
                .await;
        assert_eq!(names(&window), found, "searching {search:?}");
        assert_eq!((window.total as usize, window.unfiltered), (found.len(), 4), "counts for {search:?}");
    }
}

#[tokio::test]
async fn filters_join_values_by_or_and_fields_by_and() {
    let test = four_people().await;
    let choose = |field: &str, values: &[&str]| FacetChoice {
        field: field.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let query = WindowQuery {
        filters: vec![choose("situation", &["absent", "unassigned"]), choose("source_state", &["active"])],
        limit: 10,
        ..WindowQuery::default()
    };
    assert_eq!(names(&shown(&test, query).await), ["Cyd", "Zoë Ångström"]);
    let id = test.acme.clone();
    let facets = test.store.read(move |conn| people::state_facets(conn, &id)).await.unwrap();
    let confirmed = facets.iter().find(|facet| facet.value == "confirmed").unwrap();
    assert_eq!((confirmed.field.as_str(), confirmed.count), ("situation", 2), "facets count everybody");
}

#[tokio::test]
async fn a_window_never_holds_more_than_two_hundred_rows() {
    let test = TestStore::new().await;
    let rows: Vec<_> =
        (0..300).map(|number| row(&format!("p{number:03}"), "Same Name", "confirmed")).collect();
    let id = test.acme.clone();
    test.store.write(move |tx| people::replace(tx, &id, &rows)).await.unwrap();
    let window = shown(&test, WindowQuery { limit: 100_000, ..WindowQuery::default() }).await;
    assert_eq!((window.rows.len(), window.total), (WINDOW_ROWS as usize, 300));
    let rest = shown(&test, WindowQuery { offset: 200, limit: 200, ..WindowQuery::default() }).await;
    assert!(
        rest.rows.iter().all(|row| !window.rows.contains(row)) && rest.rows.len() == 100,
        "rows that sort alike are neither repeated nor left out between windows"
    );
}

#[tokio::test]
async fn replacing_the_people_rewrites_only_what_changed() {
    let test = four_people().await;
    let before: Vec<(String, i64)> = all_rows(&test);
    let rows = vec![row("ada", "Ada Lovelace", "confirmed"), row("cyd", "Cyd Charisse", "unassigned")];
    let id = test.acme.clone();
    test.store.write(move |tx| people::replace(tx, &id, &rows)).await.unwrap();
    let window = shown(&test, WindowQuery { limit: 10, ..WindowQuery::default() }).await;
    assert_eq!(names(&window), ["Ada Lovelace", "Cyd Charisse"], "exactly the new rows");
    let after = all_rows(&test);
    assert!(after.iter().all(|row| before.contains(row)), "rows keep their places: {after:?}");

    let id = test.acme.clone();
    let found = test.store.read(move |conn| people::find(conn, &id, "ADA@example.com")).await.unwrap();
    assert_eq!(found.len(), 1, "found by the whole address");
    let id = test.acme.clone();
    let part = test.store.read(move |conn| people::find(conn, &id, "ada@example.co")).await.unwrap();
    assert!(part.is_empty(), "a part of it is not enough");
}

fn all_rows(test: &TestStore) -> Vec<(String, i64)> {
    test.raw()
        .prepare("SELECT identity, person_row FROM people")
        .unwrap()
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[tokio::test]
async fn groups_come_by_name() {
    let test = TestStore::new().await;
    let group = |id: &str, name: &str| GroupRow {
        source_id: Some(id.into()),
        target_id: None,
        name: name.to_owned(),
        members: 3,
        members_in_target: None,
        state: GroupState::New,
        would_deactivate: 1,
        other_connectors: Vec::new(),
        conflict: None,
        is_protected: false,
    };
    let rows = vec![group("1", "zebra"), group("2", "Alpha")];
    let id = test.acme.clone();
    test.store.write(move |tx| groups::replace(tx, &id, &rows)).await.unwrap();
    let id = test.acme.clone();
    let listed = test.store.read(move |conn| groups::list(conn, &id)).await.unwrap();
    assert_eq!(listed, [group("2", "Alpha"), group("1", "zebra")]);
}

#[tokio::test]
async fn operations_are_searched_filtered_and_sorted() {
    let test = TestStore::new().await;
    let mut held = create_user("cyd", "Cyd");
    held.held_by = Some(HeldBy::Guard);
    let operations = vec![create_user("zoe", "Zoë"), held, create_user("ada", "Ada")];
    let id = test.acme.clone();
    test.store.write(move |tx| plans::insert(tx, &id, &new_plan("p"), &operations)).await.unwrap();
    let labels = |query: WindowQuery| {
        let read = test.store.read(move |conn| plans::window(conn, &PlanId::from("p"), &query));
        async {
            let window = read.await.unwrap();
            window.rows.iter().map(|row| row.subject.label().replace("@example.com", "")).collect::<Vec<_>>()
        }
    };
    let all = WindowQuery { limit: 10, ..WindowQuery::default() };
    assert_eq!(labels(all.clone()).await, ["zoe", "cyd", "ada"], "in the plan's order");
    let sorted = WindowQuery { sort: Some("label".to_owned()), ..all.clone() };
    assert_eq!(labels(sorted).await, ["ada", "cyd", "zoe"]);
    let search = WindowQuery { search: "joined engineering zo".to_owned(), ..all.clone() };
    assert_eq!(labels(search).await, ["zoe"], "the reason is searched too");
    for (field, value, found) in [
        ("state", "held", vec!["cyd"]),
        ("state", "ready", vec!["zoe", "ada"]),
        ("held_by", "guard", vec!["cyd"]),
        ("kind", "delete_user", vec![]),
        ("reason", "joined_bound_group", vec!["zoe", "cyd", "ada"]),
    ] {
        let filters = vec![FacetChoice { field: field.to_owned(), values: vec![value.to_owned()] }];
        assert_eq!(labels(WindowQuery { filters, ..all.clone() }).await, found, "{field} = {value}");
    }
    let facets = test.store.read(|conn| plans::operation_facets(conn, &PlanId::from("p"))).await.unwrap();
    let counts: Vec<_> =
        facets.iter().map(|facet| (facet.field.as_str(), facet.value.as_str(), facet.count)).collect();
    assert_eq!(
        counts,
        [
            ("kind", "create_user", 3),
            ("held_by", "guard", 1),
            ("held_by", "ready", 2),
            ("reason", "joined_bound_group", 3)
        ]
    );
}
