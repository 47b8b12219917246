//! The harness can see what it is there to see.

use lockstep_e2e::{Home, Key, Locator, Options, Scheme, axe};

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

#[tokio::test]
async fn keys_reach_the_page_as_a_keyboard_sends_them() {
    let home = Home::new().unwrap();
    let app = home.open(Options::default()).await.unwrap();
    let driver = &app.driver;
    driver
        .run(
            "document.body.innerHTML = '<button id=first>First</button><input id=second aria-label=Second>';
             window.pressed = [];
             addEventListener('keydown', event => window.pressed.push((event.ctrlKey ? 'Control+' : '') + event.key));
             document.getElementById('first').addEventListener('click', () => { document.title = 'clicked'; });",
        )
        .await
        .unwrap();
    let focused = async || driver.run("return document.activeElement.id").await.unwrap();

    driver.press(Key::Tab).await.unwrap();
    assert_eq!(focused().await, "first");
    driver.press(Key::Enter).await.unwrap();
    assert_eq!(driver.title().await.unwrap(), "clicked", "Enter clicks the button that has the focus");
    driver.press(Key::Tab).await.unwrap();
    assert_eq!(focused().await, "second");
    driver.write("Ada 1").await.unwrap();
    assert_eq!(driver.run("return document.getElementById('second').value").await.unwrap(), "Ada 1");
    driver.press(Key::BackTab).await.unwrap();
    assert_eq!(focused().await, "first");
    driver.press(Key::Control('k')).await.unwrap();
    driver.press(Key::Down).await.unwrap();
    let pressed = driver.run("return window.pressed.slice(-2).join(' ')").await.unwrap();
    assert_eq!(pressed, "Control+k ArrowDown");

    driver.click(&Locator::button("First")).await.unwrap();
    driver.fill(&Locator::css("#second"), "Grace's").await.unwrap();
    assert_eq!(driver.run("return document.getElementById('second').value").await.unwrap(), "Grace's");
    app.close().await.unwrap();
}

#[tokio::test]
async fn an_app_that_is_dropped_leaves_no_process_behind() {
    let home = Home::new().unwrap();
    let app = home.open(Options::default()).await.unwrap();
    let group = app.process_group();
    let running = processes_of(group);
    for name in ["WebKitWebDriver", "lockstep", "WebKitWebProcess"] {
        // The kernel keeps 15 characters of a name.
        let kept: String = name.chars().take(15).collect();
        assert!(running.contains(&kept), "{name} is not among {running:?}");
    }
    drop(app);
    let left = lockstep_e2e::until("the processes to end", lockstep_e2e::PATIENCE, async || {
        Ok(processes_of(group).is_empty().then_some(()))
    });
    left.await.unwrap();
}

/// Returns the names of a process group's members, as `/proc` lists them; what has ended and waits to be reaped is none.
fn processes_of(group: u32) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        // After the name in parentheses: state, parent, group.
        let Ok(status) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((start, rest)) = status.rsplit_once(')') else { continue };
        let words: Vec<&str> = rest.split_whitespace().collect();
        if words.first() != Some(&"Z") && words.get(2) == Some(&group.to_string().as_str()) {
            found.extend(start.split_once('(').map(|(_, name)| name.to_owned()));
        }
    }
    found
}
