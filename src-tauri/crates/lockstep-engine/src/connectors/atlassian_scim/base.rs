//! The SCIM base URL as people copy it.

use crate::http::{BaseUrl, ConnectorError};

/// Endpoints that are copied along.
const SUFFIXES: [&str; 5] = ["/Users", "/Groups", "/ServiceProviderConfig", "/Schemas", "/ResourceTypes"];
/// Atlassian's host, where the path is known.
const ATLASSIAN_HOST: &str = "api.atlassian.com";
const ATLASSIAN_PATH: &str = "/scim/directory/";

/// Parses a SCIM base URL. On Atlassian's host the path must name a directory; elsewhere any path may be right.
pub fn parse(typed: &str) -> Result<BaseUrl, ConnectorError> {
    let base = BaseUrl::parse(typed)?.without_suffix(&SUFFIXES);
    if base.host() == ATLASSIAN_HOST && directory_in(base.path()).is_none() {
        return Err(ConnectorError::InvalidUrl {
            problem: if base.path().starts_with("/admin") {
                "The address is that of Atlassian's organisation API, not of a SCIM directory".to_owned()
            } else {
                "The address names no SCIM directory".to_owned()
            },
            remedy: "Copy the whole directory base URL from Atlassian (Security › Identity providers › your directory › Set up \
user provisioning); it looks like https://api.atlassian.com/scim/directory/ followed by the directory's id",
        });
    }
    if matches!(base.host(), "admin.atlassian.com" | "id.atlassian.com")
        || base.host().ends_with(".atlassian.net")
    {
        return Err(ConnectorError::InvalidUrl {
            problem: format!("The address is that of a page or a site ({}), not of an API", base.host()),
            remedy: "Copy the directory base URL that Atlassian shows with the key; it starts with \
https://api.atlassian.com/scim/directory/",
        });
    }
    Ok(base)
}

/// Returns the directory's id in a path of Atlassian's form, as in `/scim/directory/{id}` or deeper.
pub(super) fn directory_in(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once(ATLASSIAN_PATH)?;
    rest.split('/').next().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_copy_the_base_url_ends_in_the_same_address_or_a_sentence() {
        let good = "https://api.atlassian.com/scim/directory/bcdde508";
        for typed in [
            good,
            " https://api.atlassian.com/scim/directory/bcdde508/ ",
            "https://api.atlassian.com/scim/directory/bcdde508//",
            "https://api.atlassian.com/scim/directory/bcdde508/Users",
            "https://api.atlassian.com/scim/directory/bcdde508/Groups/",
            "https://API.atlassian.com:443/scim/directory/bcdde508",
        ] {
            assert_eq!(parse(typed).map(|base| base.as_str().to_owned()), Ok(good.to_owned()), "{typed}");
        }
        for (typed, part) in [
            ("https://api.atlassian.com", "names no SCIM directory"),
            ("https://api.atlassian.com/scim/directory/", "names no SCIM directory"),
            ("https://api.atlassian.com/admin/v1/orgs", "organisation API"),
            ("https://example.atlassian.net/scim", "of a page or a site"),
            ("api.atlassian.com/scim/directory/x", "does not start with https://"),
            ("http://api.atlassian.com/scim/directory/x", "unencrypted"),
            ("https://ada:secret@api.atlassian.com/scim/directory/x", "user name or a password"),
            ("https://api.atlassian.com/scim/directory/x?count=1", "? or #"),
            ("", "empty"),
        ] {
            let error = parse(typed).expect_err("not an address that may be used");
            assert!(error.to_string().contains(part), "{typed}: {error}");
            assert!(
                !error.to_string().contains("secret"),
                "nothing typed is repeated that may be a key: {error}"
            );
        }
        assert_eq!(
            parse("http://localhost:8000/v2/").map(|base| base.as_str().to_owned()),
            Ok("http://localhost:8000/v2".to_owned()),
            "a server on this computer may use plain http and any path",
        );
    }
}
