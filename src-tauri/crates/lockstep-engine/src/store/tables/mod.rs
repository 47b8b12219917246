//! The tables: one file each with its row types, its SQL and free functions over a connection or a write transaction.
