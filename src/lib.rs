//! Uploads media files from the browser to generative-media APIs and returns the asset reference for a generation
//! request: an `asset://` URI or a URL.
//!
//! Before anything is sent, the file is identified by its content ([`media`]) and checked against the provider's
//! documented limits ([`rules`]); it is hashed ([`digest`]) while uploading. [`upload`] is the whole upload as a state
//! machine that performs no I/O; [`providers`] are the companies' APIs as requests and responses. `browser`, on wasm
//! only, performs the effects.
//!
//! Reading order: [`upload`], one provider ([`providers::modelhunter`]), then `browser/driver.rs`.

// The core reads untrusted bytes: an index can panic, and a panic in wasm leaves the module unusable.
#![deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[cfg_attr(not(feature = "parts"), allow(dead_code, reason = "used only by what sends parts"))]
mod base64;
#[cfg(all(target_arch = "wasm32", feature = "core"))]
pub mod browser;
pub mod clock;
pub mod digest;
pub mod error;
pub mod file;
#[cfg(feature = "fix")]
pub mod fix;
#[cfg(all(target_arch = "wasm32", feature = "formats"))]
pub mod formats;
pub mod http;
pub mod json;
pub mod media;
pub mod options;
pub mod providers;
pub mod rules;
pub mod storage;
pub mod tasks;
pub(crate) mod text;
mod text_enum;
pub mod time;
pub mod upload;
pub mod url;

/// std's own allocator is twice as large.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
