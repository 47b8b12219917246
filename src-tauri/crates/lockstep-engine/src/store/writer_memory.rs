//! What the writer knows without asking the database again: nobody else writes to it.
//!
//! Every rollback forgets all of it, since some of it may have been learnt in the part that was taken back.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::StoreError;

/// Facts that hold until this writer changes them.
#[derive(Debug, Default)]
pub(super) struct WriterMemory {
    connections: RefCell<FxHashMap<Box<str>, i64>>,
    runs: RefCell<FxHashMap<Box<str>, i64>>,
    chains: RefCell<FxHashMap<Box<str>, ChainEnd>>,
}

/// The last record of an event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChainEnd {
    pub(super) sequence: u32,
    pub(super) hash: String,
}

impl WriterMemory {
    /// Forgets everything: after a rollback, and when a connection is removed.
    pub(super) fn forget(&self) {
        self.connections.borrow_mut().clear();
        self.runs.borrow_mut().clear();
        self.chains.borrow_mut().clear();
    }

    /// Returns a connection's number.
    pub(super) fn connection(
        &self,
        id: &str,
        ask: impl FnOnce() -> Result<i64, StoreError>,
    ) -> Result<i64, StoreError> {
        remembered(&self.connections, id, ask)
    }

    /// Returns a run's number.
    pub(super) fn run(
        &self,
        id: &str,
        ask: impl FnOnce() -> Result<i64, StoreError>,
    ) -> Result<i64, StoreError> {
        remembered(&self.runs, id, ask)
    }

    /// Takes the end of a connection's log out; whoever appends puts the new one in.
    pub(super) fn take_chain_end(&self, connection: &str) -> Option<ChainEnd> {
        self.chains.borrow_mut().remove(connection)
    }

    /// Notes the end of a connection's log.
    pub(super) fn set_chain_end(&self, connection: &str, end: ChainEnd) {
        self.chains.borrow_mut().insert(connection.into(), end);
    }
}

fn remembered(
    known: &RefCell<FxHashMap<Box<str>, i64>>,
    id: &str,
    ask: impl FnOnce() -> Result<i64, StoreError>,
) -> Result<i64, StoreError> {
    if let Some(key) = known.borrow().get(id) {
        return Ok(*key);
    }
    let key = ask()?;
    known.borrow_mut().insert(id.into(), key);
    Ok(key)
}
