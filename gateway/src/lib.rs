//! The gateway of mediaferry: the server that adds the providers' keys to the requests of a page.
//!
//! A page cannot keep a key secret, so it sends a provider's requests to `/providers/{id}/…` of the gateway, which
//! forwards those in the provider's profile, and no others. The bytes of a presigned PUT never pass through the gateway:
//! they go to storage, and `/staging` signs the URLs.

pub mod abandoned;
pub mod admin;
mod admission;
mod app;
mod attempts;
mod body;
mod bucket;
pub mod check;
mod conditions;
pub mod config;
mod connection;
mod connections;
pub mod doctor;
mod exchange;
pub mod files;
mod follow;
mod form;
pub mod guard;
mod guarded;
pub mod health;
pub mod hooks;
mod identity;
pub mod limits;
pub mod linger;
pub mod log;
mod metrics;
mod millis;
mod ownership;
pub mod presign;
mod progress;
mod providers;
mod proxy;
pub mod readiness;
mod refusal;
mod request_id;
pub mod secret;
pub mod serve;
pub mod signal;
mod spool_folder;
pub mod staging;
pub mod traces;
pub mod upstream;
pub mod valkey;

pub use app::{app, with_guards};
pub use body::Pace;
pub use config::{Config, Problem};
pub use connection::Timeouts;
pub use serve::{Handle, ServeOptions, StartError, serve};
