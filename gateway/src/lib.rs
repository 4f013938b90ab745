//! The gateway of mediaferry: the server that adds the providers' keys to the requests of a page.
//!
//! A page cannot keep a key secret, so it sends a provider's requests to `/providers/{id}/…` of the gateway, which
//! forwards those in the provider's profile, and no others. The bytes of a presigned PUT never pass through the gateway:
//! they go to storage, and `/staging` signs the URLs.

pub mod admin;
mod app;
mod attempts;
pub mod check;
pub mod config;
pub mod doctor;
mod exchange;
pub mod guard;
pub mod health;
mod identity;
pub mod linger;
pub mod log;
mod metrics;
pub mod presign;
mod progress;
mod proxy;
pub mod readiness;
mod refusal;
mod request_id;
pub mod secret;
pub mod serve;
pub mod signal;
pub mod staging;
pub mod upstream;

pub use app::{app, with_guards};
pub use config::{Config, Problem};
pub use serve::{Handle, StartError, serve};
