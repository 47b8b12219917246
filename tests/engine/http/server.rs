//! A server on loopback that answers as a function says; it can also break connections.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lockstep_engine::http::{BaseUrl, Credential, HttpClient, HttpSettings, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The key that test clients send.
pub(crate) const KEY: &str = "k3y-0f-the-tests";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path without query, as sent.
    pub(crate) path: String,
    /// Decoded query.
    pub(crate) query: BTreeMap<String, String>,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn number(&self, name: &str) -> usize {
        self.query.get(name).and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What the server does.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// Announces more than it sends.
    Cut {
        body: String,
    },
    /// Announces this many bytes and sends none.
    Announce(usize),
    /// Closes the connection without an answer.
    Drop,
    /// Waits, then does the other.
    After(Duration, Box<Reply>),
}

impl Reply {
    pub(crate) fn json(body: impl std::fmt::Display) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: impl std::fmt::Display) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self::Answer { status, headers, body: body.to_string() }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
        Self::Answer { status, headers, body: body.to_owned() }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

/// A running server; dropping it stops it.
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server that answers each request by the function.
    #[expect(clippy::disallowed_methods, reason = "the test owns the task and ends it")]
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, log.clone(), answer.clone()));
            }
        });
        Self { url, seen, task }
    }

    /// Starts a server that gives these answers in turn, the last one for ever.
    pub(crate) async fn script(replies: Vec<Reply>) -> Self {
        let next = Mutex::new(0);
        Self::start(move |_| {
            let mut next = next.lock().expect("no panic while held");
            let reply = replies.get(*next).or_else(|| replies.last()).cloned().unwrap_or(Reply::Drop);
            *next += 1;
            reply
        })
        .await
    }

    /// Returns what has arrived, in order.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic while held").clone()
    }

    /// Returns method and path of what has arrived, in order.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }

    /// Returns a client of this server that repeats without waiting long.
    pub(crate) fn client(&self) -> HttpClient {
        client(&self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// As patient as in production, but quicker.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy {
        attempts: 4,
        first_wait: Duration::from_millis(2),
        longest_wait: Duration::from_millis(10),
        ..RetryPolicy::default()
    }
}

/// Returns a client of any address.
pub(crate) fn client(url: &str) -> HttpClient {
    HttpClient::new(HttpSettings {
        service: "test",
        base: BaseUrl::parse(url).expect("an address that may be used"),
        credential: Credential::bearer(KEY).expect("a key"),
        content_type: "application/json",
        accept: "application/json",
        concurrency: 16,
        retry: quick(),
    })
    .expect("a client")
}

async fn serve(
    mut stream: TcpStream,
    log: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<impl Fn(&Seen) -> Reply + Send + Sync + 'static>,
) {
    let mut buffer = Vec::new();
    while let Some(seen) = read_request(&mut stream, &mut buffer).await {
        log.lock().expect("no panic while held").push(seen.clone());
        let mut reply = answer(&seen);
        while let Reply::After(wait, then) = reply {
            tokio::time::sleep(wait).await;
            reply = *then;
        }
        let (head, body) = match reply {
            Reply::Answer { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                (head, body)
            }
            Reply::Cut { body } => {
                let head =
                    format!("HTTP/1.1 200 Status\r\ncontent-length: {}\r\n\r\n{body}", body.len() + 10);
                let _ = stream.write_all(head.as_bytes()).await;
                return;
            }
            Reply::Announce(length) => {
                let head = format!("HTTP/1.1 200 Status\r\ncontent-length: {length}\r\n\r\n");
                let _ = stream.write_all(head.as_bytes()).await;
                return;
            }
            Reply::Drop | Reply::After(..) => return,
        };
        if stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let end = head_end + 4 + length;
    while buffer.len() < end {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&buffer[head_end + 4..end]).into_owned();
    buffer.drain(..end);
    let url = url::Url::parse(&format!("http://test{target}")).ok()?;
    let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let path = target.split('?').next().unwrap_or_default().to_owned();
    Some(Seen { method, path, query, headers, body })
}
