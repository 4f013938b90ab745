//! The progress over all stages as one number: it never decreases, and is 1 only at the end.

use super::event::{Progress, Stage};

/// The fraction that a stage adds once it is complete. The rest up to 1 is the provider's last response.
const INSPECTED: f64 = 0.01;
const HASHED: f64 = 0.09;
const TICKET: f64 = 0.01;
const TRANSFERRED: f64 = 0.80;
const SUBMITTED: f64 = 0.04;

/// The minimum time between two reports.
const REPORT_EVERY_MILLIS: u64 = 50;
/// The rate is measured over at least this time …
const SAMPLE_MILLIS: u64 = 250;
/// … and averaged over about this time.
const AVERAGE_MILLIS: f64 = 2_000.0;

/// Converts bytes and stages into progress reports.
#[derive(Debug)]
pub(super) struct Meter {
    total: u64,
    hashed: u64,
    sent: u64,
    stage: Stage,
    /// The highest fraction so far.
    fraction: f64,
    reported_at: Option<u64>,
    /// When the current sample began, and the number of bytes sent then.
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

    /// Records that a stage has begun.
    pub(super) fn stage(&mut self, stage: Stage) -> Progress {
        self.stage = stage;
        self.report()
    }

    /// Records that an earlier upload, which this one continues, has sent this many bytes of the file.
    pub(super) fn resumed(&mut self, bytes: u64) {
        self.sent = bytes.min(self.total);
    }

    /// Records that a request with the file begins, perhaps again; its first bytes are reported at once.
    pub(super) const fn on_transfer_start(&mut self) {
        self.sent = 0;
        self.sample = None;
        self.reported_at = None;
    }

    /// Records that parts begin to be sent, perhaps again. This many bytes are stored.
    pub(super) fn on_parts_start(&mut self, bytes: u64) {
        self.sent = self.sent.max(bytes);
        self.sample = None;
        self.reported_at = None;
    }

    /// Records the number of bytes that are stored or being sent. A part that is sent again lowers it, but not the progress.
    pub(super) fn parts_sent(&mut self, bytes: u64, now: u64) -> Option<Progress> {
        self.sent(bytes.max(self.sent), now)
    }

    /// Records the number of hashed bytes.
    pub(super) fn hashed(&mut self, bytes: u64, now: u64) -> Option<Progress> {
        self.hashed = bytes.min(self.total);
        self.report_if_due(now, self.hashed == self.total)
    }

    /// Records the number of sent bytes.
    pub(super) fn sent(&mut self, bytes: u64, now: u64) -> Option<Progress> {
        self.sent = bytes.min(self.total);
        self.measure(now);
        self.report_if_due(now, self.sent == self.total)
    }

    /// Records that the upload is complete.
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
            Stage::Fix | Stage::Inspect => 0.0,
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
