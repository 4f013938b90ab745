//! What holds for the progress events of every upload.

use mediaferry::upload::{Event, Next, Progress, Step};

/// Checks the progress of each step against that of the previous ones.
#[derive(Debug, Default)]
pub struct ProgressInvariants {
    fraction: f64,
    /// All progress reports.
    pub reports: Vec<Progress>,
}

impl ProgressInvariants {
    /// Progress never decreases, never exceeds 1, and is 1 exactly when the upload has succeeded.
    pub fn check(&mut self, step: &Step) {
        let succeeded = matches!(&step.next, Next::Finish(result) if result.is_ok());
        for event in &step.events {
            let Event::Progress(progress) = event else { continue };
            let fraction = progress.fraction;
            assert!(fraction >= self.fraction, "{} and then {fraction}", self.fraction);
            assert!(fraction < 1.0 || succeeded && fraction <= 1.0, "{fraction} before the end");
            assert!(progress.sent_bytes <= progress.total_bytes, "{progress:?}");
            assert!(progress.bytes_per_second.is_none_or(|rate| rate.is_finite() && rate >= 0.0), "{progress:?}");
            assert!(progress.seconds_left.is_none_or(|seconds| seconds.is_finite() && seconds >= 0.0), "{progress:?}");
            self.fraction = fraction;
            self.reports.push(*progress);
        }
        if succeeded {
            let last = step.events.iter().rev().find_map(|event| match event {
                Event::Progress(progress) => Some(progress.fraction),
                _ => None,
            });
            assert!(last.is_some_and(|fraction| fraction >= 1.0), "a success ends with 1, not {last:?}");
        }
    }
}
