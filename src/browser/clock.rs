//! The clocks of the browser, and the seed for retries.

use core::cell::Cell;

use js_sys::{Date, Math};
use wasm_bindgen::prelude::*;

use crate::clock::{AwakeClock, Now};

thread_local! {
    static CLOCK: Cell<AwakeClock> = const { Cell::new(AwakeClock::new()) };
}

/// The current time.
pub(super) fn now() -> Now {
    let monotonic = whole(PERFORMANCE.with(Performance::now));
    let mut clock = CLOCK.get();
    let awake = clock.read(monotonic);
    CLOCK.set(clock);
    Now { awake, monotonic, wall: wall() }
}

/// Milliseconds since 1970 on the user's clock.
pub(super) fn wall() -> u64 {
    whole(Date::now())
}

/// A seed for the waits between retries.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the low digits are as good as any")]
pub(super) fn random_seed() -> u64 {
    (Math::random() * 9_007_199_254_740_992.0) as u64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds are below 2^53")]
const fn whole(millis: f64) -> u64 {
    millis as u64
}

#[wasm_bindgen]
extern "C" {
    type Performance;
    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static PERFORMANCE: Performance;
    #[wasm_bindgen(method)]
    fn now(this: &Performance) -> f64;
}
