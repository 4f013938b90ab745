//! How long a request may take for what: one model for every request, whatever sends it.
//!
//! | waiting for | at most | then |
//! |---|---|---|
//! | one of the browser's sockets, or a first sign that bytes leave | [`START_MILLIS`], plus the file's size at [`LEAST_RATE`] | [`Failure::Timeout`] |
//! | the next byte to leave, once one has | [`STALL_MILLIS`] | [`Failure::Stalled`] |
//! | the response, once every byte has left | [`RESPONSE_MILLIS`], plus what buffers may hold at [`LEAST_RATE`] | [`Failure::Timeout`] |
//! | the response, where nothing tells what has left (`fetch`) | [`RESPONSE_MILLIS`], plus the size at [`LEAST_RATE`] | [`Failure::Timeout`] |
//! | the response to a request without a body | [`SILENCE_MILLIS`] since anything of this page moved | [`Failure::Timeout`] |
//!
//! All of it is time awake ([`crate::clock`]): a machine that slept has waited for nothing. Browsers queue requests for a
//! socket (six per host with HTTP/1.1) and do not say so, and a service worker that passes requests on hides their
//! progress. So a request of which nothing is known to have left is not yet stalled.

use super::effect::Failure;

/// How long a request with a body may wait for its first byte to leave.
pub const START_MILLIS: u64 = 10 * 60_000;
/// How long no byte of a body may leave after one has.
pub const STALL_MILLIS: u64 = 30_000;
/// How long the response to a body that has left may take. The gateway gives a provider 120 s, so its answer comes first.
pub const RESPONSE_MILLIS: u64 = 150_000;
/// How long a request without a body may take while nothing else moves.
pub const SILENCE_MILLIS: u64 = 30_000;
/// The slowest line that a limit allows for, in bytes per millisecond.
pub const LEAST_RATE: u64 = 32;
/// What has "left" may stand in buffers of the browser, the system and proxies: up to so many bytes.
const BUFFERED_BYTES: u64 = 8 << 20;

/// Watches one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liveness {
    phase: Phase,
    /// When the phase began, or something last moved in it.
    since: u64,
    /// Bytes of the body.
    size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing is known to have left.
    Waiting,
    /// A part has left.
    Sending,
    /// All of it has left.
    Sent,
    /// There is nothing to send.
    Bodyless,
    /// Nothing tells how much has left.
    Unseen,
}

impl Liveness {
    /// A request with so many bytes to send, that begins now.
    #[must_use]
    pub const fn of_body(size: u64, awake: u64) -> Self {
        Self { phase: Phase::Waiting, since: awake, size }
    }

    /// A request with so many bytes to send that begins now, and of which nothing will be known before its response.
    #[must_use]
    pub const fn of_unseen_body(size: u64, awake: u64) -> Self {
        Self { phase: Phase::Unseen, since: awake, size }
    }

    /// A request without a body, that begins now.
    #[must_use]
    pub const fn of_bodyless(awake: u64) -> Self {
        Self { phase: Phase::Bodyless, since: awake, size: 0 }
    }

    /// So many bytes of so many have left.
    pub const fn sent(&mut self, loaded: u64, total: u64, awake: u64) {
        self.phase = if loaded >= total { Phase::Sent } else { Phase::Sending };
        self.since = awake;
    }

    /// Whether bytes of a body have still to leave.
    #[must_use]
    pub const fn is_sending(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Sending)
    }

    /// The milliseconds until the limit, or what the request has failed with. `moved` is when anything of this page last
    /// moved: where others move, a request without a body waits for its turn.
    pub fn left(&self, awake: u64, moved: u64) -> Result<u64, Failure> {
        let (since, limit, failure) = match self.phase {
            Phase::Waiting => (self.since, START_MILLIS + self.size / LEAST_RATE, Failure::Timeout),
            Phase::Sending => (self.since, STALL_MILLIS, Failure::Stalled),
            Phase::Sent => (self.since, RESPONSE_MILLIS + self.size.min(BUFFERED_BYTES) / LEAST_RATE, Failure::Timeout),
            Phase::Unseen => (self.since, RESPONSE_MILLIS + self.size / LEAST_RATE, Failure::Timeout),
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
        assert_eq!(watched.left(1_000 + 9 * 60_000, 0), Ok(60_000 + SIZE / LEAST_RATE));
        assert_eq!(watched.left(1_000 + START_MILLIS + SIZE / LEAST_RATE, 0), Err(Failure::Timeout));
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
        assert_eq!(watched.left(7, 0), Ok(RESPONSE_MILLIS + BUFFERED_BYTES / LEAST_RATE));
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
