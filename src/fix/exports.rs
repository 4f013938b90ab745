//! `fix.wasm`: the changes of this folder, as functions for JavaScript.
//!
//! A separate module, because most pages never need it. `js/fix/module.ts` calls it.

use core::cell::Cell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::plan::{self, Loss, Need, Purpose, StepKind};
use super::splice::{Changes, Piece, Splice, SpliceStep, Splicer, Strip};
use crate::media::Format;

#[wasm_bindgen(typescript_custom_section)]
const STEP_KIND: &'static str = StepKind::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const LOSS: &'static str = Loss::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const NEED: &'static str = Need::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const PURPOSE: &'static str = Purpose::TYPESCRIPT;

/// Plans. [`plan::answer`] describes both texts. `undefined` if the request is invalid.
#[wasm_bindgen]
#[must_use]
pub fn plan(request: &str) -> Option<String> {
    if cfg!(without = "plan") { None } else { plan::answer(request.as_bytes()).ok() }
}

thread_local! {
    /// The running splicers by id.
    static SPLICERS: Cell<Vec<(u32, Splicer)>> = const { Cell::new(Vec::new()) };
}

/// Bits of `changes`.
const STRIP_LOCATION: u32 = 1;
const STRIP_METADATA: u32 = 2;
const REMUX: u32 = 4;
const FASTSTART: u32 = 8;

/// Passes the bytes that the last step requested, at first none, and returns the next step as an array:
///
/// - `[offset, length]`: read this range.
/// - `[]`: the file cannot be changed without a risk.
/// - `[type, …pieces]`: the result. The type is empty if the format did not change. A piece is the bytes, or the start and
///   the end of a range.
///
/// `id` identifies the splicer; `size`, the size of the file, and `changes`, one bit each, are used in the first step.
/// After a result, the splicer is removed.
#[wasm_bindgen]
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Blob.size is a whole number below 2^53")]
pub fn splice(id: u32, size: f64, changes: u32, bytes: Option<Vec<u8>>) -> Array {
    if cfg!(without = "splice") {
        return Array::new();
    }
    let mut splicers = SPLICERS.take();
    let mut splicer = forget(&mut splicers, id).unwrap_or_else(|| Splicer::new(size as u64, Changes::from(changes)));
    if let Some(bytes) = bytes {
        splicer.supply(&bytes);
    }
    let step = splicer.step();
    if matches!(step, SpliceStep::Read { .. }) {
        splicers.push((id, splicer));
    }
    SPLICERS.set(splicers);
    match step {
        SpliceStep::Read { offset, len } => pair(offset, len as u64),
        SpliceStep::Unsafe(_) => Array::new(),
        SpliceStep::Done(splice) => result(&splice),
    }
}

/// Removes a splicer that has not ended.
#[wasm_bindgen(js_name = freeSplice)]
pub fn free_splice(id: u32) {
    let mut splicers = SPLICERS.take();
    forget(&mut splicers, id);
    SPLICERS.set(splicers);
}

fn forget(splicers: &mut Vec<(u32, Splicer)>, id: u32) -> Option<Splicer> {
    let at = splicers.iter().position(|(known, _)| *known == id)?;
    Some(splicers.swap_remove(at).1)
}

impl From<u32> for Changes {
    fn from(bits: u32) -> Self {
        let has = |bit| bits & bit != 0;
        let strip = match bits {
            _ if has(STRIP_METADATA) => Some(Strip::Metadata),
            _ if has(STRIP_LOCATION) => Some(Strip::Location),
            _ => None,
        };
        Self { strip, remux: has(REMUX), faststart: has(FASTSTART) }
    }
}

fn result(splice: &Splice) -> Array {
    let result = Array::new();
    result.push(&splice.format.map_or("", Format::mime).into());
    for piece in &splice.pieces {
        match piece {
            Piece::Bytes(bytes) => result.push(&Uint8Array::from(&**bytes)),
            Piece::Range { offset, len } => result.push(&pair(*offset, offset + len)),
        };
    }
    result
}

#[expect(clippy::cast_precision_loss, reason = "offsets in a Blob are below 2^53")]
fn pair(first: u64, second: u64) -> Array {
    let pair = Array::new();
    for number in [first, second] {
        pair.push(&(number as f64).into());
    }
    pair
}
