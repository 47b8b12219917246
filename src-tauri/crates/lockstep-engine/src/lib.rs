//! The engine of Lockstep: everything that has effects, and no window.
//!
//! [`api`] is the façade that the desktop app and `lockstepctl` call. Below it: [`sync`] (what a run does, step by step),
//! [`jobs`] (who owns its tasks), [`connectors`] over [`http`], [`store`], and [`secrets`].

pub mod api;
mod clients;
pub mod clock;
pub mod connectors;
mod engine;
pub mod error;
mod error_map;
pub mod events;
pub mod http;
pub mod jobs;
pub mod secrets;
pub mod store;
mod sync;
pub mod tags;
mod user;

pub use engine::{Engine, EngineOptions, OpenMode, SecretBackend, default_data_dir};
pub use user::operating_system_user;
