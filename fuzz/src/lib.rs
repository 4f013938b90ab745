//! Runs the fuzz targets of `mediaferry_testing`, which `npm test` runs too.

use mediaferry_testing::fuzz_targets::TARGETS;

/// Runs a target by its name.
pub fn run(name: &str, input: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    target(input);
}
