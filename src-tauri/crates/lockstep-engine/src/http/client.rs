//! The one HTTP client: every request of this program is made here.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::base_url::BaseUrl;
use super::credential::Credential;
use super::error::ConnectorError;
use super::guard::{self, AccessMode};
use super::limit::Limiter;
use super::read_body::read_body;
use super::retry::{Attempts, Repeat, RetryPolicy, unreadable};
use super::trace::{self, RequestMeter};

/// Long enough for a slow proxy's handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence within an answer; the services' gateways give up after 60 s at the latest.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest time of a whole exchange; a page of very large groups takes its time.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(180);
/// Below the keep-alive time of common servers (60–75 s), so that we close before they do and no write meets a closed connection.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// A page of 100 groups with 10,000 members each is about 250 MB; nothing larger is plausible.
const BODY_LIMIT: usize = 256 * 1024 * 1024;
/// Of an error's body a sentence is kept; a whole page of a gateway is far below this.
const ERROR_BODY_LIMIT: usize = 1024 * 1024;
/// Same-origin redirects followed before we call it a loop.
const MAX_REDIRECTS: u32 = 3;
const USER_AGENT: &str = concat!("Lockstep/", env!("CARGO_PKG_VERSION"));

/// RFC 3986 unreserved characters stay; everything else, `@` included, is encoded in a path segment or query value.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How to reach one service.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Whose API it is, for the log: "JumpCloud".
    pub service: &'static str,
    /// Where.
    pub base: BaseUrl,
    /// With which key.
    pub credential: Credential,
    /// Media type of request bodies.
    pub content_type: &'static str,
    /// Media types wanted in answers.
    pub accept: &'static str,
    /// Requests in flight at most.
    pub concurrency: usize,
    /// How patiently to repeat.
    pub retry: RetryPolicy,
}

/// A client of one service. Clones share connections, limiter and meter, and differ in mode and cancellation only.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
    mode: AccessMode,
    stop: CancellationToken,
    repeats: bool,
}

struct Inner {
    client: reqwest::Client,
    settings: HttpSettings,
    headers: HeaderMap,
    content_type: HeaderValue,
    limiter: Limiter,
    meter: RequestMeter,
}

/// A request relative to the client's base address.
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    template: &'static str,
    /// Path and query, encoded.
    target: Result<String, &'static str>,
    body: Option<Bytes>,
    repeat: Repeat,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 2xx.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// May be empty, whatever the API promises.
    pub body: Bytes,
}

impl Request {
    /// Starts a request. Each `{name}` in the template is replaced by the next of `values`, percent-encoded.
    ///
    /// GET and HEAD are [`Repeat::Safe`], PUT and DELETE [`Repeat::Idempotent`], all others [`Repeat::Once`] until told otherwise.
    pub fn new(method: Method, template: &'static str, values: &[&str]) -> Self {
        let repeat = match method {
            Method::GET | Method::HEAD => Repeat::Safe,
            Method::PUT | Method::DELETE => Repeat::Idempotent,
            _ => Repeat::Once,
        };
        Self { target: fill(template, values), method, template, body: None, repeat, headers: Vec::new() }
    }

    /// Starts a GET.
    pub fn get(template: &'static str, values: &[&str]) -> Self {
        Self::new(Method::GET, template, values)
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if let Ok(target) = &mut self.target {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.extend(utf8_percent_encode(name, ENCODED));
            target.push('=');
            target.extend(utf8_percent_encode(value, ENCODED));
        }
        self
    }

    /// Sets the body, already serialised; it is sent as it is each time.
    #[must_use]
    pub fn body(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self
    }

    /// Says what a second sending would do.
    #[must_use]
    pub fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Returns the path as it is logged.
    pub fn template(&self) -> &'static str {
        self.template
    }
}

fn fill(template: &str, values: &[&str]) -> Result<String, &'static str> {
    let mut target = String::with_capacity(template.len() + 48);
    let mut values = values.iter();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { return Err("a path template is not closed") };
        let Some(value) = values.next() else { return Err("a path lacks a value") };
        target.push_str(before);
        // An empty segment or a dot segment would address another resource.
        if value.is_empty() || *value == "." || *value == ".." {
            return Err("an id that cannot be part of an address");
        }
        target.extend(utf8_percent_encode(value, ENCODED));
        rest = after;
    }
    target.push_str(rest);
    Ok(target)
}

impl HttpClient {
    /// Builds the client: rustls, HTTP/1.1 with kept connections, the system's proxy except for loopback, no redirects by itself.
    pub fn new(settings: HttpSettings) -> Result<Self, ConnectorError> {
        let internal = |error: reqwest::Error| ConnectorError::Internal { detail: error.to_string() };
        let header = |text: &'static str| {
            HeaderValue::from_str(text)
                .map_err(|error| ConnectorError::Internal { detail: error.to_string() })
        };
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .pool_max_idle_per_host(settings.concurrency)
            .tcp_nodelay(true)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if settings.base.is_loopback() {
            builder = builder.no_proxy();
        }
        if settings.base.is_https() {
            builder = builder.https_only(true);
        } else {
            // Plain http never meets a certificate: reading the system's trust store would be the largest part of the start.
            builder = builder.tls_certs_only(Vec::new());
        }
        let mut headers = HeaderMap::with_capacity(3);
        headers.insert(ACCEPT, header(settings.accept)?);
        let (name, value) = settings.credential.header();
        headers.insert(name, value);
        Ok(Self {
            inner: Arc::new(Inner {
                client: builder.build().map_err(internal)?,
                headers,
                content_type: header(settings.content_type)?,
                limiter: Limiter::new(settings.concurrency),
                meter: RequestMeter::default(),
                settings,
            }),
            mode: AccessMode::ReadWrite,
            stop: CancellationToken::new(),
            repeats: false,
        })
    }

    /// Returns a clone that refuses to write.
    #[must_use]
    pub fn read_only(&self) -> Self {
        Self { mode: AccessMode::ReadOnly, ..self.clone() }
    }

    /// Returns a clone that sends nothing more once the token is cancelled; what is in flight is still answered.
    #[must_use]
    pub fn stopped_by(&self, stop: CancellationToken) -> Self {
        Self { stop, ..self.clone() }
    }

    /// Returns a clone whose requests count as repetitions: somebody above sends them again after looking at the outcome.
    #[must_use]
    pub fn repeating(&self) -> Self {
        Self { repeats: true, ..self.clone() }
    }

    /// Returns the counters shared by all clones.
    pub fn meter(&self) -> &RequestMeter {
        &self.inner.meter
    }

    /// Returns the address.
    pub fn base(&self) -> &BaseUrl {
        &self.inner.settings.base
    }

    /// Returns how many requests may be in flight.
    pub fn concurrency(&self) -> usize {
        self.inner.settings.concurrency
    }

    /// Sends a request, repeating it as its [`Repeat`] and the policy allow.
    ///
    /// Errors: see [`ConnectorError`]; [`ConnectorError::outcome_known`] says whether it may have taken effect.
    pub async fn send(&self, request: &Request) -> Result<Answer, ConnectorError> {
        self.send_and_read(request, Ok).await
    }

    /// Sends a request and deserialises the answer's body; a body that ends early counts as a transport fault.
    pub async fn send_for<T: DeserializeOwned>(&self, request: &Request) -> Result<T, ConnectorError> {
        self.send_and_read(request, |answer| parse(&answer.body, request.template)).await
    }

    /// Sends a request and reads the answer with `read`, whose errors are classified like the request's own.
    pub async fn send_and_read<T>(
        &self,
        request: &Request,
        read: impl Fn(Answer) -> Result<T, ConnectorError>,
    ) -> Result<T, ConnectorError> {
        let inner = &*self.inner;
        let Ok(target) = &request.target else {
            let detail = request.target.clone().err().unwrap_or_default().to_owned();
            return Err(ConnectorError::InvalidRequest { status: 400, scim_type: None, detail });
        };
        let path = target.split('?').next().unwrap_or_default();
        self.mode.check(&request.method, path, request.template)?;
        let is_read = guard::is_read(&request.method, path);
        let url = inner.url(target)?;
        let mut attempts = Attempts::start(&inner.settings.retry);
        let mut failure: Option<ConnectorError> = None;
        loop {
            let stopped =
                |failure: Option<ConnectorError>| ConnectorError::Cancelled { after: failure.map(Box::new) };
            if self.stop.is_cancelled() {
                return Err(stopped(failure));
            }
            let Some(permit) = inner.limiter.acquire(&self.stop).await else { return Err(stopped(failure)) };
            inner.meter.count(&request.method, is_read, failure.is_none() && !self.repeats);
            let started = Instant::now();
            let result = inner.exchange(request, url.clone()).await;
            match &result {
                Err(ConnectorError::RateLimited { retry_after }) => {
                    inner.meter.count_rate_limited();
                    permit.rejected(*retry_after);
                }
                Err(ConnectorError::Transport { .. }) => drop(permit),
                _ => permit.accepted(),
            }
            trace::log(
                inner.settings.service,
                &request.method,
                request.template,
                result.as_ref().map(|answer| (answer.status.as_u16(), trace::request_id(&answer.headers))),
                started.elapsed(),
            );
            let error = match result.and_then(&read) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let Some(wait) = attempts.next(&error, request.repeat) else { return Err(error) };
            failure = Some(error);
            if !wait.is_zero() {
                tokio::select! {
                    biased;
                    () = self.stop.cancelled() => return Err(stopped(failure)),
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }
}

impl Inner {
    fn url(&self, target: &str) -> Result<Url, ConnectorError> {
        let text = format!("{}{target}", self.settings.base.as_str());
        Url::parse(&text).map_err(|error| ConnectorError::Internal { detail: error.to_string() })
    }

    /// One exchange; redirects within the origin are followed for reads.
    async fn exchange(&self, request: &Request, mut url: Url) -> Result<Answer, ConnectorError> {
        for _ in 0..=MAX_REDIRECTS {
            let response = self
                .client
                .execute(self.prepare(request, url.clone()))
                .await
                .map_err(ConnectorError::from_transport)?;
            let status = response.status();
            if status.is_redirection() {
                url = self.redirected(request, &url, response.headers())?;
                continue;
            }
            let headers = response.headers().clone();
            let limit = if status.is_success() { BODY_LIMIT } else { ERROR_BODY_LIMIT };
            let body = read_body(response, limit).await;
            if status.is_success() {
                return Ok(Answer { status, headers, body: body? });
            }
            // The status says enough when an error's body is cut or too large.
            let body = body.unwrap_or_default();
            return Err(ConnectorError::from_answer(status, &headers, &body, &self.settings.credential));
        }
        Err(ConnectorError::Redirected { to: "itself, in a circle".to_owned() })
    }

    fn prepare(&self, request: &Request, url: Url) -> reqwest::Request {
        let mut prepared = reqwest::Request::new(request.method.clone(), url);
        let headers = prepared.headers_mut();
        headers.clone_from(&self.headers);
        for (name, value) in &request.headers {
            headers.insert(name.clone(), value.clone());
        }
        if let Some(body) = &request.body {
            headers.insert(CONTENT_TYPE, self.content_type.clone());
            *prepared.body_mut() = Some(body.clone().into());
        }
        prepared
    }

    /// Returns where to go on, or the error that names the place where we do not go.
    fn redirected(&self, request: &Request, url: &Url, headers: &HeaderMap) -> Result<Url, ConnectorError> {
        let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let Some(next) = location.and_then(|location| url.join(location).ok()) else {
            return Err(ConnectorError::Redirected { to: "an address that cannot be read".to_owned() });
        };
        if next.origin() != url.origin() {
            let to = self.settings.credential.scrub(&next.origin().ascii_serialization());
            return Err(ConnectorError::Redirected { to });
        }
        if !matches!(request.method, Method::GET | Method::HEAD) {
            let to = self.settings.credential.scrub(&format!(
                "{}{}",
                next.origin().ascii_serialization(),
                next.path()
            ));
            return Err(ConnectorError::Redirected { to });
        }
        Ok(next)
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient")
            .field("service", &self.inner.settings.service)
            .field("base", &self.inner.settings.base)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// Deserialises a body; the error names the path template, never a value.
pub fn parse<'a, T: Deserialize<'a>>(body: &'a [u8], template: &'static str) -> Result<T, ConnectorError> {
    // Some gateways put a byte order mark before it.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body).map_err(|error| unreadable(&error, template))
}
