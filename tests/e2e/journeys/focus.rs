//! Where the keyboard is.

use anyhow::{bail, ensure};
use lockstep_e2e::{App, Key, PATIENCE};

use crate::steps::page_says;

/// Presses Tab until something with this text has the focus, and demands that the focus can be seen there.
pub(crate) async fn tab_to(app: &App, text: &str) -> anyhow::Result<()> {
    const MOST_STOPS: usize = 60;
    let script = format!(
        "const active = document.activeElement;
         return active !== document.body && active.matches('button, a') && active.innerText.includes('{text}')
           ? getComputedStyle(active).outlineStyle !== 'none' && parseFloat(getComputedStyle(active).outlineWidth) >= 2 : null"
    );
    for _ in 0..MOST_STOPS {
        app.driver.press(Key::Tab).await?;
        match app.driver.run(&script).await? {
            serde_json::Value::Null => {}
            seen => {
                ensure!(seen == true, "the focus on {text:?} cannot be seen");
                return Ok(());
            }
        }
    }
    bail!("{MOST_STOPS} stops did not reach {text:?}")
}

/// Waits until the focus fulfils a condition on `active`.
pub(crate) async fn focus_is(app: &App, where_: &str, condition: &str) -> anyhow::Result<()> {
    let script = format!("const active = document.activeElement; return active !== null && {condition}");
    page_says(&app.driver, &format!("the focus to be on {where_}"), PATIENCE, &script).await?;
    Ok(())
}
