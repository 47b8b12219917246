//! Applies.
