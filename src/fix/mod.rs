//! Changes that make a file fit a provider's limits, or remove what should not leave the device.
//!
//! [`splice`] makes the lossless changes: it never decodes a pixel or a sample.

pub mod splice;
