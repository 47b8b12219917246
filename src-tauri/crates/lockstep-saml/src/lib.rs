//! SAML, judged offline: what a response says, who signed it, and which field to change when it is refused.
//!
//! Everything here is a function of its arguments: no network, no files, no clock. Setting up single sign-on
//! (calling JumpCloud, storing values) does not belong here.

pub mod certificate;
pub mod idp_url;
pub mod inspection;
pub mod metadata;
pub mod sp;
mod wire;
mod xml;

pub use certificate::{Certificate, CertificateReading, read_certificate};
pub use inspection::{Expectations, Inspection, inspect};
pub use metadata::{Metadata, read_metadata};
pub use sp::{SpContext, SpReading, check_sp_values};
