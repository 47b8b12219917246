//! The first thing that anybody sees.

use anyhow::ensure;
use lockstep_e2e::{Locator, Options, Scheme, journey};

#[tokio::test]
async fn the_window_opens_and_says_what_it_is() -> anyhow::Result<()> {
    for scheme in [Scheme::Light, Scheme::Dark] {
        journey("welcome", Options { scheme, ..Options::default() }, async |app| {
            app.driver.find(&Locator::css("h1")).await?;
            ensure!(app.driver.title().await?.contains("Lockstep"), "the title names the app");
            app.must_be_accessible("The first page").await?;
            app.picture("welcome", 1280, 800).await?;
            app.picture("welcome", 1920, 1080).await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}
