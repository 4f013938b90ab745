//! Changes that make a file fit a provider's limits, or remove what should not leave the device.
//!
//! [`plan`] finds the steps, as data. [`splice`] makes the lossless changes: it never decodes a pixel or a sample.

pub mod plan;
pub mod splice;
