//! `formats.wasm`: the probe of every format that the core does not know, as one class for JavaScript.
//!
//! It is a module of its own because most pages never meet such a file. `src/browser/formats.rs` is the other end.

use wasm_bindgen::prelude::*;

use crate::media;

/// The probe of one file.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Probe(media::Probe);

#[wasm_bindgen]
impl Probe {
    /// A probe of a file with this many bytes.
    #[wasm_bindgen(constructor)]
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "Blob.size is a whole number below 2^53"
    )]
    pub fn new(size: f64) -> Self {
        Self(media::Probe::new(size as u64))
    }

    /// Takes the bytes that the last step asked for, none at first, and gives the next one as bytes.
    pub fn step(&mut self, bytes: Option<Vec<u8>>) -> Vec<u8> {
        if let Some(bytes) = bytes {
            self.0.supply(&bytes);
        }
        self.0.step().to_bytes()
    }
}
