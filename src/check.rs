//! Which provider takes this file? One probe, one verdict for each provider.

use crate::error::Error;
use crate::file::InspectedFile;
use crate::options::Options;
use crate::providers::{PROVIDERS, Provider};
use crate::rules::Violation;

/// What one provider says to a file.
#[derive(Debug)]
pub struct Verdict {
    /// The provider.
    pub provider: &'static dyn Provider,
    /// Every limit that the file breaks; empty where the provider takes it.
    pub violations: Vec<Violation>,
    /// What the provider would rather have otherwise, and what could not be checked.
    pub advice: Vec<Violation>,
}

/// Every provider's verdict on a file, in the registry's order, under these options.
///
/// A file without a byte, or of no known format, is taken by nobody. One that cannot be read gets no verdict but its error.
pub fn check(found: &Result<InspectedFile, Error>, options: &Options) -> Result<Vec<Verdict>, Error> {
    let verdict = |provider: &&'static dyn Provider| {
        let provider = *provider;
        let rules = provider.rules(options);
        let (violations, advice) = match found {
            Ok(file) => (rules.check(file), rules.advice(file)),
            Err(Error::Rejected(violations)) => (violations.clone(), Vec::new()),
            Err(Error::UnrecognisedFile(violations)) => {
                let taken = |violation: &Violation| Violation { limit: rules.taken(), ..violation.clone() };
                (violations.iter().map(taken).collect(), Vec::new())
            }
            Err(error) => return Err(error.clone()),
        };
        Ok(Verdict { provider, violations, advice })
    };
    PROVIDERS.iter().map(verdict).collect()
}
