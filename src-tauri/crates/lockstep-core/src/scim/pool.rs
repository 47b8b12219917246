//! A pool of SCIM ids: a large directory names the same user in many groups, and each id is kept once.

use std::hash::{Hash, Hasher};

use indexmap::{Equivalent, IndexSet};
use rustc_hash::FxBuildHasher;

use crate::ids::ScimId;

/// Ids seen so far. Keep one pool for all pages of a reading.
#[derive(Debug, Default)]
pub struct IdPool {
    ids: IndexSet<ScimId, FxBuildHasher>,
}

impl IdPool {
    /// Returns the id, sharing its text with every other use of it.
    pub fn intern(&mut self, id: &str) -> ScimId {
        if let Some(known) = self.ids.get(&ById(id)) {
            return known.clone();
        }
        let new = ScimId::from(id);
        self.ids.insert(new.clone());
        new
    }
}

/// Looks an id up by its text; hashes as [`ScimId`] does, which is as its text.
struct ById<'a>(&'a str);

impl Hash for ById<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<ScimId> for ById<'_> {
    fn equivalent(&self, id: &ScimId) -> bool {
        self.0 == id.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_seen_before_shares_its_text() {
        let mut pool = IdPool::default();
        let first = pool.intern("ada");
        let second = pool.intern("ada");
        assert!(std::ptr::eq(first.as_str(), second.as_str()), "both are the same allocation");
        assert_ne!(first, pool.intern("bob"), "another id stays another id");
    }
}
