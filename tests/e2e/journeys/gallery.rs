//! Pictures of a large organisation, to be looked at. Run with `--run-ignored only` when a screen was redesigned.

use anyhow::ensure;
use lockstep_e2e::{App, Locator, Options, Scheme, journey};

use crate::steps::{WORK, converged, go_to, page_says, review_plan};

#[tokio::test]
#[ignore = "takes pictures for people, of what other journeys demand"]
async fn a_large_organisation_fits_its_screens() -> anyhow::Result<()> {
    for scheme in [Scheme::Light, Scheme::Dark] {
        journey("gallery", Options { scheme, ..Options::default() }, walk).await?;
    }
    Ok(())
}

async fn walk(app: &App) -> anyhow::Result<()> {
    app.driver.find(&Locator::button("Try it in the sandbox")).await?;
    let started = app
        .driver
        .run_async(
            "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke('start_sandbox', { scenario: 'medium' }).then(view => done({ view }), error => done({ error }));",
        )
        .await?;
    ensure!(started.get("view").is_some(), "the sandbox did not start: {started}");
    app.driver.run("history.replaceState(null, '', '#/'); location.reload();").await?;
    app.driver.find(&Locator::heading("Overview")).await?;
    pictures(app, "huge-reading").await?;
    app.driver.find_within(&Locator::button("Review plan"), WORK).await?;
    pictures(app, "huge-overview").await?;
    review_plan(app).await?;
    pictures(app, "huge-plan").await?;
    app.driver.click(&Locator::button("Approve ")).await?;
    app.driver.find(&Locator::heading("Run ")).await?;
    let under_way = "const status = document.querySelector('[aria-label=Progress] [role=status] b'); return status !== null && Number(status.innerText.replace(/\\D/g, '')) > 20";
    page_says(&app.driver, "the run to send", WORK, under_way).await?;
    pictures(app, "huge-run").await?;
    converged(app).await?;
    for (screen, name) in [
        ("Overview", "huge-overview-after"),
        ("People", "huge-people"),
        ("User groups", "huge-groups"),
        ("Runs", "huge-runs"),
    ] {
        go_to(app, screen).await?;
        page_says(
            &app.driver,
            "the page to settle",
            WORK,
            "return document.querySelector('#main [aria-busy=true]') === null",
        )
        .await?;
        pictures(app, name).await?;
    }
    Ok(())
}

async fn pictures(app: &App, name: &str) -> anyhow::Result<()> {
    app.picture(name, 1920, 1080).await?;
    app.picture(name, 1280, 800).await?;
    Ok(())
}
