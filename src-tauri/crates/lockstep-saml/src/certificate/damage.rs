//! What can have happened to a certificate between its file and the field it was pasted into.

use serde::{Deserialize, Serialize};

/// One thing that was wrong with the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Damage {
    /// What kind.
    pub kind: DamageKind,
    /// One sentence for people.
    pub text: String,
    /// Whether the certificate could be read all the same.
    pub is_repaired: bool,
}

macro_rules! damage_kinds {
    ($($(#[doc = $doc:literal])* $name:ident => $text:literal,)*) => {
        /// A kind of damage.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(rename_all = "snake_case")]
        pub enum DamageKind {
            $($(#[doc = $doc])* $name,)*
        }

        impl DamageKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Says it in one sentence.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

damage_kinds! {
    /// U+FEFF at the beginning.
    ByteOrderMark => "An invisible byte order mark stood before the text.",
    /// UTF-16 instead of UTF-8.
    Utf16 => "The file was saved as UTF-16.",
    /// Windows-1252 or Latin-1 bytes.
    LegacyEncoding => "The text was not UTF-8 but an older encoding.",
    /// NUL characters.
    NulCharacters => "NUL characters were among the text.",
    /// Other control characters.
    ControlCharacters => "Control characters were among the text.",
    /// Terminal colours.
    TerminalColours => "Colour codes of a terminal were copied along.",
    /// `\r\n`.
    CarriageReturns => "Lines ended as on Windows.",
    /// `\r` alone.
    OldMacLineEnds => "Lines ended with carriage returns alone.",
    /// The two characters `\` and `n`.
    LiteralNewlines => "Line ends were written out as \\n.",
    /// The characters `\r\n`, written out.
    LiteralCarriageReturns => "Line ends were written out as \\r\\n.",
    /// `\x0a`, as in Atlassian's ticket ACCESS-1498.
    LiteralHexNewlines => "Line ends were written out as \\x0a, which Atlassian would take for part of the certificate.",
    /// Unicode escapes such as `\u000a` or `\u002b`.
    UnicodeEscapes => "Characters were written out as \\u escapes.",
    /// Other escapes of JSON strings: `\/`, `\"`.
    JsonEscapes => "Characters were escaped as in JSON.",
    /// `%0A`, `%2B`.
    UrlEncoded => "The text was URL-encoded.",
    /// `&#10;`, `&#43;`.
    HtmlEntities => "Characters were written as HTML entities.",
    /// `<br>`, `<pre>`.
    HtmlTags => "HTML tags were copied along.",
    /// `=0A`, `=3D`, and soft line ends.
    QuotedPrintable => "The text was encoded for e-mail (quoted-printable).",
    /// Lines beginning with `>`.
    EmailQuoting => "Lines were quoted as in an e-mail.",
    /// Lines with `│` or `|` before them.
    Gutter => "A border or line numbers stood before the lines.",
    /// En and em dashes.
    AutocorrectedDashes => "Hyphens had been autocorrected to dashes.",
    /// Typographic quotes.
    SmartQuotes => "Typographic quotation marks stood around the text.",
    /// Quotes around the whole or around lines.
    Quotes => "Quotation marks stood around the text.",
    /// Quotes, commas and plus signs of a program.
    ProgramSource => "The text was copied from a program or a configuration file.",
    /// Code fences.
    CodeFence => "Marks of a formatted message stood around the text.",
    /// U+00A0 and relatives.
    NonBreakingSpaces => "Non-breaking or other special spaces were among the text.",
    /// Zero-width characters, soft hyphens, direction marks.
    InvisibleCharacters => "Invisible characters were among the text.",
    /// Full-width letters and look-alikes that a normalisation settles.
    FullWidthCharacters => "Full-width characters stood for plain ones.",
    /// Spaces or tabs before lines.
    Indentation => "Lines were indented.",
    /// Spaces after lines.
    TrailingSpaces => "Spaces stood after lines.",
    /// Empty lines within.
    BlankLines => "Empty lines stood within the certificate.",
    /// Spaces where line ends were.
    SpacesForLineEnds => "Line ends had become spaces.",
    /// All in one line.
    OneLine => "Everything stood in one line.",
    /// Lines of another length than 64.
    LineWidth => "Lines were not 64 characters wide.",
    /// No BEGIN line.
    MissingHeader => "The line -----BEGIN CERTIFICATE----- was missing.",
    /// No END line.
    MissingFooter => "The line -----END CERTIFICATE----- was missing.",
    /// Twice.
    DuplicatedHeader => "The line -----BEGIN CERTIFICATE----- stood there twice.",
    /// Twice.
    DuplicatedFooter => "The line -----END CERTIFICATE----- stood there twice.",
    /// Not five hyphens, or spaces.
    MalformedHeader => "The BEGIN or END line was not written as it must be.",
    /// In lower case.
    LowerCaseHeader => "The BEGIN or END line was in lower case.",
    /// `BEGIN X509 CERTIFICATE`, `BEGIN TRUSTED CERTIFICATE`.
    OtherLabel => "The BEGIN line named it otherwise than CERTIFICATE.",
    /// The header shares its line with the body.
    HeaderWithinLine => "The BEGIN or END line shared a line with the certificate.",
    /// `subject=`, `Bag Attributes`, an e-mail's words.
    TextBefore => "Other text stood before the certificate.",
    /// The same, behind.
    TextAfter => "Other text stood after the certificate.",
    /// More than one.
    SeveralCertificates => "There were several certificates.",
    /// The same one twice.
    RepeatedCertificate => "The same certificate was there more than once.",
    /// `=` missing.
    MissingPadding => "The = signs at the end were missing.",
    /// Too many `=`.
    ExtraPadding => "There were too many = signs at the end.",
    /// `-` and `_` for `+` and `/`.
    UrlSafeAlphabet => "It was in the URL-safe alphabet.",
    /// PEM, encoded once more, as in JumpCloud's application.
    EncodedPem => "It was encoded twice.",
    /// Hexadecimal instead of base64.
    Hexadecimal => "It was written in hexadecimal.",
    /// A combined file.
    PrivateKeyAlong => "A private key was there as well and was left out. Nobody else may see it: if it has been shared, replace it.",
    /// Bytes after the certificate.
    TrailingBytes => "Other bytes followed the certificate.",
    /// PKCS#7.
    Pkcs7 => "It was in a PKCS#7 bundle.",
    /// Taken out of IdP metadata.
    FromMetadata => "It was the metadata file; the signing certificate was taken out of it.",
    /// Taken out of a JSON document.
    FromJson => "It was a JSON document; the certificate was taken out of it.",
    /// A tag around it: `<X509Certificate>`.
    FromXml => "XML tags stood around it.",
    /// The end is missing.
    Truncated => "The end of the certificate is missing.",
    /// Dots in the middle.
    Abbreviated => "The middle was left out and replaced by dots.",
    /// All in lower case.
    CaseLost => "Upper and lower case were lost, and with them the content.",
    /// Characters that are not in the alphabet.
    ForeignCharacters => "It contains characters that a certificate does not have.",
    /// Some characters were changed or lost within.
    Corrupted => "Characters within it were changed or are missing.",
    /// It reads as a certificate, but its own signature contradicts its content.
    SelfSignatureBroken => "It reads as a certificate, but a character within it was changed: its own signature does not fit.",
}

impl DamageKind {
    /// Makes the damage that says so.
    pub(crate) fn repaired(self) -> Damage {
        Damage { kind: self, text: self.text().to_owned(), is_repaired: true }
    }

    /// Makes the damage for which there is no repair.
    pub(crate) fn fatal(self) -> Damage {
        Damage { kind: self, text: self.text().to_owned(), is_repaired: false }
    }
}
