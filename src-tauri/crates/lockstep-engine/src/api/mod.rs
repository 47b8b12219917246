//! The façade that the window and `lockstepctl` call; one file per feature, named as the commands are.

pub mod views;
