//! A gate before the SCIM directory: it lets requests through one connection each, counts the writes, and strikes at one of
//! them, so that a crash happens at exactly that moment.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

/// When the power goes, relative to the n-th write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strike {
    /// The request has left and did not arrive.
    Before,
    /// It took effect, and the answer did not arrive.
    AfterCommit,
    /// At the next request of any kind: with a fault at the n-th write, that is while its outcome is found out.
    AtTheNext,
    /// It took effect and was answered with 503; then as [`Strike::AtTheNext`].
    ErrorAfterCommitThenNext,
    /// It took effect and was answered with 503; the power stays.
    ErrorAfterCommit,
    /// Nothing: the gate only lets through.
    Never,
}

/// A gate on loopback; clones are the same gate.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    /// Where it listens, as `http://127.0.0.1:…`.
    pub(crate) origin: String,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    upstream: String,
    armed: Mutex<(u64, Strike)>,
    writes: AtomicU64,
    struck: Notify,
    is_dark: AtomicBool,
    /// Exchanges with the server that are under way.
    open: AtomicU64,
    connections: TaskTracker,
}

impl Gate {
    /// Opens a gate before a server; it serves for as long as its runtime runs.
    pub(crate) async fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            armed: Mutex::new((0, Strike::Never)),
            writes: AtomicU64::new(0),
            struck: Notify::new(),
            is_dark: AtomicBool::new(false),
            open: AtomicU64::new(0),
            connections: TaskTracker::new(),
        });
        let serving = Arc::clone(&state);
        state.connections.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                serving.connections.spawn(async move {
                    // A client that went away is what this is all about.
                    let _ = pass(&state, client).await;
                });
            }
        });
        Self { origin, state }
    }

    /// Strikes at the n-th write from now on, from 1.
    pub(crate) fn arm(&self, nth: u64, strike: Strike) {
        self.state.writes.store(0, Ordering::SeqCst);
        self.state.is_dark.store(false, Ordering::SeqCst);
        *self.state.armed.lock().unwrap() = (nth, strike);
    }

    /// Waits until the server has answered whatever had reached it.
    pub(crate) async fn drained(&self) {
        while self.state.open.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// Waits until it has struck.
    pub(crate) async fn struck(&self) {
        self.state.struck.notified().await;
    }
}

/// Passes one request on and its answer back; the connection is not kept.
async fn pass(state: &State, mut client: TcpStream) -> std::io::Result<()> {
    let Some((head, body)) = read_request(&mut client).await? else { return Ok(()) };
    let is_write = !head.starts_with("GET ");
    let (nth, strike) = *state.armed.lock().unwrap();
    let number = if is_write {
        state.writes.fetch_add(1, Ordering::SeqCst) + 1
    } else {
        state.writes.load(Ordering::SeqCst)
    };
    let is_struck = is_write && number == nth;
    let is_after = number > nth || (number == nth && !is_write);
    match strike {
        Strike::Before if is_struck => return power_cut(state).await,
        Strike::AtTheNext | Strike::ErrorAfterCommitThenNext if is_after && nth > 0 => {
            return power_cut(state).await;
        }
        _ => {}
    }
    if state.is_dark.load(Ordering::SeqCst) {
        return Ok(());
    }
    state.open.fetch_add(1, Ordering::SeqCst);
    let exchanged = exchange(state, &head, &body).await;
    state.open.fetch_sub(1, Ordering::SeqCst);
    let mut answer = exchanged?;
    match strike {
        Strike::AfterCommit if is_struck => return power_cut(state).await,
        Strike::ErrorAfterCommit | Strike::ErrorAfterCommitThenNext if is_struck => {
            answer = UNAVAILABLE.to_vec();
        }
        _ => {}
    }
    client.write_all(&answer).await?;
    client.shutdown().await
}

const UNAVAILABLE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

async fn exchange(state: &State, head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(&state.upstream).await?;
    server.write_all(head.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes()).await?;
    server.write_all(body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// Tells the test to cut the power, and answers nothing any more.
async fn power_cut(state: &State) -> std::io::Result<()> {
    state.is_dark.store(true, Ordering::SeqCst);
    state.struck.notify_one();
    std::future::pending().await
}

async fn read_request(client: &mut TcpStream) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if client.read_buf(&mut read).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let length: usize = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    while read.len() < end + length {
        client.read_buf(&mut read).await?;
    }
    Ok(Some((head, read[end..].to_vec())))
}
