//! Reading an answer's body up to a limit.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::error::ConnectorError;

/// Reads the whole body; one that arrives in a single piece is not copied.
pub(super) async fn read_body(mut response: Response, limit: usize) -> Result<Bytes, ConnectorError> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(ConnectorError::TooLarge { limit });
    }
    let Some(first) = response.chunk().await.map_err(cut)? else { return Ok(Bytes::new()) };
    let Some(second) = response.chunk().await.map_err(cut)? else {
        return if first.len() > limit { Err(ConnectorError::TooLarge { limit }) } else { Ok(first) };
    };
    let mut body = BytesMut::with_capacity(announced.unwrap_or(first.len() + second.len()));
    body.extend_from_slice(&first);
    body.extend_from_slice(&second);
    while body.len() <= limit {
        match response.chunk().await.map_err(cut)? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => return Ok(body.freeze()),
        }
    }
    Err(ConnectorError::TooLarge { limit })
}

/// Whatever breaks after the head is a cut body, unless time ran out.
fn cut(error: reqwest::Error) -> ConnectorError {
    match ConnectorError::from_transport(error) {
        ConnectorError::Transport { fault: super::TransportFault::Reset, detail } => {
            ConnectorError::Transport { fault: super::TransportFault::CutBody, detail }
        }
        other => other,
    }
}
