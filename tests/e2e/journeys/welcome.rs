//! The first thing that anybody sees.

use lockstep_e2e::{Home, Locator, Options, Scheme};

#[tokio::test]
async fn the_window_opens_and_says_what_it_is() {
    for scheme in [Scheme::Light, Scheme::Dark] {
        let home = Home::new().unwrap();
        let app = home.open(Options { scheme, ..Options::default() }).await.unwrap();
        app.driver.find(&Locator::css("h1")).await.unwrap();
        assert!(app.driver.title().await.unwrap().contains("Lockstep"));
        app.must_be_accessible("The first page").await.unwrap();
        app.picture("welcome", 1280, 800).await.unwrap();
        app.picture("welcome", 1920, 1080).await.unwrap();
        app.close().await.unwrap();
    }
}
