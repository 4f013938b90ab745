//! Running times: from ticks, and checked against the size of the file.

use core::time::Duration;

use crate::media::error::Stop;
use crate::media::{Fact, Media, Reason};

/// Returns the time that `ticks` take. Zero ticks mean that the time is unknown.
pub(crate) fn seconds(ticks: u64, per_second: u32) -> Fact<Duration> {
    let scale = u64::from(per_second);
    let (Some(whole), Some(rest)) = (ticks.checked_div(scale), ticks.checked_rem(scale)) else {
        return Fact::Unknown(Reason::Damaged);
    };
    #[expect(clippy::cast_possible_truncation, reason = "less than a second")]
    let time = Duration::new(whole, (rest * 1_000_000_000 / scale) as u32);
    if time.is_zero() { Fact::Unknown(Reason::Absent) } else { Fact::Known(time) }
}

/// Returns whether two times differ by at most an eighth.
pub(crate) fn is_near(one: Duration, other: Duration) -> bool {
    let [one, other] = [one, other].map(|time| time.as_secs_f64());
    (one - other).abs() <= other / 8.0
}

/// Returns the running time that a header states, if the file can contain it. The end of the file is `measured` if
/// nothing is stated, or if the file has less than a kilobyte for each second, as few files do.
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

/// The fewest bytes that a second takes. Silence takes more in every codec, and so does a still image in a video,
/// including its entry in the tables.
const MIN_RATE: u64 = 16;
/// The most seconds that a byte can stand for, even in an estimate. The start of a video that is sent in parts has a
/// few.
const MAX_SECONDS: u64 = 64;

impl Media {
    /// Downgrades a running time that the file is too small for, or that covers bytes which are missing.
    pub(crate) fn doubt(&mut self, size: u64) {
        let Some(time) = self.duration.value() else { return };
        let seconds = time.as_secs();
        if seconds / MAX_SECONDS > size {
            self.duration = Fact::Unknown(Reason::Damaged);
        } else if seconds > size / MIN_RATE || self.complete == Fact::Known(false) {
            self.duration = self.duration.estimated();
        }
    }
}
