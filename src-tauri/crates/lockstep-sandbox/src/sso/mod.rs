//! Single sign-on: JumpCloud as SAML identity provider and Atlassian as service provider, as small web pages on loopback.
//!
//! | page | plays |
//! |---|---|
//! | `/saml2/{name}` | `https://sso.jumpcloud.com/saml2/{name}`: choose who signs in; the answer goes to the ACS URL |
//! | `/login` | `https://id.atlassian.com/login`: sign in by e-mail; `?saml=false` is the way in without SAML |
//! | `/login/callback?connection=saml-…` | `https://auth.atlassian.com/login/callback`: the ACS |
//! | `/o/{organisation}/saml` | the SAML page of Atlassian's console: what is saved there, and what it gives |
//!
//! Addresses of the real hosts are answered by the page of the same path. No page loads anything from elsewhere.

mod canonical;
mod form;
pub(crate) mod keys;
mod page;
mod request;
mod response;
mod service_provider;
mod sign_on;
mod verify;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;

use crate::services::{Shared, answer};

/// The four pages.
pub(crate) fn routes(services: &Shared) -> Router<Shared> {
    Router::new()
        .route("/saml2/{name}", get(sign_on::choose).post(sign_on::sign_on))
        .route("/login", get(service_provider::login).post(service_provider::continue_to_idp))
        .route("/login/callback", get(service_provider::misdirected).post(service_provider::consume))
        .route("/o/{organisation}/saml", get(service_provider::console).post(service_provider::save))
        .layer(from_fn_with_state(services.clone(), refuse_other_sites))
}

/// Forms of other web sites are refused; those of these pages name this origin, or none where the browser hides it.
async fn refuse_other_sites(State(services): State<Shared>, request: Request, next: Next) -> Response {
    let origin = request.headers().get("origin").and_then(|origin| origin.to_str().ok());
    match origin {
        Some(origin) if origin != services.origin && origin != "null" => {
            answer(403, "text/plain; charset=utf-8", "These pages are not for other web sites.")
        }
        _ => next.run(request).await,
    }
}
