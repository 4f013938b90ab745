//! Time limits of a request: one model for every request, whatever sends it.
//!
//! | waiting for | at most | failure |
//! |---|---|---|
//! | a socket of the browser, or the first sent byte | [`START_MILLIS`], plus the file's size at [`MIN_RATE`] | [`Failure::Timeout`] |
//! | the next sent byte, after the first | [`STALL_MILLIS`] | [`Failure::Stalled`] |
//! | the response, after the last byte | [`RESPONSE_MILLIS`], plus what buffers may hold at [`MIN_RATE`] | [`Failure::Timeout`] |
//! | the response, without upload progress (`fetch`) | [`RESPONSE_MILLIS`], plus the size at [`MIN_RATE`] | [`Failure::Timeout`] |
//! | the response to a request without a body | [`SILENCE_MILLIS`] since any bytes of this page moved | [`Failure::Timeout`] |
//!
//! All times are time awake ([`crate::clock`]): time asleep does not count. Browsers queue requests for a socket (six
//! per host with HTTP/1.1) without reporting it, and a service worker that forwards requests hides their progress. So a
//! request that has reported no sent bytes is not yet stalled.

use super::effect::Failure;

/// How long a request with a body may wait for its first byte to be sent.
pub const START_MILLIS: u64 = 10 * 60_000;
/// How long a transfer may pause between two bytes.
pub const STALL_MILLIS: u64 = 30_000;
/// How long the response to a sent body may take. The gateway waits 120 s for a provider, so it responds first.
pub const RESPONSE_MILLIS: u64 = 150_000;
/// How long a request without a body may take while nothing else moves.
pub const SILENCE_MILLIS: u64 = 30_000;
/// The slowest connection that the limits allow for, in bytes per millisecond.
pub const MIN_RATE: u64 = 32;
/// Bytes that count as sent may still be in buffers of the browser, the system and proxies: up to this many.
const BUFFERED_BYTES: u64 = 8 << 20;

/// Watches one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liveness {
    phase: Phase,
    /// When the phase began, or when bytes last moved in it.
    since: u64,
    /// The size of the body in bytes.
    size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No byte is known to be sent.
    Waiting,
    /// A part of the body is sent.
    Sending,
    /// The whole body is sent.
    Sent,
    /// The request has no body.
    Bodyless,
    /// The number of sent bytes is not reported.
    Unseen,
}

impl Liveness {
    /// A request with `size` bytes to send that begins now.
    #[must_use]
    pub const fn of_body(size: u64, awake: u64) -> Self {
        Self { phase: Phase::Waiting, since: awake, size }
    }

    /// A request with `size` bytes to send that begins now and reports no upload progress.
    #[must_use]
    pub const fn of_unseen_body(size: u64, awake: u64) -> Self {
        Self { phase: Phase::Unseen, since: awake, size }
    }

    /// A request without a body that begins now.
    #[must_use]
    pub const fn of_bodyless(awake: u64) -> Self {
        Self { phase: Phase::Bodyless, since: awake, size: 0 }
    }

    /// Records that `loaded` of `total` bytes are sent.
    pub const fn sent(&mut self, loaded: u64, total: u64, awake: u64) {
        self.phase = if loaded >= total { Phase::Sent } else { Phase::Sending };
        self.since = awake;
    }

    /// Whether bytes of the body are still to be sent.
    #[must_use]
    pub const fn is_sending(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Sending)
    }

    /// Returns the milliseconds until the limit, or the failure once it is reached. `moved` is when bytes of any
    /// request of this page last moved: a request without a body waits while other requests make progress.
    pub fn left(&self, awake: u64, moved: u64) -> Result<u64, Failure> {
        let (since, limit, failure) = match self.phase {
            Phase::Waiting => (self.since, START_MILLIS + self.size / MIN_RATE, Failure::Timeout),
            Phase::Sending => (self.since, STALL_MILLIS, Failure::Stalled),
            Phase::Sent => (self.since, RESPONSE_MILLIS + self.size.min(BUFFERED_BYTES) / MIN_RATE, Failure::Timeout),
            Phase::Unseen => (self.since, RESPONSE_MILLIS + self.size / MIN_RATE, Failure::Timeout),
            Phase::Bodyless => (self.since.max(moved), SILENCE_MILLIS, Failure::Timeout),
        };
        (since + limit).checked_sub(awake).filter(|left| *left > 0).ok_or(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: u64 = 3_200_000;

    #[test]
    fn body_that_waits_for_a_socket_is_not_stalled() {
        let watched = Liveness::of_body(SIZE, 1_000);
        assert_eq!(watched.left(1_000 + 9 * 60_000, 0), Ok(60_000 + SIZE / MIN_RATE));
        assert_eq!(watched.left(1_000 + START_MILLIS + SIZE / MIN_RATE, 0), Err(Failure::Timeout));
    }

    #[test]
    fn body_that_moves_stalls_without_another_byte() {
        let mut watched = Liveness::of_body(SIZE, 0);
        watched.sent(1, SIZE, 500_000);
        assert_eq!(watched.left(500_000, 0), Ok(STALL_MILLIS));
        watched.sent(2, SIZE, 529_999);
        assert_eq!(watched.left(529_999 + STALL_MILLIS - 1, 0), Ok(1));
        assert_eq!(watched.left(529_999 + STALL_MILLIS, 600_000), Err(Failure::Stalled));
    }

    #[test]
    fn response_to_a_whole_body_may_take_as_long_as_buffers_take_to_empty() {
        let mut watched = Liveness::of_body(1 << 40, 0);
        watched.sent(1 << 40, 1 << 40, 7);
        assert_eq!(watched.left(7, 0), Ok(RESPONSE_MILLIS + BUFFERED_BYTES / MIN_RATE));
        let mut small = Liveness::of_body(320, 0);
        small.sent(320, 320, 0);
        assert_eq!(small.left(RESPONSE_MILLIS + 10, 0), Err(Failure::Timeout));
    }

    #[test]
    fn bodyless_request_waits_its_turn_while_others_move() {
        let watched = Liveness::of_bodyless(1_000);
        assert_eq!(watched.left(31_000, 0), Err(Failure::Timeout));
        assert_eq!(watched.left(31_000, 30_000), Ok(29_000));
    }
}
