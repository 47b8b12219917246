//! The least that speaks HTTP: kept connections, one request after another on each.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A request with its key's header.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn get(path: String) -> Self {
        Self { method: "GET", path, body: Bytes::new() }
    }

    pub(crate) fn with(method: &'static str, path: String, body: &serde_json::Value) -> Self {
        Self { method, path, body: Bytes::from(body.to_string()) }
    }
}

/// One connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    key: (&'static str, String),
}

impl Connection {
    /// Connects to `host:port`.
    pub(crate) async fn open(host: &str, key: (&'static str, String)) -> Result<Self> {
        let stream = TcpStream::connect(host).await.with_context(|| format!("{host} does not answer"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        #[allow(
            clippy::disallowed_methods,
            reason = "a bench process has no supervisor; the connection's driver ends with it"
        )]
        tokio::spawn(connection);
        Ok(Self { sender, host: host.to_owned(), key })
    }

    /// Sends a request; anything but 2xx is an error.
    pub(crate) async fn send(&mut self, call: Call) -> Result<Bytes> {
        self.sender.ready().await?;
        let mut request = hyper::Request::builder()
            .method(call.method)
            .uri(&call.path)
            .header("host", &self.host)
            .header(self.key.0, &self.key.1);
        if !call.body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let answer = self.sender.send_request(request.body(Full::new(call.body))?).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{} {}: {status} {}", call.method, call.path, String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}

/// Splits `http://host:port/path` into host and path.
pub(crate) fn split(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("http://").context("not a plain http address")?;
    Ok(rest.find('/').map_or((rest, ""), |at| rest.split_at(at)))
}
