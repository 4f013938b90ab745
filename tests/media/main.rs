//! The probe: facts of made and real files, attacks, and what holds for any bytes at all.
//!
//! The made files are in `fixtures/media`, with the script that makes them. The real ones are those of a corpus, if there is
//! one: see `mediaferry_testing::corpus`.

mod expected;
mod facts;
mod fuzz;
mod impossible_metadata;
mod large_files;
mod malicious_files;
mod reads;
mod truncation;
mod wire;
mod writers;
