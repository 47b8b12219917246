//! What a write closure gets: a connection inside a transaction, and a place to say what it touched.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Deref;

use rusqlite::Connection;

use super::writer_memory::WriterMemory;
use crate::tags::CacheTag;

/// One caller's part of the transaction that is being gathered.
///
/// It can be had only inside [`Store::write`](super::Store::write): a function that takes it cannot be called outside a transaction, and what it touches is published
/// after the commit without the caller's help. It must not begin, commit or roll back by itself.
#[derive(Debug)]
pub struct WriteTransaction<'c> {
    connection: &'c Connection,
    memory: &'c WriterMemory,
    touched: RefCell<BTreeSet<CacheTag>>,
}

impl<'c> WriteTransaction<'c> {
    pub(super) fn new(connection: &'c Connection, memory: &'c WriterMemory) -> Self {
        Self { connection, memory, touched: RefCell::default() }
    }

    /// Returns what the writer knows by heart.
    pub(super) const fn memory(&self) -> &'c WriterMemory {
        self.memory
    }

    /// Notes that the content named by `tag` changes with this transaction.
    pub fn touch(&self, tag: CacheTag) {
        self.touched.borrow_mut().insert(tag);
    }

    pub(super) fn into_touched(self) -> BTreeSet<CacheTag> {
        self.touched.into_inner()
    }
}

impl Deref for WriteTransaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
