//! The harness can see what it is there to see.

use lockstep_e2e::{Home, Options, Scheme, axe};

#[tokio::test]
async fn axe_finds_an_image_without_a_description() {
    let home = Home::new().unwrap();
    let app = home.open(Options::default()).await.unwrap();
    app.driver
        .run("const image = document.createElement('img'); image.src = 'missing.png'; document.body.append(image);")
        .await
        .unwrap();
    let found = axe::violations(&app.driver).await.unwrap();
    assert!(found.iter().any(|violation| violation.rule == "image-alt"), "axe found only {found:?}");
    app.close().await.unwrap();
}

#[tokio::test]
async fn the_window_follows_the_scheme_of_the_system() {
    for (scheme, dark) in [(Scheme::Light, false), (Scheme::Dark, true)] {
        let home = Home::new().unwrap();
        let app = home.open(Options { scheme, ..Options::default() }).await.unwrap();
        let prefers_dark =
            app.driver.run("return matchMedia('(prefers-color-scheme: dark)').matches").await.unwrap();
        assert_eq!(prefers_dark, dark, "{scheme:?}");
        app.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_script_from_elsewhere_is_refused() {
    let home = Home::new().unwrap();
    let app = home.open(Options::default()).await.unwrap();
    let blocked = app
        .driver
        .run_async(
            "const done = arguments[arguments.length - 1];
             document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective), { once: true });
             const script = document.createElement('script');
             script.src = 'https://example.com/a.js';
             document.body.append(script);",
        )
        .await
        .unwrap();
    assert_eq!(blocked, "script-src-elem", "the content security policy names what it refused");
    app.close().await.unwrap();
}
