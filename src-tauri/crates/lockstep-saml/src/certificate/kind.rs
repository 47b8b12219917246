//! Files that are no certificate, each with what to bring instead.

use serde::{Deserialize, Serialize};

/// Something else than a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct WrongKindFound {
    /// What it is.
    pub kind: WrongKind,
    /// One sentence for people.
    pub text: String,
    /// What to do instead.
    pub fix: String,
}

/// Kinds of files that are no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum WrongKind {
    /// Nothing.
    Empty,
    /// Larger than any certificate.
    TooLarge,
    /// A private key, in whatever wrapping.
    PrivateKey,
    /// A public key without its certificate.
    PublicKey,
    /// A certificate signing request.
    SigningRequest,
    /// A key store with a password (PKCS#12).
    KeyStore,
    /// Metadata without a certificate.
    Metadata,
    /// A web page.
    HtmlPage,
    /// JSON without a certificate.
    Json,
    /// A thumbprint instead of the certificate.
    Thumbprint,
    /// An address instead of what is behind it.
    Url,
    /// A SAML response or request.
    SamlMessage,
    /// An SSH or PGP key.
    OtherKey,
    /// A revocation list.
    RevocationList,
    /// An archive, a picture, a document.
    OtherFile,
    /// Nothing that is recognised.
    Unknown,
}

impl WrongKind {
    /// Says what it is and what to bring instead.
    pub(crate) fn found(self) -> WrongKindFound {
        let (text, fix) = self.sentences();
        WrongKindFound { kind: self, text: text.to_owned(), fix: fix.to_owned() }
    }

    fn sentences(self) -> (&'static str, &'static str) {
        const DOWNLOAD: &str = "In JumpCloud open the application's SSO tab, choose IDP Certificate Valid → Download certificate, and use that file.";
        match self {
            Self::Empty => ("There is nothing here.", DOWNLOAD),
            Self::TooLarge => ("This is far larger than a certificate.", DOWNLOAD),
            Self::PrivateKey => (
                "This is a private key. It must never leave the system that signs with it, and nobody else may see it.",
                "Do not paste it anywhere; if it has been shared, replace the key. What is needed is the certificate.",
            ),
            Self::PublicKey => ("This is a public key without its certificate.", DOWNLOAD),
            Self::SigningRequest => ("This is a request for a certificate, not a certificate.", DOWNLOAD),
            Self::KeyStore => (
                "This is a key store (PKCS#12), which holds a private key behind a password.",
                "Export the certificate alone, as PEM, and use that file.",
            ),
            Self::Metadata => ("This is SAML metadata, and no certificate is in it.", DOWNLOAD),
            Self::HtmlPage => (
                "This is a web page, not a certificate; a download often becomes one when the sign-in has expired.",
                "Sign in to JumpCloud again and repeat the download.",
            ),
            Self::Json => ("This is a JSON document, and no certificate is in it.", DOWNLOAD),
            Self::Thumbprint => ("This is a certificate's thumbprint, not the certificate.", DOWNLOAD),
            Self::Url => (
                "This is an address, not a certificate.",
                "Open the address, save what it answers, and use that file.",
            ),
            Self::SamlMessage => (
                "This is a SAML message, not a certificate.",
                "Paste it into the SAML inspector; here the certificate is needed.",
            ),
            Self::OtherKey => ("This is an SSH or PGP key, which SAML does not use.", DOWNLOAD),
            Self::RevocationList => ("This is a list of revoked certificates, not a certificate.", DOWNLOAD),
            Self::OtherFile => {
                ("This is a file of another kind: an archive, a picture or a document.", DOWNLOAD)
            }
            Self::Unknown => ("No certificate was recognised in this.", DOWNLOAD),
        }
    }
}
