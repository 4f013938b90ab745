//! Makes a file that breaks a limit fit: first a plan as data ([`plan`]), then its steps.

pub mod plan;
