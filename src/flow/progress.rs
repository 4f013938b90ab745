//! One honest number over all stages: it never goes back, never passes 1, and is 1 only at the end.

use super::effect::{Progress, Stage};

/// What a stage is worth, in parts of 1, when it is behind us. What is missing to 1 is the provider's last answer.
const INSPECTED: f64 = 0.01;
const HASHED: f64 = 0.09;
const TICKET: f64 = 0.01;
const TRANSFERRED: f64 = 0.80;
const SUBMITTED: f64 = 0.04;

/// No more than one report in so many milliseconds.
const REPORT_EVERY_MILLIS: u64 = 50;
/// The rate is measured over at least so long …
const SAMPLE_MILLIS: u64 = 250;
/// … and averaged over about so long.
const AVERAGE_MILLIS: f64 = 2_000.0;

/// Turns bytes and stages into reports.
#[derive(Debug)]
pub(super) struct Meter {
    total: u64,
    hashed: u64,
    sent: u64,
    stage: Stage,
    /// The highest fraction ever reached.
    fraction: f64,
    reported_at: Option<u64>,
    /// When the current sample began, and how much had been sent then.
    sample: Option<(u64, u64)>,
    rate: Option<f64>,
}

impl Meter {
    pub(super) const fn new(total: u64) -> Self {
        Self {
            total,
            hashed: 0,
            sent: 0,
            stage: Stage::Inspect,
            fraction: 0.0,
            reported_at: None,
            sample: None,
            rate: None,
        }
    }

    /// A stage has begun.
    pub(super) fn stage(&mut self, stage: Stage) -> Progress {
        self.stage = stage;
        self.report()
    }

    /// The file has been sent by an earlier upload, which this one continues.
    pub(super) const fn resumed(&mut self) {
        self.sent = self.total;
    }

    /// A request that carries the file begins, perhaps again; its first bytes are reported at once.
    pub(super) const fn transfer_begins(&mut self) {
        self.sent = 0;
        self.sample = None;
        self.reported_at = None;
    }

    /// So many bytes have been digested.
    pub(super) fn hashed(&mut self, bytes: u64, now: u64) -> Option<Progress> {
        self.hashed = bytes.min(self.total);
        self.report_if_due(now, self.hashed == self.total)
    }

    /// So many bytes have left.
    pub(super) fn sent(&mut self, bytes: u64, now: u64) -> Option<Progress> {
        self.sent = bytes.min(self.total);
        self.measure(now);
        self.report_if_due(now, self.sent == self.total)
    }

    /// Everything is done.
    pub(super) const fn finish(&mut self) -> Progress {
        self.sent = self.total;
        self.fraction = 1.0;
        self.snapshot()
    }

    fn measure(&mut self, now: u64) {
        let Some((began, had)) = self.sample else {
            self.sample = Some((now, self.sent));
            return;
        };
        let elapsed = now.saturating_sub(began);
        if elapsed >= SAMPLE_MILLIS {
            let millis = float(elapsed);
            let rate = float(self.sent.saturating_sub(had)) * 1000.0 / millis;
            let weight = millis / (millis + AVERAGE_MILLIS);
            self.rate = Some(self.rate.map_or(rate, |average| average + weight * (rate - average)));
            self.sample = Some((now, self.sent));
        }
    }

    fn report_if_due(&mut self, now: u64, last: bool) -> Option<Progress> {
        let due = self.reported_at.is_none_or(|at| now.saturating_sub(at) >= REPORT_EVERY_MILLIS);
        (due || last).then(|| {
            self.reported_at = Some(now);
            self.report()
        })
    }

    fn report(&mut self) -> Progress {
        let part = |bytes: u64| if self.total == 0 { 0.0 } else { float(bytes) / float(self.total) };
        let behind = match self.stage {
            Stage::Inspect => 0.0,
            Stage::Hash | Stage::Ticket => INSPECTED,
            Stage::Transfer | Stage::Submit => INSPECTED + TICKET,
            Stage::Process => INSPECTED + TICKET + SUBMITTED,
        };
        let reached = behind + HASHED * part(self.hashed) + TRANSFERRED * part(self.sent);
        self.fraction = self.fraction.max(reached);
        self.snapshot()
    }

    const fn snapshot(&self) -> Progress {
        let left = self.total.saturating_sub(self.sent);
        let seconds_left = match self.rate {
            Some(rate) if rate > 0.0 => Some(float(left) / rate),
            _ => None,
        };
        Progress {
            fraction: self.fraction,
            sent_bytes: self.sent,
            total_bytes: self.total,
            bytes_per_second: self.rate,
            seconds_left,
        }
    }
}

/// Exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "a fraction needs no more")]
const fn float(value: u64) -> f64 {
    value as f64
}
