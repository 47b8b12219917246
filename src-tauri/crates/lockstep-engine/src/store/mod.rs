//! The store: one SQLite database in the data directory, one writer, many readers.
//!
//! [`Store`] is the way in; the SQL is in [`tables`]. Nothing here knows HTTP, and no secret is ever stored.

mod error;
mod handle;
mod lock;
mod migrate;
mod pool;
pub mod tables;
mod text;
mod transaction;
mod writer;
mod writer_memory;

pub use error::StoreError;
pub use handle::{DATABASE_FILE, Mode, Store};
pub use lock::LOCK_FILE;
pub use text::search_text;
pub use transaction::WriteTransaction;
