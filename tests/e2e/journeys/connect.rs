//! Connecting by the form: bad input gets a sentence and loses nothing; a real connection outlives the window.

use anyhow::ensure;
use lockstep_e2e::{App, Home, Locator, Options, PATIENCE, journey};
use lockstep_sandbox::{Access, Sandbox, SandboxOptions};

use crate::steps::{WORK, approve, go_to, page_says, review_plan, text_of};

#[tokio::test]
async fn bad_input_gets_a_sentence_and_nothing_typed_is_lost() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let access = sandbox.access();
    journey("connect-bad", Options::default(), async |app| {
        app.driver.click(&Locator::button("Connect JumpCloud and Atlassian")).await?;
        app.driver.find(&Locator::css("input[name=name]")).await?;

        // What can be seen without asking anybody.
        other_address(app, "console.jumpcloud.com").await?;
        fill(app, "jumpcloudKey", "a-key").await?;
        app.driver.click(&Locator::button("Find applications")).await?;
        app.driver.find(&Locator::text("This is no web address")).await?;
        fill(app, "jumpcloudUrl", "http://console.example.com").await?;
        app.driver.click(&Locator::button("Find applications")).await?;
        app.driver.find(&Locator::text("Only https is accepted")).await?;
        fill(app, "scimUrl", "https://api.atlassian.com/admin").await?;
        app.driver.click(&Locator::button("Test the connection")).await?;
        app.driver.find(&Locator::text("This is not a SCIM base URL")).await?;
        app.driver.find(&Locator::text("Give the connection a name")).await?;

        // What only JumpCloud knows: the key is refused, and the sentence says so.
        fill(app, "jumpcloudUrl", &access.jumpcloud_url).await?;
        app.driver.click(&Locator::button("Find applications")).await?;
        let refused =
            "const panel = document.querySelector('[role=alert]'); return panel ? panel.innerText : null";
        let sentence = page_says(&app.driver, "the refusal", PATIENCE, refused).await?.to_string();
        ensure!(sentence.to_lowercase().contains("key"), "it says only {sentence}");
        app.picture("connect-refused", 1280, 800).await?;
        app.must_be_accessible("The form with errors").await?;
        ensure!(!text_of(app, "body").await?.contains("a-key"), "a key is shown");

        // What only Atlassian knows: a test has a line for each check, and says what to do.
        fill(app, "jumpcloudKey", &access.jumpcloud_api_key).await?;
        app.driver.click(&Locator::button("Find applications")).await?;
        choose_application(app).await?;
        fill(app, "name", "Halden").await?;
        fill(app, "scimUrl", &access.scim_url).await?;
        fill(app, "scimKey", "not-the-key").await?;
        app.driver.click(&Locator::button("Test the connection")).await?;
        app.driver.find(&Locator::text("Not everything answers yet")).await?;
        app.picture("connect-tested", 1280, 800).await?;
        app.must_be_accessible("A test that failed").await?;

        // Nothing typed is lost, neither by that nor by going away and back; keys stay on the page only.
        let typed = [
            ("name", "Halden"),
            ("jumpcloudUrl", access.jumpcloud_url.as_str()),
            ("scimUrl", access.scim_url.as_str()),
        ];
        for (name, value) in typed.into_iter().chain([("scimKey", "not-the-key")]) {
            value_is(app, name, value).await?;
        }
        app.driver.click(&Locator::button("Welcome")).await?;
        app.driver.click(&Locator::button("Connect JumpCloud and Atlassian")).await?;
        for (name, value) in typed {
            value_is(app, name, value).await?;
        }
        value_is(app, "scimKey", "").await
    })
    .await?;
    sandbox.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_connection_and_its_history_outlive_the_window() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let home = Home::new()?;
    for (name, visit) in [("restart-before", true), ("restart-after", false)] {
        let app = home.open(Options::default()).await?;
        let walked =
            if visit { connect_and_sync(&app, sandbox.access()).await } else { find_history(&app).await };
        if let Err(error) = walked {
            return Err(app.describe_failure(name, error).await);
        }
        app.close().await?;
    }
    sandbox.stop().await;
    Ok(())
}

async fn connect_and_sync(app: &App, access: Access) -> anyhow::Result<()> {
    app.driver.click(&Locator::button("Connect JumpCloud and Atlassian")).await?;
    fill(app, "name", "Halden").await?;
    other_address(app, &access.jumpcloud_url).await?;
    fill(app, "jumpcloudKey", &access.jumpcloud_api_key).await?;
    app.driver.click(&Locator::button("Find applications")).await?;
    choose_application(app).await?;
    // Copied with the slash that a browser adds.
    fill(app, "scimUrl", &format!("{}/", access.scim_url)).await?;
    fill(app, "scimKey", &access.scim_token).await?;
    fill(app, "domains", "halden.example").await?;
    app.driver.click(&Locator::button("Test the connection")).await?;
    app.driver.find(&Locator::text("Everything answers")).await?;
    app.driver.click(&Locator::button("Save the connection")).await?;
    app.driver.click(&Locator::button("Read both sides")).await?;
    app.driver.find_within(&Locator::button("Review plan"), WORK).await?;
    review_plan(app).await?;
    approve(app).await
}

async fn find_history(app: &App) -> anyhow::Result<()> {
    app.driver.find(&Locator::text("Last run 1")).await?;
    app.driver.gone(&Locator::text("key missing"), PATIENCE).await?;
    go_to(app, "Runs").await?;
    let row = text_of(app, "[role=grid] tbody tr[data-row='0']").await?;
    ensure!(row.contains("Run 1") && row.contains("Success"), "the list of runs says {row:?}");
    go_to(app, "Events").await?;
    app.driver.find(&Locator::text("user_create_provision")).await?;
    // The keys are still there: both sides can be read again.
    go_to(app, "Plan").await?;
    let before = text_of(app, "h1").await?;
    app.driver.click(&Locator::button("Compute again")).await?;
    let script = format!(
        "const title = document.querySelector('h1').innerText; return title !== '{before}' && title.startsWith('Plan ')"
    );
    page_says(&app.driver, "a newer plan", WORK, &script).await?;
    Ok(())
}

async fn fill(app: &App, name: &str, text: &str) -> anyhow::Result<()> {
    app.driver.fill(&Locator::css(&format!("[name={name}]")), text).await
}

/// Chooses the region that asks for an address, and writes the address.
async fn other_address(app: &App, url: &str) -> anyhow::Result<()> {
    app.driver
        .click(&Locator::XPath("//label[normalize-space(.)='Region']/following::input[1]".to_owned()))
        .await?;
    app.driver
        .click(&Locator::XPath("//*[@role='option'][normalize-space(.)='Another address']".to_owned()))
        .await?;
    fill(app, "jumpcloudUrl", url).await
}

/// Two of the sandbox's applications are Atlassian's, so that a person chooses.
async fn choose_application(app: &App) -> anyhow::Result<()> {
    let field = "//label[normalize-space(.)='SSO application']/following::input[1]";
    app.driver.click(&Locator::XPath(field.to_owned())).await?;
    app.driver
        .click(&Locator::XPath("//*[@role='option'][normalize-space(.)='Atlassian Cloud']".to_owned()))
        .await
}

async fn value_is(app: &App, name: &str, value: &str) -> anyhow::Result<()> {
    let element = app.driver.find(&Locator::css(&format!("[name={name}]"))).await?;
    let held = app.driver.run_on("return arguments[0].value", &element).await?;
    ensure!(held == value, "{name} holds {held}");
    Ok(())
}
