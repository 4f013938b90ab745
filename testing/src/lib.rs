//! What the native tests, the fuzz targets and the benchmarks share.
//!
//! [`script`] runs a whole upload against a list of expected requests, on a virtual clock. [`fuzz_targets`] are the
//! promises that hold for any bytes. [`corpus`] lists the files on disk; [`samples`] and [`generators`] make files in
//! memory; [`stubs`] are files without bytes.

#![allow(clippy::missing_panics_doc, clippy::must_use_candidate, reason = "a helper fails its test with a panic")]

pub mod corpus;
pub mod example_provider;
pub mod fuzz_targets;
pub mod generators;
pub mod probe;
pub mod random;
pub mod samples;
pub mod script;
pub mod splice;
pub mod stubs;
