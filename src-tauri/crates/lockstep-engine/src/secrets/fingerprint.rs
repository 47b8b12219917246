//! Fingerprints: how two keys are told apart on screen without showing either.

use std::fmt;

use rand::RngCore;
use sha2::{Digest, Sha256};

use super::Sensitive;

/// The installation's salt: with it, a fingerprint seen elsewhere cannot be tried against lists of keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// Draws a new salt.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Reads a salt from 32 hexadecimal digits; none if the text is something else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Writes the salt as 32 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Salt(****)")
    }
}

/// The first eight hexadecimal digits of SHA-256 over salt and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Computes the fingerprint of a key.
    #[must_use]
    pub fn of(key: &Sensitive, salt: Salt) -> Self {
        let digest = Sha256::new().chain_update(salt.0).chain_update(key.reveal()).finalize();
        let mut text = hex::encode(digest);
        text.truncate(8);
        Self(text)
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_depends_on_key_and_installation() {
        let salt = Salt::from_hex("000102030405060708090a0b0c0d0e0f").unwrap();
        let one = Fingerprint::of(&Sensitive::new("one"), salt);
        assert_eq!(one.as_str().len(), 8, "short enough to compare by eye");
        assert_eq!(one, Fingerprint::of(&Sensitive::new("one"), salt), "the same key looks the same");
        assert_ne!(one, Fingerprint::of(&Sensitive::new("two"), salt), "another key looks different");
        let other = Salt::from_hex(&Salt::random().to_hex()).unwrap();
        assert_ne!(one, Fingerprint::of(&Sensitive::new("one"), other), "elsewhere it looks different");
    }
}
