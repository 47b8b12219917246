//! A clash is reviewed and decided without a mouse.

use lockstep_e2e::{Key, Locator, Options, PATIENCE, journey};

use crate::focus::{focus_is, tab_to};
use crate::groups::row_says;
use crate::steps::{WORK, page_says};

#[tokio::test]
async fn the_keyboard_alone_decides_a_clash_under_another_name() -> anyhow::Result<()> {
    journey("review-by-keyboard", Options::default(), async |app| {
        let driver = &app.driver;
        driver.find(&Locator::button("Try it in the sandbox")).await?;
        tab_to(app, "Try it in the sandbox").await?;
        driver.press(Key::Enter).await?;
        driver.find_within(&Locator::button("Review plan"), WORK).await?;
        driver.press(Key::Character('g')).await?;
        driver.press(Key::Character('w')).await?;
        driver.find(&Locator::css("[role=grid] tbody tr[data-row='0'] .pname")).await?;

        // To the filter, to the one row that is left, into its panel.
        driver.press(Key::Character('/')).await?;
        focus_is(app, "the filter", "active.matches('input[aria-label=\"Filter groups\"]')").await?;
        driver.write("Design").await?;
        page_says(
            driver,
            "one row",
            PATIENCE,
            "return document.querySelector('[role=grid]').getAttribute('aria-rowcount') === '2'",
        )
        .await?;
        driver.press(Key::Enter).await?;
        focus_is(app, "the table", "active.closest('[role=grid]') !== null").await?;
        driver.press(Key::Down).await?;
        driver.press(Key::Enter).await?;
        driver.find(&Locator::heading("If JumpCloud takes over")).await?;
        focus_is(app, "the panel", "active.closest('aside') !== null").await?;

        // The answers are one stop of the Tab key; the arrows choose among them.
        for _ in 0..60 {
            driver.press(Key::Tab).await?;
            if driver.run("return document.activeElement.matches('aside input[type=radio]')").await? == true {
                break;
            }
        }
        focus_is(app, "the answers", "active.matches('aside input[type=radio]')").await?;
        for _ in 0..5 {
            if driver
                .run("return document.activeElement.value === 'rename' && document.activeElement.checked")
                .await?
                == true
            {
                break;
            }
            driver.press(Key::Down).await?;
        }
        focus_is(app, "the other name", "active.value === 'rename' && active.checked").await?;
        driver.press(Key::Tab).await?;
        focus_is(app, "the name", "active.matches('aside input:not([type=radio])')").await?;
        driver.write("Makers").await?;
        driver.press(Key::Enter).await?;
        row_says(app, "Design", "As “Makers”").await?;

        // Escape leads back to the row.
        driver.press(Key::Escape).await?;
        driver.gone(&Locator::heading("If JumpCloud takes over"), PATIENCE).await?;
        focus_is(app, "the row again", "active.matches('tr[data-row=\"0\"], tr[data-row=\"0\"] *')").await?;
        Ok(())
    })
    .await
}
