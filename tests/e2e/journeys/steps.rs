//! Steps that several journeys share: each ends when the window shows what the step is for.

use std::time::Duration;

use anyhow::{Context, ensure};
use lockstep_e2e::{App, Driver, Locator, until};

/// A reading of both sides, or a whole run, in the small sandbox.
pub(crate) const WORK: Duration = Duration::from_secs(60);

/// Waits until the script returns something that is neither `false` nor `null`, and returns it.
pub(crate) async fn page_says(
    driver: &Driver,
    what: &str,
    patience: Duration,
    script: &str,
) -> anyhow::Result<serde_json::Value> {
    until(what, patience, async || {
        let answer = driver.run(script).await?;
        Ok((!answer.is_null() && answer != false).then_some(answer))
    })
    .await
}

/// From the first page to an overview whose plan waits.
pub(crate) async fn start_sandbox(app: &App) -> anyhow::Result<()> {
    app.driver.click(&Locator::button("Try it in the sandbox")).await?;
    app.driver.find_within(&Locator::button("Review plan"), WORK).await?;
    Ok(())
}

/// From the overview to the plan's table.
pub(crate) async fn review_plan(app: &App) -> anyhow::Result<()> {
    app.driver.click(&Locator::button("Review plan")).await?;
    app.driver.find(&Locator::heading("Plan ")).await?;
    app.driver.find(&Locator::css("[role=grid] tbody tr[data-row='0'] .pname")).await?;
    Ok(())
}

/// Approves the plan and waits until its run has ended as it should.
pub(crate) async fn approve(app: &App) -> anyhow::Result<()> {
    app.driver.click(&Locator::button("Approve ")).await?;
    app.driver.find(&Locator::heading("Run ")).await?;
    converged(app).await
}

/// Waits until the run on the screen has ended, and demands that it converged.
pub(crate) async fn converged(app: &App) -> anyhow::Result<()> {
    let over = "const status = document.querySelector('[aria-label=Progress] [role=status]');
                return status !== null && status.innerText.includes(' done') ? document.querySelector('header .badge').innerText : null";
    let result = page_says(&app.driver, "the run to end", WORK, over).await?;
    ensure!(result == "Success", "the run ended with {result}");
    app.driver.find(&Locator::text("0 differences")).await?;
    Ok(())
}

/// Goes to a screen by the navigation.
pub(crate) async fn go_to(app: &App, screen: &str) -> anyhow::Result<()> {
    let link = format!("//nav[@aria-label='Main']//a[contains(normalize-space(.), '{screen}')]");
    app.driver.click(&Locator::XPath(link)).await?;
    let current = format!(
        "const link = document.querySelector('nav[aria-label=Main] a[aria-current=page]'); return link !== null && link.innerText.includes('{screen}')"
    );
    page_says(&app.driver, &format!("{screen} to open"), lockstep_e2e::PATIENCE, &current).await?;
    Ok(())
}

/// Returns the text of the first element that fits.
pub(crate) async fn text_of(app: &App, selector: &str) -> anyhow::Result<String> {
    let element = app.driver.find(&Locator::css(selector)).await?;
    app.driver.text(&element).await.with_context(|| format!("{selector} has no text"))
}

/// Opens a person's page from the list of people.
pub(crate) async fn open_person(app: &App, name: &str) -> anyhow::Result<()> {
    let row = format!("//*[@role='grid']//tr//*[contains(@class, 'pname') and normalize-space(.)='{name}']");
    app.driver.click(&Locator::XPath(row)).await?;
    app.driver.find(&Locator::text("Both records")).await?;
    Ok(())
}
