//! What screens read after a plan was computed against the sandbox.

use std::collections::BTreeSet;

use lockstep_core::plan::operation::{OperationKind, Subject};
use lockstep_engine::api::views::{ChangeSummary, FacetChoice, PlanView, WindowQuery};
use lockstep_sandbox::ScenarioName;

use super::Connected;

fn all() -> WindowQuery {
    WindowQuery { limit: 200, ..WindowQuery::default() }
}

fn filtered(field: &str, value: &str) -> WindowQuery {
    WindowQuery {
        filters: vec![FacetChoice { field: field.to_owned(), values: vec![value.to_owned()] }],
        ..all()
    }
}

fn facet(plan: &PlanView, field: &str, value: &str) -> u32 {
    let found = plan.facets.iter().find(|facet| facet.field == field && facet.value == value);
    found.map_or(0, |facet| facet.count)
}

#[tokio::test]
async fn a_plans_counts_facets_windows_and_document_agree() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    assert_eq!(engine.latest_plan(id).await.unwrap(), None, "nothing was computed yet");
    let plan = engine.compute_plan(id).await.unwrap();
    assert_eq!(engine.latest_plan(id).await.unwrap().as_ref(), Some(&plan));
    let counts = &plan.counts;
    assert!(counts.all > 0 && counts.ready > 0, "the small organisation has work: {counts:?}");
    assert_eq!(counts.all, counts.create + counts.update + counts.deactivate + counts.delete, "{counts:?}");
    assert_eq!(counts.all, counts.ready + counts.held, "{counts:?}");
    let ready = counts.ready_create + counts.ready_update + counts.ready_deactivate + counts.ready_delete;
    assert_eq!(counts.ready, ready, "{counts:?}");
    let window = engine.plan_operations(&plan.plan_id, &all()).await.unwrap();
    assert_eq!((window.total, window.unfiltered), (counts.all, counts.all));
    for (state, expected) in [("ready", counts.ready), ("held", counts.held)] {
        let shown = engine.plan_operations(&plan.plan_id, &filtered("state", state)).await.unwrap();
        assert_eq!(shown.total, expected, "the filter finds what the count says");
        assert_eq!(facet(&plan, "state", state), expected, "and so does the facet");
    }
    let document = engine.plan_document(&plan.plan_id).await.unwrap();
    assert_eq!(document.operations.len(), counts.all as usize);
    assert_eq!(document.requests.planned, plan.requests as usize);
    let read = lockstep_core::plan::document::PlanDocument::read(&serde_json::to_string(&document).unwrap());
    assert_eq!(read.unwrap(), document, "the file that it is saved to can be read back");
}

#[tokio::test]
async fn every_operation_explains_itself() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let plan = engine.compute_plan(id).await.unwrap();
    let window = engine.plan_operations(&plan.plan_id, &all()).await.unwrap();
    for row in &window.rows {
        let detail = engine.plan_operation(&plan.plan_id, &row.id).await.unwrap();
        assert_eq!(&detail.row, row, "the panel shows the row that was opened");
        assert!(detail.why.len() >= 2, "from a cause to an effect: {detail:?}");
        assert_eq!(detail.held_text.is_some(), row.held_by.is_some(), "{detail:?}");
        assert!(!detail.undo_text.is_empty(), "{detail:?}");
        if row.kind == OperationKind::CreateUser {
            assert_eq!(row.change, ChangeSummary::New);
            assert!(!detail.attributes.is_empty(), "a new account has attributes: {detail:?}");
            assert!(detail.attributes.iter().all(|change| change.before.is_none()), "{detail:?}");
        }
    }
    let missing = engine.plan_operation(&plan.plan_id, &"nothing".into()).await.unwrap_err();
    assert_eq!(missing.code, lockstep_engine::error::ErrorCode::NotFound, "{missing}");
}

#[tokio::test]
async fn a_page_opens_for_everybody_in_the_table_and_agrees_with_the_plan() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let plan = engine.compute_plan(id).await.unwrap();
    let people = engine.people(id, &all()).await.unwrap();
    assert!(people.total > 30, "about 40 people: {}", people.total);
    let mut planned = BTreeSet::new();
    for row in &people.rows {
        let page = engine.person(id, &row.key).await.unwrap();
        assert_eq!(&page.row, row);
        assert!(page.why_title.contains("Why "), "{page:?}");
        assert!(!page.why_text.is_empty() && !page.link_text.is_empty(), "{page:?}");
        assert_eq!(page.plan_id.as_ref(), Some(&plan.plan_id));
        planned.extend(page.operations.iter().map(|operation| operation.id.to_string()));
        let scope = page.path.iter().filter(|group| group.relation == "member" && group.is_bound).count();
        assert_eq!(
            scope, row.scope_group_count as usize,
            "the page draws every group that gives scope: {page:?}"
        );
        // Of an ambiguous person's accounts, the page shows the one that the held operation would link.
        if row.target_state == "absent" && row.situation != "ambiguous" {
            assert_eq!(page.active_in_target, None, "{page:?}");
        }
        let distinct: BTreeSet<&String> = page.causes.iter().collect();
        assert_eq!(distinct.len(), page.causes.len(), "no cause is said twice: {:?}", page.causes);
    }
    let operations = engine.plan_operations(&plan.plan_id, &all()).await.unwrap().rows;
    let about_people: BTreeSet<String> = operations
        .iter()
        .filter(|row| matches!(row.subject, Subject::Person { .. }))
        .map(|row| row.id.to_string())
        .collect();
    assert_eq!(planned, about_people, "every operation on a person is on that person's page");
}

#[tokio::test]
async fn the_overview_counts_what_the_plan_says() {
    let connected = Connected::to(ScenarioName::Small).await;
    let Connected { engine, id, .. } = &connected;
    let before = engine.overview(id).await.unwrap();
    assert_eq!((before.plan, before.read_at), (None, None), "nothing was read yet");
    assert_eq!(before.event_days.len(), 14, "a chart of two weeks has its empty days too");
    let plan = engine.compute_plan(id).await.unwrap();
    let overview = engine.overview(id).await.unwrap();
    assert_eq!(overview.in_step, plan.people_in_step);
    assert!(overview.read_at.is_some(), "both sides were read");
    assert_eq!(overview.directory_users, plan.target.people);
    assert!(overview.planned_new_users > 0, "the small organisation has new people");
    assert_eq!(
        overview.open_conflicts as usize,
        plan.conflicts.iter().filter(|conflict| conflict.decision.is_none()).count()
    );
    assert!(overview.checklist.iter().any(|item| item.name == "first_plan" && item.state == "done"));
    let groups = engine.groups(id).await.unwrap();
    assert_eq!(groups.len(), plan.source.groups as usize, "a row per bound group");
}
