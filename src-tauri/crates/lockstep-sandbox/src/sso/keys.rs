//! The identity provider's keys and the certificates made with them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, SerialNumber, date_time_ymd,
};
use rustc_hash::FxHashMap;

use crate::lock;

const KEYS: [&[u8]; 4] = [
    include_bytes!("../../keys/idp-0.der"),
    include_bytes!("../../keys/idp-1.der"),
    include_bytes!("../../keys/idp-2.der"),
    include_bytes!("../../keys/idp-3.der"),
];

const FIVE_YEARS_SECONDS: i64 = 5 * 365 * 86_400;

/// Which certificate an application signs with. The same one gives the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Certificate {
    pub(crate) serial: u64,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
}

/// Certificates that were asked for: making one costs an RSA signature.
static MADE: Mutex<Option<FxHashMap<Certificate, Arc<[u8]>>>> = Mutex::new(None);

impl Certificate {
    /// A certificate for five years from then on.
    pub(crate) fn new(serial: u64, not_before: i64) -> Certificate {
        Certificate { serial, not_before, not_after: not_before + FIVE_YEARS_SECONDS }
    }

    fn key(self) -> &'static [u8] {
        // Another serial is, mostly, another key: a certificate that was made anew fits no old signature.
        let index = usize::try_from(self.serial % KEYS.len() as u64).unwrap_or(0);
        KEYS.get(index).copied().unwrap_or_default()
    }

    /// Returns the certificate; empty if it cannot be made, which would be a fault of the keys in this package.
    pub(crate) fn der(self) -> Arc<[u8]> {
        let mut made = lock(&MADE);
        let made = made.get_or_insert_with(FxHashMap::default);
        if let Some(der) = made.get(&self) {
            return Arc::clone(der);
        }
        let der: Arc<[u8]> = match self.make() {
            Ok(der) => der.into(),
            Err(error) => {
                tracing::error!(%error, "A certificate of the sandbox cannot be made.");
                Arc::new([])
            }
        };
        made.insert(self, Arc::clone(&der));
        der
    }

    fn make(self) -> Result<Vec<u8>, rcgen::Error> {
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&self.key().into(), &PKCS_RSA_SHA256)?;
        let mut parameters = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "JumpCloud sandbox");
        name.push(DnType::OrganizationName, "JumpCloud");
        name.push(DnType::CountryName, "US");
        parameters.distinguished_name = name;
        parameters.serial_number = Some(SerialNumber::from(self.serial.max(1)));
        let moment = |seconds: i64| {
            date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
        };
        parameters.not_before = moment(self.not_before);
        parameters.not_after = moment(self.not_after);
        Ok(parameters.self_signed(&key)?.der().to_vec())
    }

    /// Returns the PEM text.
    pub(crate) fn pem(self) -> String {
        let base64 = STANDARD.encode(self.der());
        let lines: Vec<&str> =
            base64.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }

    /// Returns the PEM text in base64, as JumpCloud's `config.idpCertificate.value` has it.
    pub(crate) fn value(self) -> String {
        STANDARD.encode(self.pem())
    }

    /// Signs with RSA and SHA-256; empty if that is not possible.
    pub(crate) fn sign(self, message: &[u8]) -> Vec<u8> {
        let Ok(key) = RsaKeyPair::from_pkcs8(self.key()) else { return Vec::new() };
        let mut signature = vec![0; key.public_modulus_len()];
        match key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature) {
            Ok(()) => signature,
            Err(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Certificate;

    #[test]
    fn every_key_makes_a_certificate_and_the_same_one_twice() {
        for serial in 1..=4 {
            let certificate = Certificate::new(serial, 1_600_000_000);
            let made = certificate.make().unwrap_or_else(|error| panic!("key {serial}: {error}"));
            assert_eq!(made, certificate.make().unwrap(), "the same bytes");
            assert!(!certificate.sign(b"something").is_empty());
        }
    }
}
