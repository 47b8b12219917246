//! What an error means for the caller: whether to try again, to read back, to stop, and what to tell the admin.

use super::{ConnectorError, TransportFault};

impl ConnectorError {
    /// Returns whether the same request may succeed later without anybody changing anything.
    pub fn retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Transport { .. } => true,
            Self::Cancelled { .. } => true,
            Self::InvalidUrl { .. }
            | Self::InvalidKey
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Blocked { .. }
            | Self::NotInPlan { .. }
            | Self::NotFound { .. }
            | Self::AlreadyExists { .. }
            | Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::Protocol { .. }
            | Self::Redirected { .. }
            | Self::ReadOnlyMode { .. }
            | Self::TooLarge { .. }
            | Self::Internal { .. } => false,
        }
    }

    /// Returns whether it is certain that the request took no effect.
    ///
    /// False means: it may have been carried out (or was, and the answer is unreadable); read back before sending it again.
    pub fn outcome_known(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Protocol { .. } | Self::TooLarge { .. } => false,
            Self::Transport { fault, .. } => *fault == TransportFault::Connect,
            Self::Cancelled { after } => after.as_ref().is_none_or(|error| error.outcome_known()),
            Self::InvalidUrl { .. }
            | Self::InvalidKey
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Blocked { .. }
            | Self::NotInPlan { .. }
            | Self::NotFound { .. }
            | Self::AlreadyExists { .. }
            | Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::RateLimited { .. }
            | Self::Redirected { .. }
            | Self::ReadOnlyMode { .. }
            | Self::Internal { .. } => true,
        }
    }

    /// Returns whether everything on this connection must stop, not only this object (R5).
    pub fn stops_the_connection(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { .. }
                | Self::Forbidden { .. }
                | Self::Blocked { .. }
                | Self::InvalidKey
                | Self::InvalidUrl { .. }
                | Self::Redirected { .. }
        )
    }

    /// Returns the HTTP status that led to this error, where one was received.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorized { .. } => Some(401),
            Self::NotInPlan { .. } => Some(402),
            Self::Forbidden { .. } | Self::Blocked { .. } => Some(403),
            Self::NotFound { .. } => Some(404),
            Self::AlreadyExists { .. } => Some(409),
            Self::RequestTooLarge { .. } => Some(413),
            Self::RateLimited { .. } => Some(429),
            Self::InvalidRequest { status, .. } | Self::Unavailable { status, .. } => Some(*status),
            Self::InvalidUrl { .. }
            | Self::InvalidKey
            | Self::Transport { .. }
            | Self::Protocol { .. }
            | Self::Redirected { .. }
            | Self::ReadOnlyMode { .. }
            | Self::TooLarge { .. }
            | Self::Cancelled { .. }
            | Self::Internal { .. } => None,
        }
    }

    /// Returns what the admin can do about it, as one sentence without its full stop.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::InvalidUrl { remedy, .. } => remedy,
            Self::InvalidKey => "Copy the key again, whole and on its own",
            Self::Unauthorized { .. } => {
                "Check that the key is the current one, belongs to this address and region, and has not expired; then store it again"
            }
            Self::Forbidden { .. } => "Use a key whose owner has the permission, and check the subscription",
            Self::Blocked { .. } => {
                "Wait, and ask the service's support to unblock this network address; Lockstep sends nothing more"
            }
            Self::NotInPlan { .. } => "Ask whoever manages the subscription to add the package",
            Self::NotFound { .. } => "Check the address and the id; the object may have been deleted",
            Self::AlreadyExists { .. } => {
                "Find the object that holds the name or address already, and link, rename or remove it"
            }
            Self::InvalidRequest { .. } => "Correct the value that the server names at its source",
            Self::RequestTooLarge { .. } => "Send smaller batches",
            Self::RateLimited { .. } => "Nothing to do: Lockstep slows down and tries again later",
            Self::Unavailable { .. } => {
                "Nothing to do now: try again later, and look at the service's status page"
            }
            Self::Transport { fault: TransportFault::Connect, .. } => {
                "Check the address, the network and the proxy, and that the server runs"
            }
            Self::Transport { .. } => "Nothing to do now: it is tried again; check the network if it stays",
            Self::Protocol { .. } => {
                "Check that the address is the API's and not that of a web page or a proxy"
            }
            Self::Redirected { .. } => "Use the address that the server names, if you trust it",
            Self::ReadOnlyMode { .. } | Self::Internal { .. } => {
                "Please report this: it is a fault in Lockstep"
            }
            Self::TooLarge { .. } => "Check that the address is the API's; no known answer is that large",
            Self::Cancelled { .. } => "Start again when you are ready",
        }
    }
}
