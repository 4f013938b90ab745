//! Carries a media file from a browser into a generative-media API and hands back the string to paste into a
//! generation request: an `asset://` URI or a URL.
//!
//! Before a byte leaves, the file is recognised by its content ([`media`]), checked against the provider's documented
//! limits ([`rules`]) and hashed ([`digest`]). [`flow`] is the whole upload as a state machine that performs no I/O;
//! [`providers`] are the companies' APIs as requests and answers. `browser`, on wasm only, performs the effects.
//!
//! Reading order: [`flow`], one provider ([`providers::modelhunter`]), then `browser/drive.rs`.

// The core meets bytes from outside: an index is a panic, and a panic in wasm is a dead module.
#![deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[cfg(all(target_arch = "wasm32", feature = "core"))]
pub mod browser;
pub mod check;
pub mod clock;
pub mod digest;
pub mod error;
pub mod file;
pub mod flow;
#[cfg(all(target_arch = "wasm32", feature = "formats"))]
pub mod formats;
pub mod http;
pub mod json;
pub mod media;
pub mod options;
pub mod providers;
pub mod rules;
pub mod staging;
pub(crate) mod text;
mod text_enum;
pub mod time;
pub mod url;

/// std's own allocator is twice the code.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
