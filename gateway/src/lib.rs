//! The native side of mediaferry: adds the providers' keys, stores files, and plays the providers for development.
//!
//! A page cannot keep a key, so it talks to a provider through [`serve()`]'s `/providers/{id}/…`, which adds it.
//! Bytes of a presigned PUT never pass through here: they go to storage, which for development is embedded, on a
//! port of its own. With `--sandbox`, it plays each provider that is not configured, as its page describes it.

mod answer;
mod app;
mod attempts;
pub mod config;
mod exchange;
mod guard;
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

pub use config::{Config, ConfigError, Flags};
pub use serve::{Addresses, Handle, StartError, serve};
