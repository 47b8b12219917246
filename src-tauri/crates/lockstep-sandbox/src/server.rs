//! The accept loop: every request is logged, meets the faults, and then the routes.
//!
//! hyper serves the connections itself, because a fault must be able to close one without an answer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::fault::plan::Asked;
use crate::fault::{Fault, FaultKind, Side, apply};
use crate::lock;
use crate::log::RequestRecord;
use crate::route_template::template;
use crate::services::Shared;
use crate::{atlassian_admin, atlassian_scim, control, jumpcloud, sso};

/// A request that ends without an answer: hyper closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("The connection is dropped")]
struct Dropped;

/// All routes of the sandbox.
pub(crate) fn router(services: &Shared) -> Router {
    Router::new()
        .merge(jumpcloud::routes(services))
        .merge(jumpcloud::insights_routes(services))
        .merge(atlassian_scim::routes(services))
        .merge(atlassian_admin::routes(services))
        .merge(sso::routes(services))
        .merge(control::routes())
        .with_state(services.clone())
}

/// Serves until the token is cancelled; the tracker owns every connection.
pub(crate) async fn serve(
    listener: TcpListener,
    services: Shared,
    router: Router,
    token: CancellationToken,
    tracker: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = token.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file handles: others will close before long.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        // Small answers must not wait for more to come.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "A connection keeps its delay.");
        }
        let (services, router, token) = (services.clone(), router.clone(), token.clone());
        tracker.spawn(async move {
            let service = service_fn(move |request| handle(services.clone(), router.clone(), request));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                () = token.cancelled() => {}
                // A client that goes away, or a fault that drops the connection: nothing to be done.
                result = connection => if let Err(error) = result {
                    tracing::debug!(%error, "A connection ended early.");
                }
            }
        });
    }
}

/// Counts a request as in flight until it is dropped.
struct InFlight(Shared);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn handle(
    services: Shared,
    router: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let in_flight = services.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
    let _guard = InFlight(services.clone());
    let (parts, body) = request.into_parts();
    // A client that breaks off in its request is simply gone.
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let side = side(parts.uri.path());
    let method = parts.method.as_str().to_owned();
    let is_write = is_write(&method, parts.uri.path());
    let at_ms = u64::try_from(services.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let template = template(parts.uri.path());
    let faults = match side {
        Side::Control => Vec::new(),
        _ => {
            let asked = Asked { side, method: &method, path: &path, is_write };
            lock(&services.faults).strike(asked, Instant::now())
        }
    };
    let kept_body = if is_write { serde_json::from_slice(&body).ok() } else { None };
    let body_bytes = if is_write { body.len() } else { 0 };
    let request = Request::from_parts(parts, Body::from(body));
    let answer = answer(&services, router, request, side, &faults).await;
    if side != Side::Control {
        let record = RequestRecord {
            number: 0,
            side,
            method,
            path,
            template,
            is_write,
            body: kept_body,
            status: answer.as_ref().ok().map(|response| response.status().as_u16()),
            fault: faults.first().map(|fault| fault.text.clone()),
            at_ms,
            in_flight,
        };
        services.log.record(record, body_bytes);
    }
    answer
}

/// Answers a request under the faults that strike it.
async fn answer(
    services: &Shared,
    router: Router,
    request: Request<Body>,
    side: Side,
    faults: &[Fault],
) -> Result<Response<Body>, Dropped> {
    let latency = services.latency_ms.load(Ordering::Relaxed);
    if latency > 0 && side != Side::Control {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    for fault in faults {
        match fault.kind {
            FaultKind::Slow { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
            FaultKind::Hang { ms } => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                return Err(Dropped);
            }
            FaultKind::DropBefore => return Err(Dropped),
            _ => {}
        }
        if let Some(response) = apply::instead(&fault.kind, side) {
            return Ok(response);
        }
    }
    let mut response = match TowerToHyperService::new(router).call(request).await {
        Ok(response) => response,
        Err(never) => never_happens(never),
    };
    for fault in faults {
        if fault.kind == FaultKind::DropAfter {
            return Err(Dropped);
        }
        if apply::changes_body(&fault.kind) {
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.map_or_else(|_| Bytes::new(), |body| body.to_bytes());
            response = apply::changed(&fault.kind, Response::from_parts(parts, Body::empty()), &bytes);
        }
    }
    Ok(response)
}

fn never_happens(never: Infallible) -> Response<Body> {
    match never {}
}

/// Which service a path belongs to.
fn side(path: &str) -> Side {
    if path.starts_with("/control") {
        Side::Control
    } else if path.starts_with("/scim/") {
        Side::Scim
    } else if ["/admin/", "/users/", "/login", "/o/"].iter().any(|start| path.starts_with(start)) {
        Side::Organisation
    } else if path.starts_with("/insights/") {
        Side::Insights
    } else {
        Side::Jumpcloud
    }
}

/// Whether a request changes something by its nature; searches by POST do not.
pub(crate) fn is_write(method: &str, path: &str) -> bool {
    let is_search = path.contains("/search")
        || path.starts_with("/insights/")
        || path.ends_with("/get-scim-links-for-email")
        || path.ends_with("/bulk-fetch")
        // Signing in changes no directory.
        || path.starts_with("/saml2/")
        || path.starts_with("/login")
        || path.ends_with("/workspaces");
    matches!(method, "POST" | "PUT" | "PATCH" | "DELETE") && !is_search
}

/// Listens on loopback.
pub(crate) async fn listen(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await
}
