//! Every page: axe finds nothing serious, in light and in dark, and a picture of each lies beside the drawn ones.

use lockstep_e2e::{App, Locator, Options, Scheme, journey};

use crate::steps::{WORK, go_to, page_says, review_plan, start_sandbox};

#[tokio::test]
async fn every_page_is_accessible_in_light() -> anyhow::Result<()> {
    walk(Scheme::Light).await
}

#[tokio::test]
async fn every_page_is_accessible_in_dark() -> anyhow::Result<()> {
    walk(Scheme::Dark).await
}

async fn walk(scheme: Scheme) -> anyhow::Result<()> {
    let name = if scheme == Scheme::Dark { "pages-dark" } else { "pages-light" };
    journey(name, Options { scheme, ..Options::default() }, async |app| {
        app.driver.find(&Locator::button("Try it in the sandbox")).await?;
        look_at(app, "welcome").await?;
        app.driver.click(&Locator::button("Connect JumpCloud and Atlassian")).await?;
        app.driver.find(&Locator::heading("Connect")).await?;
        look_at(app, "connect").await?;
        app.driver.click(&Locator::button("Welcome")).await?;

        start_sandbox(app).await?;
        look_at(app, "overview").await?;
        go_to(app, "Runs").await?;
        app.driver.find(&Locator::text("No runs yet")).await?;
        look_at(app, "runs-empty").await?;
        go_to(app, "Overview").await?;

        review_plan(app).await?;
        look_at(app, "plan-facets").await?;
        app.driver.click(&Locator::css("[role=grid] tbody tr[data-row='0'] td .pname")).await?;
        app.driver.find(&Locator::heading("Before and after")).await?;
        look_at(app, "plan").await?;

        app.driver.click(&Locator::button("Approve ")).await?;
        app.driver.find(&Locator::heading("Run ")).await?;
        crate::steps::converged(app).await?;
        look_at(app, "run-finished").await?;
        for (screen, name) in [
            ("Overview", "overview-after"),
            ("Sandbox", "sandbox"),
            ("Plan", "plan-after"),
            ("Runs", "runs"),
            ("People", "people"),
            ("User groups", "groups"),
            ("Review groups", "review-list"),
            ("Events", "events"),
            ("Settings", "settings"),
        ] {
            go_to(app, screen).await?;
            settled(app).await?;
            look_at(app, name).await?;
        }
        go_to(app, "People").await?;
        app.driver.click(&Locator::css("[role=grid] tbody tr[data-row='0'] td .pname")).await?;
        app.driver.find(&Locator::text("Both records")).await?;
        look_at(app, "person").await?;
        Ok(())
    })
    .await
}

/// Checks the page, and takes its picture at both sizes.
async fn look_at(app: &App, name: &str) -> anyhow::Result<()> {
    app.must_be_accessible(name).await?;
    app.picture(name, 1920, 1080).await?;
    app.picture(name, 1280, 800).await?;
    Ok(())
}

/// Waits until the page has its title and no list is still being read.
async fn settled(app: &App) -> anyhow::Result<()> {
    page_says(
        &app.driver,
        "the page to settle",
        WORK,
        "return document.querySelector('#main h1') !== null && document.querySelector('#main [aria-busy=true]') === null",
    )
    .await?;
    Ok(())
}
