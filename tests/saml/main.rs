//! The SAML checks against a corpus that other libraries signed, and against certificates as people paste them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests count as tests; the exemption of clippy.toml covers only the marked functions"
)]

mod certificate_damage;
mod certificate_kinds;
mod certificate_properties;
mod corpus;
mod idp_url;
mod judgement;
mod metadata;
mod mutation;
mod packing;
mod sp_values;
mod support;
