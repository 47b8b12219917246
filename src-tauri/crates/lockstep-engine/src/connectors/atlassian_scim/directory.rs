//! Which SCIM directory it is: links belong to one directory, and a key must fit it.

use sha2::{Digest, Sha256};

use super::base::directory_in;
use crate::http::BaseUrl;

/// Identifies a SCIM directory: its id at Atlassian, else its address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TargetDirectoryId(String);

impl TargetDirectoryId {
    /// Reads it from the base URL, and from where the server says its `ServiceProviderConfig` is.
    ///
    /// `location` counts only where it names a directory in Atlassian's form: other servers send it relative, missing or wrong.
    pub fn new(base: &BaseUrl, location: Option<&str>) -> Self {
        let told = location.and_then(directory_in);
        match told.or_else(|| directory_in(base.path())) {
            Some(id) => Self(format!("{} {}", base.origin(), id)),
            None => Self(base.as_str().to_owned()),
        }
    }

    /// Returns a short digest, to store beside links and to compare later.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        hex::encode(digest.get(..16).unwrap_or_default())
    }
}

impl std::fmt::Display for TargetDirectoryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_known_by_its_id_wherever_that_is_told() {
        let base = |text: &str| BaseUrl::parse(text).expect("an address that may be used");
        let one = TargetDirectoryId::new(&base("https://api.atlassian.com/scim/directory/one"), None);
        let told = "https://api.atlassian.com/scim/directory/one/ServiceProviderConfig";
        let same = TargetDirectoryId::new(&base("https://api.atlassian.com/scim/directory/one/"), Some(told));
        assert_eq!(one.fingerprint(), same.fingerprint(), "a slash or a location change nothing");
        let other = TargetDirectoryId::new(&base("https://api.atlassian.com/scim/directory/two"), None);
        assert_ne!(one.fingerprint(), other.fingerprint(), "another id is another directory");
        let local = TargetDirectoryId::new(&base("http://127.0.0.1:8000/v2"), Some("/ServiceProviderConfig"));
        let bare = TargetDirectoryId::new(&base("http://127.0.0.1:8000/v2"), None);
        assert_eq!(local, bare, "a relative location says nothing");
    }
}
