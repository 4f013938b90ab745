//! Changes that make a file fit a provider's limits, or remove what should not leave the device.
//!
//! [`plan`] finds the steps, as data. [`splice`] makes the lossless changes: it never decodes a pixel or a sample.

#[cfg(all(target_arch = "wasm32", feature = "fix"))]
pub mod exports;
pub mod plan;
pub mod splice;
