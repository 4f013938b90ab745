//! How often a request of a lane has failed, and when it may be sent again.

/// The failures of one request since its last success.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempts {
    pub(super) failed: u32,
    /// When it may be sent again, in time awake.
    pub(super) waits_until: u64,
}

impl Attempts {
    pub(super) const fn new() -> Self {
        Self { failed: 0, waits_until: 0 }
    }
}
