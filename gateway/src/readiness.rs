//! Whether this instance should receive requests: its bucket works, and it is not stopping.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Whether this instance should receive requests. Clones share the state.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<State>);

#[derive(Debug, Default)]
struct State {
    draining: AtomicBool,
    problems: RwLock<BTreeMap<&'static str, Vec<String>>>,
}

impl Readiness {
    /// Declares that this instance is stopping.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Release);
    }

    /// Replaces the problems of one part; an empty list means that it works.
    pub fn set(&self, part: &'static str, problems: Vec<String>) {
        self.0.problems.write().unwrap_or_else(PoisonError::into_inner).insert(part, problems);
    }

    /// Why this instance should not receive requests; empty if it should.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let draining = self.0.draining.load(Ordering::Acquire).then(|| "the gateway is stopping".to_owned());
        let problems = self.0.problems.read().unwrap_or_else(PoisonError::into_inner);
        draining.into_iter().chain(problems.values().flatten().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_ready_without_problems_and_until_it_stops() {
        let readiness = Readiness::default();
        assert_eq!(readiness.problems(), [""; 0]);
        readiness.clone().set("bucket", vec!["wrong secret".to_owned()]);
        assert_eq!(readiness.problems(), ["wrong secret"]);
        readiness.set("bucket", Vec::new());
        assert_eq!(readiness.problems(), [""; 0]);
        readiness.drain();
        assert_eq!(readiness.problems(), ["the gateway is stopping"]);
    }
}
