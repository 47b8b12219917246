//! Every status and every shape of an error body ends in the right error, with the server's words and without the key.

use lockstep_engine::http::{ConnectorError, Request, TransportFault};

use super::server::{KEY, Reply, Server};

async fn error_of(reply: Reply) -> ConnectorError {
    let server = Server::start(move |_| reply.clone()).await;
    let request = Request::new(reqwest::Method::POST, "/things", &[]);
    server.client().send(&request).await.expect_err("an error status")
}

#[tokio::test]
async fn every_shape_of_an_error_body_gives_its_explanation() {
    for (status, body, expected) in [
        (400, r#"{"message":"limit exceeds maximum"}"#, "limit exceeds maximum"),
        (400, r#"{"status":400,"error":"The IdP URL is required"}"#, "The IdP URL is required"),
        (412, r#"{"error":"TOTP is required"}"#, "TOTP is required"),
        (
            400,
            r#"{"code":400,"message":"Password validation fail","status":"INVALID_ARGUMENT","details":[{"fieldViolationsList":[{"field":"password","description":"passwordHistory"}],"@type":"x"}]}"#,
            "Password validation fail (password: passwordHistory)",
        ),
        (400, r#"{"error":"INVALID_ARGUMENT","message":"user_group not found"}"#, "user_group not found"),
        (422, "plain text", "plain text"),
        (422, "", "no explanation given"),
        (422, r#""just a text""#, "just a text"),
        (422, "<html><head><title>400 Bad</title></head></html>", "400 Bad"),
        (
            400,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"Bad path"}"#,
            "Bad path",
        ),
        (
            400,
            r#"{"message":"BadRequestException","scimErrorType":"invalidValue","responseStatus":400,"stackTrace":[]}"#,
            "BadRequestException",
        ),
        (
            400,
            r#"{"errors":[{"id":"1","status":"400","code":"ADMIN-400-1","title":"Bad","detail":"The cursor is wrong"}]}"#,
            "ADMIN-400-1: The cursor is wrong",
        ),
    ] {
        let error = error_of(Reply::status(status, body)).await;
        match &error {
            ConnectorError::InvalidRequest { status: found, detail, .. } => {
                assert_eq!((*found, detail.as_str()), (status, expected), "{body}");
            }
            other => panic!("{body} became {other:?}"),
        }
        assert!(error.outcome_known() && !error.retryable(), "a refusal is final and had no effect: {body}");
    }
}

#[tokio::test]
async fn every_status_becomes_its_error() {
    let message = r#"{"message":"no"}"#;
    let scim_409 = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"Resource [USER]: with email[a@b.c] already exists."}"#;
    let page = "<html><body>Your IP has been blocked due to suspected abuse.</body></html>";
    for (reply, name, known, retryable) in [
        (Reply::status(401, r#"{"error":"Unauthorized","traceId":"1"}"#), "Unauthorized", true, false),
        (Reply::Answer { status: 401, headers: vec![], body: "nope".into() }, "Unauthorized", true, false),
        (Reply::html(401, ""), "Unauthorized", true, false),
        (Reply::status(402, message), "NotInPlan", true, false),
        (Reply::status(403, message), "Forbidden", true, false),
        (Reply::empty(403), "Forbidden", true, false),
        (Reply::html(403, page), "Blocked", true, false),
        (Reply::status(404, message), "NotFound", true, false),
        (Reply::status(410, message), "NotFound", true, false),
        (Reply::status(409, scim_409), "AlreadyExists", true, false),
        (Reply::status(409, r#"{"status":409,"detail":"exists"}"#), "AlreadyExists", true, false),
        (Reply::status(400, r#"{"scimType":"uniqueness","detail":"exists"}"#), "AlreadyExists", true, false),
        (Reply::status(413, message), "RequestTooLarge", true, false),
        (Reply::status(405, message), "InvalidRequest", true, false),
        (Reply::status(501, message), "InvalidRequest", true, false),
        (Reply::status(408, message), "Unavailable", false, true),
        (Reply::status(500, message), "Unavailable", false, true),
        (Reply::status(502, "<html>"), "Unavailable", false, true),
        (Reply::status(503, message), "Unavailable", false, true),
        (Reply::status(504, ""), "Unavailable", false, true),
        (Reply::Drop, "Transport", false, true),
        (Reply::Cut { body: "{}".into() }, "Transport", false, true),
        (Reply::Announce(300 * 1024 * 1024), "TooLarge", false, false),
        (Reply::empty(302).with("location", "https://elsewhere.example/x"), "Redirected", true, false),
    ] {
        let error = error_of(reply.clone()).await;
        assert!(format!("{error:?}").starts_with(name), "{reply:?} became {error:?}");
        assert_eq!(error.outcome_known(), known, "whether it took effect: {error:?}");
        assert_eq!(error.retryable(), retryable, "whether it may succeed later: {error:?}");
        assert!(!error.remedy().is_empty() && !error.to_string().ends_with('.'), "{error}");
    }
}

#[test]
fn errors_without_an_answer_know_their_outcome() {
    let transport = |fault| ConnectorError::Transport { fault, detail: String::new() };
    for (error, known, stops) in [
        (transport(TransportFault::Connect), true, false),
        (transport(TransportFault::Timeout), false, false),
        (transport(TransportFault::Reset), false, false),
        (transport(TransportFault::CutBody), false, false),
        (ConnectorError::Cancelled { after: None }, true, false),
        (ConnectorError::Cancelled { after: Some(Box::new(transport(TransportFault::Reset))) }, false, false),
        (ConnectorError::Protocol { path: "/x", detail: String::new() }, false, false),
        (ConnectorError::ReadOnlyMode { method: "POST".into(), path: "/x" }, true, false),
        (ConnectorError::Unauthorized { detail: String::new() }, true, true),
        (ConnectorError::Forbidden { detail: String::new() }, true, true),
        (ConnectorError::Blocked { detail: String::new() }, true, true),
        (ConnectorError::NotInPlan { detail: String::new() }, true, false),
    ] {
        assert_eq!(error.outcome_known(), known, "{error:?}");
        assert_eq!(error.stops_the_connection(), stops, "{error:?}");
    }
}

#[tokio::test]
async fn a_key_echoed_by_the_server_is_in_no_error_and_no_debug_output() {
    let body = format!(r#"{{"error":"token {KEY} is not valid","scimType":"{KEY}"}}"#);
    for status in [400, 401, 403, 404, 409, 500] {
        let error = error_of(Reply::status(status, &body)).await;
        let text = format!("{error} {error:?}");
        assert!(!text.contains(KEY), "{status}: {text}");
        assert!(text.contains("[key]"), "what was removed is marked: {text}");
    }
    let error = error_of(Reply::empty(302).with("location", &format!("https://{KEY}.example/"))).await;
    assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
    let server = Server::script(vec![Reply::Drop]).await;
    let client = server.client();
    let request = Request::get("/things", &[]).query("filter", KEY);
    let error = client.send(&request).await.expect_err("a dropped connection");
    assert!(!format!("{error} {error:?} {client:?}").contains(KEY), "not even from an address: {error:?}");
}

#[tokio::test]
async fn a_long_page_is_cut_to_one_short_line() {
    let error = error_of(Reply::html(500, &format!("<p>{}</p>\n<p>end</p>", "word ".repeat(5_000)))).await;
    let text = error.to_string();
    assert!(
        text.len() < 500 && !text.contains('\n') && !text.contains('<'),
        "{} characters: {text}",
        text.len()
    );
}
