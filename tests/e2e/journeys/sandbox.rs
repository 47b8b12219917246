//! The sandbox from the first click to a person's page, with the mouse.

use anyhow::ensure;
use lockstep_e2e::{App, Locator, Options, PATIENCE, journey};

use crate::steps::{
    WORK, approve, converged, count_of, go_to, number_in, open_person, page_says, panel_with, review_plan,
    shows, start_sandbox, tell_story, text_of,
};

#[tokio::test]
async fn three_clicks_reach_a_converged_sync() -> anyhow::Result<()> {
    journey("three-clicks", Options::default(), async |app| {
        app.driver.click(&Locator::button("Try it in the sandbox")).await?;
        app.driver.find_within(&Locator::button("Review plan"), WORK).await?;
        app.driver.click(&Locator::button("Review plan")).await?;
        app.driver.click(&Locator::button("Approve ")).await?;
        app.driver.find(&Locator::heading("Run 1")).await?;
        converged(app).await
    })
    .await
}

#[tokio::test]
async fn what_is_approved_is_what_is_sent_and_what_the_history_says() -> anyhow::Result<()> {
    journey("sandbox", Options::default(), async |app| {
        start_sandbox(app).await?;
        review_plan(app).await?;
        let button = app.driver.find(&Locator::button("Approve ")).await?;
        let approved = number_in(&app.driver.text(&button).await?)?;
        let held = count_of(app, "held").await?;
        ensure!(approved + held == count_of(app, "all").await?, "what is not held is approved");

        approve(app).await?;
        let done = text_of(app, "[aria-label=Progress] [role=status]").await?;
        ensure!(done.contains(&format!("of {approved} operations done")), "the run says {done:?}");
        let counts = text_of(app, "[aria-label=Progress]").await?;
        ensure!(counts.contains(&format!("{held} held, not part of this run")), "the run says {counts:?}");

        go_to(app, "Runs").await?;
        let row = text_of(app, "[role=grid] tbody tr[data-row='0']").await?;
        ensure!(row.contains("Run 1") && row.contains("Success"), "the list of runs says {row:?}");

        // What was held is all that the next plan, which is computed by itself, holds again.
        go_to(app, "Plan").await?;
        app.driver.find(&Locator::heading("Plan 2")).await?;
        app.driver.find(&Locator::text("Nothing is ready")).await?;
        ensure!(count_of(app, "all").await? == held, "a second plan has nothing new");

        go_to(app, "Events").await?;
        app.driver.find(&Locator::text("user_create_provision")).await?;
        go_to(app, "People").await?;
        open_person(app, "Ada Moreau").await?;
        let why = text_of(app, "[aria-labelledby=why]").await?;
        ensure!(why.contains("Why Ada Moreau stays active"), "the page says {why:?}");
        ensure!(why.contains("because they are in Engineering"), "the page says {why:?}");
        ensure!(why.contains("Would be deactivated if"), "the page says {why:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_plan_is_filtered_and_each_operation_says_why_it_is_there() -> anyhow::Result<()> {
    journey("plan", Options::default(), async |app| {
        start_sandbox(app).await?;
        review_plan(app).await?;
        let all = count_of(app, "all").await?;
        let held = count_of(app, "held").await?;

        toggle_facet(app, "State", "Held").await?;
        shows(app, &format!("{held} of {all} operations")).await?;
        toggle_facet(app, "State", "Held").await?;
        shows(app, &format!("{all} operations")).await?;
        app.driver.fill(&Locator::css("input[aria-label='Filter operations']"), "Greta").await?;
        shows(app, &format!("1 of {all} operations")).await?;

        app.driver.click(&Locator::css("[role=grid] tbody tr[data-row='0'] .pname")).await?;
        let panel = panel_with(app, "Before and after").await?;
        for part in
            ["Greta Lindqvist", "Why", "Domain not verified", "What would change it", "Now in Atlassian"]
        {
            ensure!(panel.contains(part), "{part:?} is not in the panel: {panel:?}");
        }
        app.driver.click(&Locator::button("Open person")).await?;
        app.driver.find(&Locator::text("Both records")).await?;
        let why = text_of(app, "[aria-labelledby=why]").await?;
        ensure!(why.contains("Greta Lindqvist"), "the page says {why:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_mistake_in_jumpcloud_is_held_by_a_guard_and_sent_only_after_an_override() -> anyhow::Result<()> {
    journey("guard", Options::default(), async |app| {
        start_sandbox(app).await?;
        review_plan(app).await?;
        approve(app).await?;
        go_to(app, "Plan").await?;
        app.driver.find(&Locator::heading("Plan 2")).await?;

        tell_story(app, "suspend-many").await?;
        app.driver.click(&Locator::button("Compute again")).await?;
        app.driver.find_within(&Locator::heading("Plan 3"), WORK).await?;
        let banner = app.driver.find(&Locator::button("Show the ")).await?;
        let held = number_in(&app.driver.text(&banner).await?)?;
        ensure!(held == count_of(app, "deactivate").await?, "the guard holds every deactivation");
        app.picture("guard", 1280, 800).await?;
        app.must_be_accessible("A plan under a guard").await?;
        app.driver.click(&Locator::button("Show the ")).await?;
        shows(app, &format!("{held} of ")).await?;
        app.driver.gone(&Locator::button("Approve "), PATIENCE).await?;

        app.driver.click(&Locator::button("Override…")).await?;
        app.driver.find(&Locator::css("[role=dialog]")).await?;
        app.picture("override", 1280, 800).await?;
        app.must_be_accessible("The override").await?;
        app.driver
            .fill(&Locator::css("[role=dialog] textarea, [role=dialog] input"), "The team has left")
            .await?;
        app.driver.click(&Locator::button("Override for this plan")).await?;
        app.driver.find(&Locator::button(&format!("Approve {held} operations"))).await?;
        approve(app).await?;
        let head = text_of(app, "[aria-label=Progress]").await?;
        ensure!(head.contains(&format!("{held} deactivated")), "the run says {head:?}");
        ensure!(head.contains("The team has left"), "the run says {head:?}");
        Ok(())
    })
    .await
}

async fn toggle_facet(app: &App, group: &str, option: &str) -> anyhow::Result<()> {
    app.driver
        .click(&Locator::XPath(format!(
            "//aside[@aria-label='Filters']//section[h2[normalize-space(.)='{group}']]//label[contains(normalize-space(.), '{option}')]//input"
        )))
        .await
}

#[tokio::test]
async fn a_run_shows_how_far_it_is_and_stops_when_it_is_told_to() -> anyhow::Result<()> {
    journey("stop", Options::default(), async |app| {
        start_sandbox(app).await?;
        review_plan(app).await?;
        let button = app.driver.find(&Locator::button("Approve ")).await?;
        let approved = number_in(&app.driver.text(&button).await?)?;
        faults(app, "['slow:ms=4000,side=scim,method=POST']").await?;
        app.driver.click(&Locator::button("Approve ")).await?;
        app.driver.find(&Locator::heading("Run 1")).await?;

        // Some are done and some wait: the run is under way, and says so while it is.
        let under_way = "const done = document.querySelector('[aria-label=Progress] [role=status] b');
                         return done !== null && Number(done.innerText) > 0 && document.querySelector('header .badge').innerText === 'Sending'";
        page_says(&app.driver, "the run to send", WORK, under_way).await?;
        app.picture("run", 1280, 800).await?;
        app.driver.click(&Locator::button("Stop")).await?;
        let over = "const badge = document.querySelector('header .badge'); return badge.innerText === 'Stopped' ? document.querySelector('[aria-label=Progress] [role=status] b').innerText : null";
        let done = page_says(&app.driver, "the run to stop", WORK, over).await?;
        let done = number_in(done.as_str().unwrap_or_default())?;
        ensure!(done > 0 && done < approved, "{done} of {approved} were done when it stopped");
        app.picture("run-stopped", 1280, 800).await?;
        app.must_be_accessible("A stopped run").await?;

        // What is done stays done; the next plan has the rest.
        faults(app, "[]").await?;
        go_to(app, "Plan").await?;
        app.driver.click(&Locator::button("Compute again")).await?;
        let rest = format!("Approve {} operation", approved - done);
        app.driver.find_within(&Locator::button(&rest), WORK).await?;
        approve(app).await
    })
    .await
}

async fn faults(app: &App, specs: &str) -> anyhow::Result<()> {
    let set = app
        .driver
        .run_async(&format!(
            "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke('set_sandbox_faults', {{ faults: {specs} }}).then(view => done({{ view }}), error => done({{ error }}));"
        ))
        .await?;
    ensure!(set.get("view").is_some(), "the faults were not set: {set}");
    Ok(())
}
