//! The native part of mediaferry: adds the providers' keys, stores files, and imitates the providers for development.
//!
//! A page cannot keep a key secret, so it sends a provider's requests to [`serve()`]'s `/providers/{id}/…`, which adds
//! the key. The bytes of a presigned PUT never pass through the gateway: they go to storage. For development, storage
//! is embedded and has its own port. With `--sandbox`, the gateway imitates each provider that is not configured,
//! according to its page.

mod answer;
mod app;
mod attempts;
pub mod config;
mod exchange;
mod guard;
pub mod hooks;
pub mod limits;
mod linger;
pub mod log;
mod pages;
mod presign;
mod progress;
mod proxy;
pub mod sandbox;
pub mod secret;
pub mod serve;
mod server;
mod staging;
mod storage;
pub mod store;
mod sweep;
pub mod upstream;
pub mod valkey;

pub use config::{Config, ConfigError, Flags};
pub use serve::{Addresses, Handle, StartError, serve};
