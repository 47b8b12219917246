//! Steps that several journeys share: each ends when the window shows what the step is for.

use std::time::Duration;

use anyhow::{Context, ensure};
use lockstep_e2e::{App, Driver, Locator, PATIENCE, until};

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
    page_says(&app.driver, &format!("{screen} to open"), PATIENCE, &current).await?;
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

/// Lets something happen in the sandbox's world, as its screen does; returns the sentence that tells it.
pub(crate) async fn tell_story(app: &App, name: &str) -> anyhow::Result<String> {
    let told = app
        .driver
        .run_async(&format!(
            "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke('tell_sandbox_story', {{ name: '{name}' }}).then(text => done({{ text }}), error => done({{ error }}));"
        ))
        .await?;
    let text = told.get("text").and_then(serde_json::Value::as_str);
    Ok(text.with_context(|| format!("the story was not told: {told}"))?.to_owned())
}

/// Waits for the counter above the table.
pub(crate) async fn shows(app: &App, counter: &str) -> anyhow::Result<()> {
    let script = format!(
        "return [...document.querySelectorAll('[role=status]')].some(each => each.innerText.trim().startsWith('{counter}'))"
    );
    page_says(&app.driver, &format!("the counter to say {counter:?}"), PATIENCE, &script).await?;
    Ok(())
}

/// Waits for a side panel with this text, and returns all of its text.
pub(crate) async fn panel_with(app: &App, text: &str) -> anyhow::Result<String> {
    let script = format!(
        "const panel = [...document.querySelectorAll('aside')].find(each => each.innerText.includes('{text}')); return panel ? panel.innerText : null"
    );
    let panel = page_says(&app.driver, &format!("a panel with {text:?}"), PATIENCE, &script).await?;
    Ok(panel.as_str().unwrap_or_default().to_owned())
}

/// Returns one of the plan's counts, by its word.
pub(crate) async fn count_of(app: &App, word: &str) -> anyhow::Result<u64> {
    let script = format!(
        "const button = [...document.querySelectorAll('[aria-label=\"Operations by kind\"] button')].find(each => each.innerText.includes('{word}')); return button ? button.innerText : null"
    );
    let text = page_says(&app.driver, &format!("the count of {word}"), PATIENCE, &script).await?;
    number_in(text.as_str().unwrap_or_default())
}

/// Returns the number in a text, whatever stands between its digits.
pub(crate) fn number_in(text: &str) -> anyhow::Result<u64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().with_context(|| format!("There is no number in {text:?}"))
}
