//! Tests of the desktop shell: what it hands to the window, and what the window may ask for.

mod bindings;
mod permissions;
