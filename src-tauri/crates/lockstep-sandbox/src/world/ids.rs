//! Ids that look like the services' own and depend on the seed alone.

use std::fmt;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The moment that the first id carries: 2021-03-01T08:00:00Z.
const FIRST_ID_SECOND: u32 = 1_614_585_600;

/// JumpCloud's 24-hex id: seconds, a part of the world, a counter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct ObjectId([u8; 12]);

impl ObjectId {
    /// Reads 24 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<ObjectId> {
        let mut bytes = [0; 12];
        if text.len() != 24 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(ObjectId(bytes))
    }

    /// Seconds since 1970 at which the id was given.
    pub(crate) fn seconds(self) -> i64 {
        let [a, b, c, d, ..] = self.0;
        i64::from(u32::from_be_bytes([a, b, c, d]))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for ObjectId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Gives ids; the same seed gives the same ids in the same order.
#[derive(Debug)]
pub(crate) struct Mint {
    rng: ChaCha8Rng,
    machine: [u8; 5],
    second: u32,
    counter: u32,
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Mint {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut machine = [0; 5];
        rng.fill_bytes(&mut machine);
        Mint { rng, machine, second: FIRST_ID_SECOND, counter: 0x00a1_b2c3 }
    }

    /// Gives the next JumpCloud id; ids grow, as they do where they carry the time of creation.
    pub(crate) fn object_id(&mut self) -> ObjectId {
        self.second += self.rng.next_u32() % 900;
        self.counter = (self.counter + 1) & 0x00ff_ffff;
        let [s0, s1, s2, s3] = self.second.to_be_bytes();
        let [m0, m1, m2, m3, m4] = self.machine;
        let [_, c1, c2, c3] = self.counter.to_be_bytes();
        ObjectId([s0, s1, s2, s3, m0, m1, m2, m3, m4, c1, c2, c3])
    }

    /// Gives the next UUID (version 4).
    pub(crate) fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// Gives `count` random lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, count: usize) -> String {
        let mut text = String::with_capacity(count);
        while text.len() < count {
            text.push_str(&format!("{:08x}", self.rng.next_u32()));
        }
        text.truncate(count);
        text
    }

    /// Returns a number below `bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 { 0 } else { self.rng.next_u32() % bound }
    }
}
