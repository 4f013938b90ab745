//! The probe: facts of made and real files, attacks, and what holds for any bytes at all.
//!
//! The made files are in `fixtures/media`, with the script that makes them. The real ones are those of a corpus, if there is
//! one: see `files::corpus`.

#[path = "../common/probing.rs"]
mod probing;
#[path = "../common/random.rs"]
mod random;
#[path = "../common/fuzz.rs"]
mod targets;
#[path = "../common/trees.rs"]
mod trees;

mod absurd;
mod attacks;
mod cuts;
mod expected;
mod facts;
mod files;
mod fuzz;
mod long;
mod reading;
mod report;
mod writers;
