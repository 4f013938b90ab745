//! `formats.wasm`: the probe of every format that the core does not recognise, as two functions for JavaScript.
//!
//! It is a separate module because most pages never need it. `src/browser/formats.rs` calls it through `js/runtime/run-core.ts`. A
//! class would be shorter here, but longer in what every page loads.

use core::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::media::Probe;

thread_local! {
    /// The running probes by id.
    static PROBES: Cell<Vec<(u32, Probe)>> = const { Cell::new(Vec::new()) };
}

/// Passes the bytes that the last step of a probe requested, at first its head or none, and returns the next step as
/// bytes. `id` identifies the probe, and `size` is the size of the file, used in the first step.
#[wasm_bindgen]
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Blob.size is a whole number below 2^53")]
pub fn step(id: u32, size: f64, bytes: Option<Vec<u8>>) -> Vec<u8> {
    let mut probes = PROBES.take();
    let mut probe = forget(&mut probes, id).unwrap_or_else(|| Probe::new(size as u64));
    if let Some(bytes) = bytes {
        probe.supply(&bytes);
    }
    let step = probe.step().to_bytes();
    probes.push((id, probe));
    PROBES.set(probes);
    step
}

/// Removes a probe.
#[wasm_bindgen]
pub fn free(id: u32) {
    let mut probes = PROBES.take();
    forget(&mut probes, id);
    PROBES.set(probes);
}

fn forget(probes: &mut Vec<(u32, Probe)>, id: u32) -> Option<Probe> {
    let at = probes.iter().position(|(known, _)| *known == id)?;
    Some(probes.swap_remove(at).1)
}
