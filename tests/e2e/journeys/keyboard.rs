//! The same without a mouse.

use anyhow::ensure;
use lockstep_e2e::{Key, Locator, Options, PATIENCE, journey};

use crate::focus::{focus_is, tab_to};
use crate::steps::{WORK, converged, page_says, text_of};

#[tokio::test]
async fn the_keyboard_alone_reaches_a_converged_sync_and_the_reason_of_an_account() -> anyhow::Result<()> {
    journey("keyboard", Options::default(), async |app| {
        let driver = &app.driver;
        driver.find(&Locator::button("Try it in the sandbox")).await?;
        tab_to(app, "Try it in the sandbox").await?;
        driver.press(Key::Enter).await?;
        driver.find_within(&Locator::button("Review plan"), WORK).await?;
        tab_to(app, "Review plan").await?;
        driver.press(Key::Enter).await?;
        driver.find(&Locator::css("[role=grid] tbody tr[data-row='0'] .pname")).await?;

        // To the filter, to its one row, into the side panel, and back to the row.
        driver.press(Key::Character('/')).await?;
        focus_is(app, "the filter", "active.matches('input[aria-label=\"Filter operations\"]')").await?;
        driver.write("Greta").await?;
        page_says(driver, "one row", PATIENCE, "return document.querySelector('[role=grid]').getAttribute('aria-rowcount') === '2'").await?;
        driver.press(Key::Enter).await?;
        focus_is(app, "a row", "active.closest('[role=grid]') !== null").await?;
        driver.press(Key::Down).await?;
        driver.press(Key::Enter).await?;
        driver.find(&Locator::heading("Before and after")).await?;
        focus_is(app, "the panel", "active.closest('aside') !== null && active.innerText.includes('Greta')").await?;
        driver.press(Key::Escape).await?;
        driver.gone(&Locator::heading("Before and after"), PATIENCE).await?;
        focus_is(app, "the row again", "active.matches('tr[data-row=\"0\"], tr[data-row=\"0\"] *')").await?;
        driver.press(Key::Character('/')).await?;
        driver.press(Key::Escape).await?;
        page_says(driver, "every row", PATIENCE, "return Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount')) > 2").await?;

        // Arrows inside the table, which is one stop of the Tab key.
        driver.press(Key::Escape).await?;
        focus_is(app, "the table", "active.closest('[role=grid]') !== null").await?;
        driver.press(Key::Control('\u{e010}')).await?;
        focus_is(app, "the last row", "Number(active.closest('tr').getAttribute('aria-rowindex')) === Number(active.closest('[role=grid]').getAttribute('aria-rowcount'))").await?;
        tab_to(app, "Approve ").await?;
        driver.press(Key::Enter).await?;
        driver.find(&Locator::heading("Run 1")).await?;
        converged(app).await?;

        // G and a letter goes to a screen; the row of a person opens the page.
        driver.press(Key::Character('g')).await?;
        driver.press(Key::Character('e')).await?;
        driver.find(&Locator::css("[role=grid] tbody tr[data-row='0'] .pname")).await?;
        driver.press(Key::Character('/')).await?;
        focus_is(app, "the filter", "active.matches('main input, #main input')").await?;
        driver.write("Ada Moreau").await?;
        page_says(driver, "one person", PATIENCE, "return document.querySelector('[role=grid]').getAttribute('aria-rowcount') === '2'").await?;
        driver.press(Key::Enter).await?;
        driver.press(Key::Down).await?;
        focus_is(app, "the person", "active.closest('tr[data-row=\"0\"]') !== null").await?;
        driver.press(Key::Enter).await?;
        driver.find(&Locator::text("Both records")).await?;
        let why = text_of(app, "[aria-labelledby=why]").await?;
        ensure!(why.contains("because they are in Engineering"), "the page says {why:?}");

        // The palette finds a screen by its name.
        driver.press(Key::Control('k')).await?;
        driver.find(&Locator::css("[role=dialog] input")).await?;
        driver.write("Runs").await?;
        driver.press(Key::Enter).await?;
        driver.find(&Locator::XPath("//h1[normalize-space(.)='Runs']".to_owned())).await?;
        Ok(())
    })
    .await
}
