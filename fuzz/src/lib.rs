//! The bodies of the fuzz targets, which `npm test` runs too: they are in `tests/common`.

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/common/probing.rs"]
mod probing;
#[path = "../../tests/common/fuzz.rs"]
mod targets;
#[path = "../../tests/common/trees.rs"]
mod trees;

/// Runs a target by its name.
pub fn run(name: &str, input: &[u8]) {
    let (_, target) = targets::TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    target(input);
}
