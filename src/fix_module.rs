//! `fix.wasm`: plans and splices, as functions for JavaScript. `js/fix/module.ts` calls them.
//!
//! It is a separate module because most pages never need it.

use core::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::fix::plan::{self, Loss, Need, Purpose, StepKind};
use crate::fix::splice::{Piece, Removal, Splice, SpliceStep, Splicer};
use crate::json;

#[wasm_bindgen(typescript_custom_section)]
const STEP_KIND: &'static str = StepKind::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const LOSS: &'static str = Loss::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const NEED: &'static str = Need::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const PURPOSE: &'static str = Purpose::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const REMOVAL: &'static str = Removal::TYPESCRIPT;

thread_local! {
    /// The running splicers by id.
    static SPLICERS: Cell<Vec<(u32, Splicer)>> = const { Cell::new(Vec::new()) };
}

/// The first byte of a step.
const READ: u8 = 0;
const DONE: u8 = 1;
const UNSAFE: u8 = 2;

/// Plans. `crate::fix::plan::answer` describes both texts. `undefined` if the request is invalid.
#[wasm_bindgen]
#[must_use]
pub fn plan(request: &str) -> Option<String> {
    plan::answer(request.as_bytes()).ok()
}

/// Passes the bytes that the last step of a splicer requested, at first none, and returns the next step:
///
/// - 0, the offset (8 bytes, little-endian) and the length (4 bytes) of the range to read
/// - 1, the length (4 bytes) of a JSON text, the text, and the new bytes in order. The text is
///   `{ pieces, removed, mime? }`; a piece is the number of its new bytes, or `[offset, length]` of a range of the original
/// - 2 and a text, the reason why the change would not be safe
///
/// `id` identifies the splicer. `size` and `changes`, words such as `remux strip-metadata`, are used in the first step.
#[wasm_bindgen]
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Blob.size is a whole number below 2^53")]
pub fn step(id: u32, size: f64, changes: &str, bytes: Option<Vec<u8>>) -> Vec<u8> {
    let mut splicers = SPLICERS.take();
    let mut splicer =
        forget(&mut splicers, id).unwrap_or_else(|| Splicer::new(size as u64, plan::changes_from_text(changes)));
    if let Some(bytes) = bytes {
        splicer.supply(&bytes);
    }
    let step = encode(&splicer.step());
    splicers.push((id, splicer));
    SPLICERS.set(splicers);
    step
}

/// Removes a splicer.
#[wasm_bindgen]
pub fn free(id: u32) {
    let mut splicers = SPLICERS.take();
    forget(&mut splicers, id);
    SPLICERS.set(splicers);
}

fn forget(splicers: &mut Vec<(u32, Splicer)>, id: u32) -> Option<Splicer> {
    let at = splicers.iter().position(|(known, _)| *known == id)?;
    Some(splicers.swap_remove(at).1)
}

fn encode(step: &SpliceStep) -> Vec<u8> {
    match step {
        SpliceStep::Read { offset, len } => {
            let mut out = vec![READ];
            out.extend(offset.to_le_bytes());
            out.extend(length(*len));
            out
        }
        SpliceStep::Done(splice) => done(splice),
        SpliceStep::Unsafe(reason) => {
            let mut out = vec![UNSAFE];
            out.extend(reason.as_str().bytes());
            out
        }
    }
}

fn done(splice: &Splice) -> Vec<u8> {
    let mut new = Vec::new();
    let mut pieces = Vec::new();
    for piece in &splice.pieces {
        pieces.push(match piece {
            Piece::Bytes(bytes) => {
                new.extend_from_slice(bytes);
                bytes.len().to_string()
            }
            Piece::Range { offset, len } => json::list(&[offset.to_string(), len.to_string()]),
        });
    }
    let mut removed = Vec::new();
    for one in &splice.removed {
        let fields = [("kind", json::string(one.kind.as_str())), ("bytes", one.bytes.to_string())];
        removed.push(json::object(&fields));
    }
    let mut fields = vec![("pieces", json::list(&pieces)), ("removed", json::list(&removed))];
    if let Some(format) = splice.format {
        fields.push(("mime", json::string(format.mime())));
    }
    let text = json::object(&fields);
    let mut out = vec![DONE];
    out.extend(length(text.len()));
    out.extend(text.bytes());
    out.extend(new);
    out
}

fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
}
