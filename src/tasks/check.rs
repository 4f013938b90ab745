//! Checks whether each provider accepts a file: one probe, and one verdict per provider.

use crate::error::Error;
use crate::file::InspectedFile;
use crate::options::Options;
use crate::providers::{PROVIDERS, Provider};
use crate::rules::Violation;

/// A provider's verdict on a file.
#[derive(Debug)]
pub struct Verdict {
    /// The provider.
    pub provider: &'static dyn Provider,
    /// Every violation; empty if the provider accepts the file.
    pub violations: Vec<Violation>,
    /// Recommendations that the file does not meet, and limits that could not be checked.
    pub warnings: Vec<Violation>,
}

/// Returns every provider's verdict on a file, in the registry's order, under these options.
///
/// An empty file, or one of no supported format, is rejected by every provider. A file that cannot be read is an error.
pub fn check(found: &Result<InspectedFile, Error>, options: &Options) -> Result<Vec<Verdict>, Error> {
    let verdict = |provider: &&'static dyn Provider| {
        let provider = *provider;
        let rules = provider.rules(options);
        let (violations, warnings) = match found {
            Ok(file) => (rules.check(file), rules.warnings(file)),
            Err(Error::Rejected(violations)) => (violations.clone(), Vec::new()),
            Err(Error::UnrecognisedFile(violations)) => {
                let with_formats =
                    |violation: &Violation| Violation { limit: rules.accepted_formats(), ..violation.clone() };
                (violations.iter().map(with_formats).collect(), Vec::new())
            }
            Err(error) => return Err(error.clone()),
        };
        Ok(Verdict { provider, violations, warnings })
    };
    PROVIDERS.iter().map(verdict).collect()
}
