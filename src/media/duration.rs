//! Running times: from ticks, and what a file of this size can hold.

use core::time::Duration;

use crate::media::error::Stop;
use crate::media::{Fact, Media, Reason};

/// The time that so many ticks take; none at all says nothing.
pub(crate) fn seconds(ticks: u64, per_second: u32) -> Fact<Duration> {
    let scale = u64::from(per_second);
    let (Some(whole), Some(rest)) = (ticks.checked_div(scale), ticks.checked_rem(scale)) else {
        return Fact::Unknown(Reason::Damaged);
    };
    #[expect(clippy::cast_possible_truncation, reason = "less than a second")]
    let time = Duration::new(whole, (rest * 1_000_000_000 / scale) as u32);
    if time.is_zero() { Fact::Unknown(Reason::Absent) } else { Fact::Known(time) }
}

/// Whether two times are about the same.
pub(crate) fn is_near(one: Duration, other: Duration) -> bool {
    let [one, other] = [one, other].map(|time| time.as_secs_f64());
    (one - other).abs() <= other / 8.0
}

/// The running time that a header states, if the file can hold it: where it has less than a kilobyte for each second, as few
/// have, or where nothing is stated, the end of the file is `measured`.
pub(crate) fn checked(
    stated: Fact<Duration>,
    size: u64,
    measured: &dyn Fn() -> Result<Fact<Duration>, Stop>,
) -> Result<Fact<Duration>, Stop> {
    let stated_time = stated.value();
    if stated_time.is_some_and(|time| time.as_secs() <= size / 1000) {
        return Ok(stated);
    }
    let measured = measured()?.estimated();
    let agrees = |time| stated_time.is_some_and(|stated| is_near(time, stated));
    Ok(if measured.value().is_none_or(agrees) { stated } else { measured })
}

/// Bytes of a second. Silence takes more in every codec, and so does a still picture in a film, with its place in the tables.
const LEAST_RATE: u64 = 16;
/// Seconds of a byte, above which a time is no estimate either. The start of a film that is sent in parts has a few.
const MOST_SECONDS: u64 = 64;

impl Media {
    /// Calls no running time known that this file cannot hold, or that is about what is missing of it.
    pub(crate) fn doubt(&mut self, size: u64) {
        let Some(time) = self.duration.value() else { return };
        let seconds = time.as_secs();
        if seconds / MOST_SECONDS > size {
            self.duration = Fact::Unknown(Reason::Damaged);
        } else if seconds > size / LEAST_RATE || self.complete == Fact::Known(false) {
            self.duration = self.duration.estimated();
        }
    }
}
