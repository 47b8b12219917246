//! Single sign-on: a person signs in to JumpCloud's page, and Atlassian's page takes the answer or says what it shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockstep_sandbox::Change;
use serde_json::{Value, json};

use crate::support::{Bench, text};

const ADA: &str = "ada.moreau@halden.example";
/// The path of the Atlassian application's IdP URL in the small organisation.
const IDP: &str = "/saml2/halden-atlassiancloud";

/// A page: its status, what it says happened, and its text.
struct Page {
    status: u16,
    outcome: String,
    html: String,
    location: String,
}

impl Page {
    /// The value of a field of its form.
    fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) =
            self.html.split_once(&mark).unwrap_or_else(|| panic!("no field {name} in {}", self.html));
        unescape(rest.split('"').next().unwrap())
    }

    fn action(&self) -> String {
        unescape(self.html.split_once("action=\"").unwrap().1.split('"').next().unwrap())
    }
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

async fn page(bench: &Bench, method: &str, path: &str, form: &[(&str, &str)]) -> Page {
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("{}{path}", bench.access.jumpcloud_url);
    let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = client
        .request(reqwest::Method::from_bytes(method.as_bytes()).unwrap(), url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", &bench.access.jumpcloud_url)
        .body(body);
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let location = answer.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
    let html = answer.text().await.unwrap();
    let outcome = html.split_once("data-outcome=\"").map_or("", |(_, rest)| rest.split('"').next().unwrap());
    Page { status, outcome: unescape(outcome), location, html }
}

/// The Atlassian application as JumpCloud's API gives it.
async fn application(bench: &Bench) -> Value {
    bench.jumpcloud("GET", &format!("/api/applications/{}", bench.access.application), None).await.body
}

fn setting<'a>(application: &'a Value, key: &str) -> &'a str {
    text(application, &format!("/config/{key}/value"))
}

fn pem(application: &Value) -> String {
    String::from_utf8(STANDARD.decode(setting(application, "idpCertificate")).unwrap()).unwrap()
}

/// Saves on Atlassian's side what JumpCloud's application says, and lets people sign in with it.
async fn set_up(bench: &Bench, certificate: &str) {
    let application = application(bench).await;
    let world = bench.sandbox.world();
    world
        .change(&Change::SaveSaml {
            entity_id: setting(&application, "idpEntityId").to_owned(),
            sso_url: text(&application, "/ssoUrl").to_owned(),
            certificate: certificate.to_owned(),
        })
        .unwrap();
    world.change(&Change::EnforceSso { emails: vec![ADA.to_owned()], enforced: true }).unwrap();
}

/// Signs somebody in from JumpCloud's side; returns the page with the answer.
async fn answer(bench: &Bench, person: &str) -> Page {
    page(bench, "POST", IDP, &[("person", person)]).await
}

/// Posts an answer to Atlassian.
async fn consume(bench: &Bench, answer: &Page, response: &str) -> Page {
    page(bench, "POST", &answer.action(), &[("SAMLResponse", response)]).await
}

async fn sign_in(bench: &Bench, person: &str) -> String {
    let answer = answer(bench, person).await;
    assert_eq!(answer.outcome, "answered", "{}", answer.html);
    consume(bench, &answer, &answer.field("SAMLResponse")).await.outcome
}

fn xml(answer: &Page) -> String {
    String::from_utf8(STANDARD.decode(answer.field("SAMLResponse")).unwrap()).unwrap()
}

#[tokio::test]
async fn a_wrong_certificate_shows_invalid_thumbprint_and_the_right_one_signs_in() {
    let bench = Bench::small().await;
    let other = bench.jumpcloud("GET", "/api/applications?filter[0]=name:$eq:slack", None).await.body;
    set_up(&bench, &pem(&other["results"][0])).await;
    let answered = answer(&bench, "ada.moreau").await;
    let refused = consume(&bench, &answered, &answered.field("SAMLResponse")).await;
    assert_eq!((refused.status, refused.outcome.as_str()), (403, "Invalid thumbprint"));
    assert!(
        refused.html.contains("error=access_denied&amp;error_description=Invalid%20thumbprint"),
        "as Atlassian's address says it: {}",
        refused.html
    );
    set_up(&bench, &pem(&application(&bench).await)).await;
    assert_eq!(sign_in(&bench, "ada.moreau").await, "signed-in");
    let sign_ins: Vec<String> = bench
        .sandbox
        .world()
        .dump()
        .organisation
        .saml
        .sign_ins
        .iter()
        .map(|sign_in| sign_in.outcome.clone())
        .collect();
    assert_eq!(sign_ins, ["Invalid thumbprint", "signed-in"]);
}

#[tokio::test]
async fn a_certificate_with_its_line_ends_written_out_breaks_the_log_in() {
    let bench = Bench::small().await;
    let pem = pem(&application(&bench).await);
    set_up(&bench, &pem.replace('\n', "\\x0a")).await;
    assert_eq!(sign_in(&bench, "ada.moreau").await, "Invalid thumbprint");
    set_up(&bench, &pem.replace('\n', "\r\n")).await;
    assert_eq!(sign_in(&bench, "ada.moreau").await, "signed-in", "plain line ends do no harm");
}

#[tokio::test]
async fn a_sign_in_that_starts_at_atlassian_goes_there_and_back() {
    let bench = Bench::small().await;
    set_up(&bench, &pem(&application(&bench).await)).await;
    let sent = page(&bench, "POST", "/login", &[("email", ADA)]).await;
    assert_eq!(sent.status, 303);
    assert!(sent.location.starts_with(&format!("{IDP}?SAMLRequest=")), "{}", sent.location);
    let asked = page(&bench, "GET", &sent.location, &[]).await;
    assert_eq!(asked.outcome, "choose");
    let request = asked.field("SAMLRequest");
    let form = [("person", ADA), ("SAMLRequest", request.as_str()), ("RelayState", "there")];
    let answered = page(&bench, "POST", IDP, &form).await;
    assert_eq!(answered.field("RelayState"), "there");
    assert!(xml(&answered).contains("InResponseTo=\"_"), "it answers the request");
    let response = answered.field("SAMLResponse");
    assert_eq!(consume(&bench, &answered, &response).await.outcome, "signed-in");
    let again = consume(&bench, &answered, &response).await;
    assert_eq!(again.outcome, "InResponseTo is unknown", "an answer counts once");
}

#[tokio::test]
async fn each_wrong_setting_has_its_own_outcome() {
    let bench = Bench::small().await;
    let original = application(&bench).await;
    set_up(&bench, &pem(&original)).await;
    let acs =
        "https://auth.atlassian.com/login/callback?connection=saml-00000000-0000-4000-8000-000000000000";
    let cases = [
        ("idpEntityId", "somebody-else", "Issuer is invalid"),
        ("spEntityId", "https://auth.atlassian.com/saml/other", "Audience is invalid"),
        ("acsUrl", acs, "connection-not-found"),
        ("subjectField", "username", "authentication-policy-strategy-mismatch"),
    ];
    let path = format!("/api/applications/{}", bench.access.application);
    for (key, value, outcome) in cases {
        let mut changed = original.clone();
        changed["config"][key]["value"] = json!(value);
        assert_eq!(bench.jumpcloud("PUT", &path, Some(changed)).await.status, 200);
        assert_eq!(sign_in(&bench, "ada.moreau").await, outcome, "{key}");
    }
    let mut changed = original.clone();
    changed["config"]["acsUrl"]["value"] = json!("https://auth.atlassian.example/login");
    bench.jumpcloud("PUT", &path, Some(changed)).await;
    assert_eq!(answer(&bench, "ada.moreau").await.outcome, "no-acs", "the answer would go elsewhere");
    bench.jumpcloud("PUT", &path, Some(original)).await;
    assert_eq!(sign_in(&bench, "ada.moreau").await, "signed-in", "the settings of before do again");
    for seconds in [-3600, 3600] {
        bench.sandbox.world().change(&Change::SetIdpClock { seconds }).unwrap();
        assert_eq!(sign_in(&bench, "ada.moreau").await, "Assertion is expired or not yet valid", "{seconds}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_left_out_is_made_anew_and_one_that_is_sent_back_stays() {
    let bench = Bench::small().await;
    let original = application(&bench).await;
    set_up(&bench, &pem(&original)).await;
    let path = format!("/api/applications/{}", bench.access.application);
    let same = bench.jumpcloud("PUT", &path, Some(original.clone())).await.body;
    assert_eq!(setting(&same, "idpCertificate"), setting(&original, "idpCertificate"));
    assert_eq!(same["sso"]["idpCertExpirationAt"], original["sso"]["idpCertExpirationAt"]);
    assert_eq!(sign_in(&bench, "ada.moreau").await, "signed-in");
    let mut without = original.clone();
    without["config"].as_object_mut().unwrap().remove("idpCertificate");
    let anew = bench.jumpcloud("PUT", &path, Some(without)).await.body;
    assert_ne!(setting(&anew, "idpCertificate"), setting(&original, "idpCertificate"));
    assert_eq!(sign_in(&bench, "ada.moreau").await, "Invalid thumbprint", "nobody can sign in any more");
    set_up(&bench, &pem(&anew)).await;
    assert_eq!(sign_in(&bench, "ada.moreau").await, "signed-in", "until the new one is saved");
}

#[tokio::test]
async fn what_was_changed_after_signing_is_refused() {
    let bench = Bench::small().await;
    set_up(&bench, &pem(&application(&bench).await)).await;
    let answered = answer(&bench, "tomasz.wisniewski").await;
    let honest = xml(&answered);
    let outcome = async |xml: String| consume(&bench, &answered, &STANDARD.encode(xml)).await.outcome;
    let person = "tomasz.wisniewski@halden.example";
    let (before, signature) = honest.split_once("<ds:Signature ").unwrap();
    let (signature, after) = signature.split_once("</ds:Signature>").unwrap();
    let assertion = honest.split_once("<saml:Assertion").unwrap().1;
    let cases = [
        ("another person", honest.replace(person, ADA), "Invalid signature"),
        ("no signature", format!("{before}{after}"), "Signature is missing"),
        (
            "two assertions",
            honest.replace("</samlp:Response>", &format!("<saml:Assertion{assertion}")),
            "Malformed SAML response",
        ),
        ("a comment", honest.replace("@halden", "<!---->@halden"), "Malformed SAML response"),
        ("a DTD", format!("<!DOCTYPE x>{honest}"), "Malformed SAML response"),
        ("SHA-1", honest.replace("xmldsig-more#rsa-sha256", "xmldsig#rsa-sha1"), "Invalid signature"),
        (
            "another value",
            honest.replace(&signature[signature.len() - 200..signature.len() - 190], "AAAAAAAAAA"),
            "Invalid thumbprint",
        ),
    ];
    for (what, xml, expected) in cases {
        assert_ne!(xml, honest, "{what}: something is changed");
        assert_eq!(outcome(xml).await, expected, "{what}");
    }
    assert_eq!(outcome("nonsense".to_owned()).await, "Malformed SAML response");
    assert_eq!(
        outcome(honest).await,
        "authentication-policy-strategy-mismatch",
        "he is in no policy with SSO"
    );
}

#[tokio::test]
async fn the_response_may_be_signed_instead_of_the_assertion_or_as_well() {
    let bench = Bench::small().await;
    let original = application(&bench).await;
    set_up(&bench, &pem(&original)).await;
    let path = format!("/api/applications/{}", bench.access.application);
    for (assertion, response, signatures) in [(true, false, 1), (false, true, 1), (true, true, 2)] {
        let mut changed = original.clone();
        changed["config"]["signAssertion"]["value"] = json!(assertion);
        changed["config"]["signResponse"] = json!({"value": response});
        bench.jumpcloud("PUT", &path, Some(changed)).await;
        let answered = answer(&bench, "ada.moreau").await;
        let xml = xml(&answered);
        assert_eq!(xml.matches("<ds:Signature ").count(), signatures);
        let response = answered.field("SAMLResponse");
        assert_eq!(consume(&bench, &answered, &response).await.outcome, "signed-in");
        let tampered = STANDARD.encode(xml.replace("Moreau", "Mallory"));
        assert_eq!(consume(&bench, &answered, &tampered).await.outcome, "Invalid signature");
        independently_verified(&xml, &pem(&original));
    }
}

/// Has `xmlsec1` verify a response, where it is installed.
#[allow(clippy::disallowed_methods, reason = "an independent implementation judges the signature")]
fn independently_verified(xml: &str, certificate: &str) {
    let directory = std::env::temp_dir().join(format!("lockstep-sso-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&directory).unwrap();
    let (response, pem) = (directory.join("response.xml"), directory.join("certificate.pem"));
    std::fs::write(&response, xml).unwrap();
    std::fs::write(&pem, certificate).unwrap();
    let names =
        ["urn:oasis:names:tc:SAML:2.0:assertion:Assertion", "urn:oasis:names:tc:SAML:2.0:protocol:Response"];
    let result = std::process::Command::new("xmlsec1")
        .args(["--verify", "--id-attr:ID", names[0], "--id-attr:ID", names[1], "--pubkey-cert-pem"])
        .args([&pem, &response])
        .output();
    std::fs::remove_dir_all(&directory).unwrap();
    match result {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "xmlsec1 says {said}");
        }
        Err(error) => {
            println!("xmlsec1 is not here ({error}): the signature was judged by the sandbox alone");
        }
    }
}

#[tokio::test]
async fn only_assigned_and_active_people_can_sign_in_to_jumpcloud() {
    let bench = Bench::small().await;
    let outcome = async |person: &str| answer(&bench, person).await.outcome;
    assert_eq!(outcome("tessa.brandt").await, "not-assigned");
    assert_eq!(outcome("viktor.horvath").await, "person-inactive");
    assert_eq!(outcome("nobody").await, "no-person");
    assert_eq!(page(&bench, "GET", "/saml2/atlassiancloud", &[]).await.outcome, "no-application");
    let bad = page(&bench, "POST", IDP, &[("person", "ada.moreau"), ("SAMLRequest", "nonsense")]).await;
    assert_eq!(bad.outcome, "bad-request");
}

#[tokio::test]
async fn a_new_person_of_a_verified_domain_gets_an_account_where_the_default_policy_enforces_sso() {
    let bench = Bench::small().await;
    set_up(&bench, &pem(&application(&bench).await)).await;
    let mei = "mei.lin@halden.example";
    assert_eq!(sign_in(&bench, "mei.lin").await, "authentication-policy-strategy-mismatch");
    bench.sandbox.world().change(&Change::DefaultSso { enforced: true }).unwrap();
    assert_eq!(sign_in(&bench, "mei.lin").await, "created");
    assert!(bench.sandbox.world().dump().organisation.accounts[mei].is_managed);
    assert_eq!(sign_in(&bench, "mei.lin").await, "signed-in");
    assert_eq!(sign_in(&bench, "greta.lindqvist").await, "authentication-policy-strategy-mismatch");
}

#[tokio::test]
async fn people_are_moved_to_a_policy_by_a_task_that_lists_failures() {
    let bench = Bench::small().await;
    set_up(&bench, &pem(&application(&bench).await)).await;
    let dump = bench.sandbox.world().dump();
    let policy = dump.organisation.saml.policies["Single sign-on"].id.clone();
    let control = "/control/v1/orgs/{org}";
    let path = format!("{control}/auth-policy/{policy}/add-users");
    let users = json!({"users": ["chloe.dubois@halden.example", "nobody@halden.example", "ottoline@ledgerfolk.example"]});
    let taken = bench.organisation("POST", &path, Some(users)).await;
    assert_eq!(taken.status, 202);
    let task = format!("{control}/auth-policy/task/{}", text(&taken.body, "/taskId"));
    let first = bench.organisation("GET", &task, None).await.body;
    assert_eq!(first["inProgressCount"], 3);
    let done = bench.organisation("GET", &task, None).await.body;
    assert_eq!((&done["successCount"], &done["failureCount"]), (&json!(1), &json!(2)));
    assert_eq!(done["failureReasons"][0]["emails"], json!(["nobody@halden.example"]));
    assert_eq!(sign_in(&bench, "chloe.dubois").await, "signed-in");
    let id = bench
        .organisation(
            "POST",
            "/v2/orgs/{org}/directories/-/users/search",
            Some(json!({"emails": ["chloe.dubois@halden.example"]})),
        )
        .await
        .body["data"][0]["accountId"]
        .clone();
    let body = Some(json!({"accountIds": [id]}));
    let fetched =
        bench.organisation("POST", &format!("{control}/users/auth-policies/bulk-fetch"), body).await.body;
    assert_eq!(text(&fetched, "/0/policyId"), policy);
    let wrong = format!("{control}/auth-policy/00000000-0000-4000-8000-000000000000/add-users");
    let missing = bench.organisation("POST", &wrong, Some(json!({"users": [ADA]}))).await;
    assert_eq!(text(&missing.body, "/errors/0/code"), "ADMIN-404-5");
}

#[tokio::test]
async fn the_way_in_without_saml_stays_open() {
    let bench = Bench::small().await;
    set_up(&bench, "-----BEGIN CERTIFICATE-----broken-----END CERTIFICATE-----").await;
    assert_eq!(page(&bench, "GET", "/login?saml=false", &[]).await.field("saml"), "false");
    let form = [("email", ADA), ("saml", "false")];
    assert_eq!(page(&bench, "POST", "/login", &form).await.outcome, "password");
    let form = [("email", "carmen.ruiz@halden.example")];
    assert_eq!(
        page(&bench, "POST", "/login", &form).await.outcome,
        "password",
        "her policy does not enforce it"
    );
}

#[tokio::test]
async fn the_console_page_saves_what_is_pasted_and_then_shows_its_own_addresses() {
    let bench = Bench::small().await;
    let path = format!("/o/{}/saml", bench.access.organisation_id);
    let before = page(&bench, "GET", &path, &[]).await;
    assert_eq!(before.outcome, "not-saved");
    assert!(!before.html.contains("auth.atlassian.com"), "the addresses come with saving");
    let application = application(&bench).await;
    let pem = pem(&application);
    let (entity, url) = (setting(&application, "idpEntityId"), text(&application, "/ssoUrl"));
    let half = [("entity_id", entity), ("sso_url", url), ("certificate", "MIID")];
    assert_eq!(page(&bench, "POST", &path, &half).await.outcome, "invalid");
    let whole = [("entity_id", entity), ("sso_url", url), ("certificate", pem.as_str())];
    assert_eq!(page(&bench, "POST", &path, &whole).await.status, 303);
    let after = page(&bench, "GET", &path, &[]).await;
    assert!(after.html.contains(setting(&application, "acsUrl")), "{}", after.html);
    assert_eq!(bench.sandbox.world().dump().organisation.saml.certificate, pem);
    let elsewhere = bench
        .request("POST", &format!("{}{path}", bench.access.jumpcloud_url))
        .header("origin", "https://elsewhere.example")
        .send()
        .await
        .unwrap();
    assert_eq!(elsewhere.status(), 403, "forms of other sites are refused");
}

#[tokio::test]
async fn metadata_and_the_application_tell_the_same_certificate() {
    let bench = Bench::small().await;
    let application = application(&bench).await;
    let organisation = text(&application, "/organization");
    let path =
        format!("/api/organizations/{organisation}/applications/{}/metadata.xml", bench.access.application);
    let metadata = bench.jumpcloud("GET", &path, None).await.text;
    let body: String = pem(&application).lines().filter(|line| !line.starts_with("-----")).collect();
    assert!(metadata.contains(&body), "{metadata}");
    assert!(metadata.contains(text(&application, "/ssoUrl")));
    assert_eq!(body.len() % 4, 0);
    assert!(STANDARD.decode(&body).unwrap().starts_with(&[0x30, 0x82]), "a DER sequence");
}

#[tokio::test]
async fn a_logo_is_a_picture_in_a_multipart_body() {
    let bench = Bench::small().await;
    let url = format!("{}/api/v2/applications/{}/logo", bench.access.jumpcloud_url, bench.access.application);
    let post = async |content: &str| {
        let body = format!(
            "--mark\r\nContent-Disposition: form-data; name=\"image\"; filename=\"logo.svg\"\r\n\
             Content-Type: image/svg+xml\r\n\r\n{content}\r\n--mark--\r\n"
        );
        let request = bench
            .request("POST", &url)
            .header("x-api-key", &bench.access.jumpcloud_api_key)
            .header("content-type", "multipart/form-data; boundary=mark")
            .body(body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("no picture").await, 400);
    assert_eq!(text(&application(&bench).await, "/logo/url"), "");
    assert_eq!(post("<svg xmlns=\"http://www.w3.org/2000/svg\"/>").await, 204);
    assert!(!text(&application(&bench).await, "/logo/url").is_empty());
    let path = format!("/api/v2/applications/{}/logo", bench.access.application);
    assert_eq!(bench.jumpcloud("DELETE", &path, None).await.status, 204);
    assert_eq!(text(&application(&bench).await, "/logo/url"), "");
    assert_eq!(bench.jumpcloud("POST", &path, Some(json!({}))).await.status, 400);
}
