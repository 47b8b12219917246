//! The dangerous edges of groups: what is decided is what happens, and what is shown before is what follows.

use anyhow::{Context, ensure};
use lockstep_e2e::{App, Locator, Options, PATIENCE, journey};

use crate::steps::{
    WORK, approve, count_of, go_to, number_in, page_says, panel_with, review_plan, shows, start_sandbox,
    tell_story, text_of,
};

/// A group of the Atlassian organisation that did not come by SCIM.
const LOCAL: &str = "Design";
/// Another one, that new people join by default.
const DEFAULT: &str = "jira-software-users";
/// A SCIM group that somebody else made.
const SCIM: &str = "Product Management";

#[tokio::test]
async fn three_clashes_get_three_decisions_and_the_next_run_does_just_that() -> anyhow::Result<()> {
    journey("review", Options::default(), async |app| {
        start_sandbox(app).await?;
        go_to(app, "Review groups").await?;
        open_row(app, SCIM).await?;
        for (part, named) in [
            ("lose", ["Archive Reader", "Henrik Dahl"]),
            ("gain", ["Fátima El Amrani", "Hannah Goldberg"]),
            ("stay", ["Sofia Andersson", "administrators"]),
        ] {
            app.driver.click(&Locator::css(&format!("aside [role=tab][data-part={part}]"))).await?;
            let panel = panel_with(app, named[0]).await?;
            ensure!(panel.contains(named[1]), "the review does not say {named:?}: {panel}");
        }
        app.must_be_accessible("The review of a group").await?;
        app.picture("review", 1280, 800).await?;
        decide(app, "Take over").await?;
        row_says(app, SCIM, "Take over").await?;

        open_row(app, LOCAL).await?;
        panel_with(app, "Carmen Ruiz").await?;
        decide(app, "Leave alone").await?;
        row_says(app, LOCAL, "Leave alone").await?;

        // A default access group cannot be taken over, and the panel says what to do about it.
        open_row(app, DEFAULT).await?;
        let panel = panel_with(app, "Cannot be synced").await?;
        ensure!(panel.contains("admin.atlassian.com"), "the remedy is not there: {panel}");
        ensure!(!panel.contains("Take over\n"), "it is offered although it cannot be done: {panel}");
        choose(app, "Sync under another name").await?;
        app.driver
            .fill(&Locator::css("aside [role=radiogroup] input:not([type=radio])"), "engineering")
            .await?;
        save(app).await?;
        panel_with(app, "taken").await?;
        app.driver
            .fill(&Locator::css("aside [role=radiogroup] input:not([type=radio])"), "Jira people")
            .await?;
        save(app).await?;
        row_says(app, DEFAULT, "As “Jira people”").await?;
        app.picture("review-decided", 1280, 800).await?;

        go_to(app, "Plan").await?;
        app.driver.find(&Locator::css("[role=grid] tbody tr[data-row='0'] .pname")).await?;
        approve(app).await?;
        go_to(app, "User groups").await?;
        for (group, state) in [(SCIM, "Managed"), (LOCAL, "Left alone"), (DEFAULT, "Managed")] {
            row_says(app, group, state).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn several_clashes_are_decided_at_once_and_one_decision_is_taken_back() -> anyhow::Result<()> {
    journey("bulk", Options::default(), async |app| {
        start_sandbox(app).await?;
        go_to(app, "Review groups").await?;
        for group in [LOCAL, SCIM] {
            app.driver.click(&Locator::css(&format!("[aria-label='Select {group}']"))).await?;
        }
        // What cannot be decided for many is not to be selected.
        let default = app.driver.find(&Locator::css(&format!("[aria-label='Select {DEFAULT}']"))).await?;
        ensure!(!app.driver.is_enabled(&default).await?, "a default access group is decided on its own");
        app.driver.find(&Locator::text("Decide for 2 groups")).await?;
        app.picture("bulk", 1280, 800).await?;
        app.must_be_accessible("Several groups selected").await?;
        bar_button(app, "Take over").await?;
        let dialog = text_of(app, "[role=dialog]").await?;
        for named in [LOCAL, SCIM] {
            ensure!(dialog.contains(named), "the question does not name {named:?}: {dialog}");
        }
        app.picture("bulk-dialog", 1280, 800).await?;
        app.must_be_accessible("A decision for several groups").await?;
        app.driver
            .click(&Locator::XPath(
                "//*[@role='dialog']//button[contains(normalize-space(.), 'Take over 2 groups')]".to_owned(),
            ))
            .await?;
        app.driver.gone(&Locator::css("[role=dialog]"), PATIENCE).await?;
        for group in [LOCAL, SCIM] {
            row_says(app, group, "Take over").await?;
        }

        open_row(app, LOCAL).await?;
        app.driver.click(&Locator::button("Undo decision")).await?;
        row_says(app, LOCAL, "Not decided").await?;
        row_says(app, SCIM, "Take over").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_group_is_unbound_and_just_those_who_were_shown_are_deactivated() -> anyhow::Result<()> {
    const GROUP: &str = "Platform Engineering";
    journey("unbind", Options::default(), async |app| {
        start_sandbox(app).await?;
        review_plan(app).await?;
        approve(app).await?;
        go_to(app, "Plan").await?;
        app.driver.find(&Locator::heading("Plan 2")).await?;

        go_to(app, "User groups").await?;
        open_row(app, GROUP).await?;
        app.driver.find(&Locator::heading(GROUP)).await?;
        let lost = people_in(app, "If unbound now: Would be deactivated").await?;
        let kept = people_in(app, "If unbound now: Keep their account").await?;
        ensure!(!lost.is_empty() && kept == ["Priya Raghavan"], "lost {lost:?}, kept {kept:?}");
        app.must_be_accessible("A group's page").await?;
        app.picture("group", 1280, 800).await?;
        app.driver.click(&Locator::button("Unbind…")).await?;
        let dialog = text_of(app, "[role=dialog]").await?;
        for name in &lost {
            ensure!(dialog.contains(name), "the dialog does not name {name}: {dialog}");
        }
        app.picture("unbind", 1280, 800).await?;
        app.must_be_accessible("Unbinding a group").await?;
        app.driver.click(&Locator::button(&format!("Unbind, deactivating {}", lost.len()))).await?;
        app.driver.gone(&Locator::css("[role=dialog]"), WORK).await?;

        // JumpCloud was told and read again: the plan that follows deactivates exactly these.
        go_to(app, "Plan").await?;
        app.driver.find_within(&Locator::heading("Plan 3"), WORK).await?;
        ensure!(count_of(app, "deactivate").await? == lost.len() as u64, "as many as were shown");
        for name in &lost {
            app.driver.fill(&Locator::css("input[aria-label='Filter operations']"), name).await?;
            shows(app, "1 of ").await?;
            let row = text_of(app, "[role=grid] tbody tr[data-row='0']").await?;
            ensure!(row.contains(name.as_str()) && row.contains("Deactivate"), "{name}: {row}");
        }
        app.driver.fill(&Locator::css("input[aria-label='Filter operations']"), "").await?;
        approve(app).await?;
        go_to(app, "User groups").await?;
        row_says(app, GROUP, "Unbound").await?;
        go_to(app, "People").await?;
        for name in &lost {
            app.driver.fill(&Locator::css("#main input[aria-label^='Filter']"), name).await?;
            row_says(app, name, "Deactivated").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_group_is_deleted_only_after_its_name_is_typed() -> anyhow::Result<()> {
    journey("delete", Options::default(), async |app| {
        start_sandbox(app).await?;
        review_plan(app).await?;
        approve(app).await?;
        go_to(app, "Plan").await?;
        app.driver.find(&Locator::heading("Plan 2")).await?;
        let told = tell_story(app, "delete-group").await?;
        let name = told.strip_suffix(" is deleted in JumpCloud.").context("another story")?.to_owned();
        app.driver.click(&Locator::button("Compute again")).await?;
        app.driver.find_within(&Locator::heading("Plan 3"), WORK).await?;

        // Approving everything does not cover it.
        let approves = app.driver.find_all(&Locator::button("Approve ")).await?;
        ensure!(approves.is_empty(), "nothing else is ready, so that there is nothing to approve");
        app.driver.fill(&Locator::css("input[aria-label='Filter operations']"), &name).await?;
        open_row(app, &name).await?;
        panel_with(app, "Before and after").await?;
        app.driver.click(&Locator::button("Delete too…")).await?;
        let confirm = Locator::button(&format!("Delete {name} with this plan"));
        let field = Locator::css("[role=dialog] input");
        for typed in ["", "Nothing", &name[1..]] {
            app.driver.fill(&field, typed).await?;
            let button = app.driver.find(&confirm).await?;
            ensure!(!app.driver.is_enabled(&button).await?, "{typed:?} is not its name");
        }
        app.picture("delete", 1280, 800).await?;
        app.must_be_accessible("Deleting a group").await?;
        app.driver.fill(&field, &name).await?;
        app.driver.click(&confirm).await?;
        let button = app.driver.find(&Locator::button("Approve ")).await?;
        ensure!(number_in(&app.driver.text(&button).await?)? == 1, "the deletion, and nothing else");
        approve(app).await?;
        let head = text_of(app, "[aria-label=Progress]").await?;
        ensure!(head.contains("1 deleted"), "the run says {head:?}");
        Ok(())
    })
    .await
}

/// Opens a row's side panel or page.
async fn open_row(app: &App, name: &str) -> anyhow::Result<()> {
    let cell = format!("//*[@role='grid']//tr//*[contains(@class, 'pname') and normalize-space(.)='{name}']");
    app.driver.click(&Locator::XPath(cell)).await
}

/// Waits until a row says something.
pub(crate) async fn row_says(app: &App, name: &str, text: &str) -> anyhow::Result<()> {
    let script = format!(
        "return [...document.querySelectorAll('[role=grid] tbody tr')].some(row =>
           [...row.querySelectorAll('.pname')].some(cell => cell.innerText.trim() === '{name}') && row.innerText.includes('{text}'))"
    );
    page_says(&app.driver, &format!("the row of {name} to say {text:?}"), WORK, &script).await?;
    Ok(())
}

/// Chooses an answer in the panel, by its word.
async fn choose(app: &App, word: &str) -> anyhow::Result<()> {
    let radio = format!(
        "//aside//*[@role='radiogroup']//label[starts-with(normalize-space(.), '{word}')]//input[@type='radio']"
    );
    app.driver.click(&Locator::XPath(radio)).await
}

async fn save(app: &App) -> anyhow::Result<()> {
    app.driver.click(&Locator::button("Save decision")).await
}

async fn decide(app: &App, word: &str) -> anyhow::Result<()> {
    choose(app, word).await?;
    save(app).await
}

/// Presses a button of the bar that decides for all that are selected.
async fn bar_button(app: &App, word: &str) -> anyhow::Result<()> {
    let button = format!(
        "//button[starts-with(normalize-space(.), '{word}') and not(ancestor::aside) and not(ancestor::*[@role='grid'])]"
    );
    app.driver.click(&Locator::XPath(button)).await
}

/// Returns the names in a list of people.
async fn people_in(app: &App, label: &str) -> anyhow::Result<Vec<String>> {
    let script = format!(
        "const list = document.querySelector('[aria-label=\"{label}\"]');
         return list ? [...list.querySelectorAll('a')].map(link => link.innerText.trim()) : null"
    );
    let names = page_says(&app.driver, &format!("the list {label:?}"), PATIENCE, &script).await?;
    let names = names.as_array().context("no list")?.iter();
    Ok(names.filter_map(|name| name.as_str().map(str::to_owned)).collect())
}
