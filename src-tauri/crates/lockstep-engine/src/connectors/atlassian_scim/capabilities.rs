//! What a SCIM server says it can do (RFC 7643 §5).

use lockstep_core::lenient::Text;
use serde::Deserialize;

use super::directory::TargetDirectoryId;

/// What the server can do, as far as it matters to us. Its `filter.maxResults` is no page cap and is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// `patch.supported`; true where nothing is said, since everything else rests on it.
    pub patch: bool,
    /// `filter.supported`; true where nothing is said. Some servers say so and answer 0 hits.
    pub filter: bool,
    /// Whether the server has a `ServiceProviderConfig` at all.
    pub is_described: bool,
    /// Which directory it is.
    pub directory: TargetDirectoryId,
}

/// `{"patch":{"supported":true},"filter":{"supported":true,"maxResults":10000},"meta":{"location":"https://…"}}`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WireConfig<'a> {
    #[serde(borrow, default)]
    pub(super) patch: Option<Feature<'a>>,
    #[serde(borrow, default)]
    pub(super) filter: Option<Feature<'a>>,
    #[serde(borrow, default)]
    pub(super) meta: Option<Meta<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Feature<'a> {
    #[serde(borrow, default)]
    pub(super) supported: Text<'a>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Meta<'a> {
    #[serde(borrow, default)]
    pub(super) location: Text<'a>,
}

impl WireConfig<'_> {
    pub(super) fn supports(feature: Option<&Feature<'_>>) -> bool {
        feature.and_then(|feature| feature.supported.flag()).unwrap_or(true)
    }
}
