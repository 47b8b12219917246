//! What an inspection has to say: code, severity, and where to change what.

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The response must be refused.
    Error,
    /// It is accepted today; somebody should look at it.
    Warning,
    /// Worth knowing.
    Info,
}

/// What was found. The names of the errors are the headless contract's and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// No SAML response could be read from the input.
    Unreadable,
    /// The input, or what it unpacks to, is beyond the limits.
    TooLarge,
    /// A DTD, an entity, a comment or a processing instruction.
    ForbiddenXml,
    /// Neither the response nor the assertion is signed.
    NotSigned,
    /// Content and signature do not belong together.
    SignatureInvalid,
    /// What is signed is not what would be read, or it cannot be told apart.
    SignatureWrapping,
    /// SHA-1, MD5, or an RSA key under 2048 bits.
    WeakAlgorithm,
    /// The signature uses a canonical form that is not accepted.
    UnsupportedCanonicalization,
    /// Signed with another certificate than the expected one.
    OtherCertificate,
    /// The expected certificate is past its validity.
    CertificateExpired,
    /// The expected certificate is before its validity.
    CertificateNotYetValid,
    /// The assertion is encrypted; nobody here has the key.
    EncryptedAssertion,
    /// More than one assertion, or the same id twice.
    DuplicateAssertion,
    /// The identity provider reports a failure instead of a sign-in.
    StatusNotSuccess,
    /// Issued by another entity ID.
    IssuerMismatch,
    /// Meant for another service provider.
    AudienceMismatch,
    /// To be delivered to another address (SubjectConfirmationData).
    RecipientMismatch,
    /// Sent to another address (Response).
    DestinationMismatch,
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// No NameID.
    NameIdMissing,
    /// The NameID is not the expected account's e-mail.
    NameIdMismatch,
    /// Valid only because clocks may differ.
    WithinSkew,
    /// No end of validity is stated.
    NoTimeLimit,
    /// The certificate in the response is not the one whose key signed it.
    EmbeddedCertificateDiffers,
    /// The certificate expires within 60 days.
    CertificateExpiresSoon,
    /// The NameID is not written as an e-mail address, or its format says otherwise.
    NameIdFormat,
    /// The NameID equals the account's e-mail but for upper and lower case.
    NameIdCase,
    /// Attributes that just-in-time provisioning needs are missing.
    JitAttributesMissing,
    /// An attribute is there, but its value is not what it is meant for.
    JitAttributeUnsuitable,
    /// What else just-in-time provisioning needs, which a response cannot show.
    JitConditions,
    /// Only the assertion is signed: status and destination prove nothing.
    ResponseNotSigned,
    /// Only the response is signed, not the assertion.
    AssertionNotSigned,
    /// The input held several responses; the last one was inspected.
    SeveralResponses,
    /// A value was not given, and so not compared.
    NotChecked,
}

/// One thing that an inspection found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Finding {
    /// What kind.
    pub code: FindingCode,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence for people.
    pub text: String,
    /// What should be there.
    pub expected: Option<String>,
    /// What is there.
    pub found: Option<String>,
    /// Where to change it, for example `Atlassian: Public x509 certificate`.
    #[serde(rename = "where")]
    pub place: String,
    /// What to do.
    pub fix: String,
    /// What Atlassian shows to the person who signs in, where that is documented.
    pub atlassian_error: Option<String>,
}
