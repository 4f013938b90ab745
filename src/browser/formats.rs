//! The formats that the core does not recognise: `formats.wasm`, which the page loads for the first such file.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::event::network;
use super::host_callbacks::HostCallbacks;
use super::source_file::SourceFile;
use crate::media::ProbeStep;
use crate::upload::{Failure, Input};

/// Probes a file with the other module, which requests reads that are performed here. `head` is what the core has read,
/// which is also the first range that the other module requests.
pub(super) async fn probe(source: &SourceFile, head: Option<Uint8Array>, callbacks: &HostCallbacks) -> Input {
    match callbacks.query("formats", &source.blob().size().into()).await {
        Ok(probe) => run(&Probe(probe.unchecked_into()), source, head).await.unwrap_or_else(Input::Failed),
        Err(error) => Input::Failed(network(error)),
    }
}

async fn run(probe: &Probe, source: &SourceFile, head: Option<Uint8Array>) -> Result<Input, Failure> {
    let mut bytes = head;
    loop {
        let step = probe.0.step(bytes).map_err(network)?;
        match ProbeStep::from_bytes(&step.to_vec()).ok_or_else(|| network(()))? {
            ProbeStep::Need { offset, len } => {
                bytes = Some(source.range(offset, len).await.ok_or(Failure::Unreadable)?);
            }
            ProbeStep::Done(found) => return Ok(Input::ProbeComplete(found)),
        }
    }
}

/// Frees the memory of the probe in the other module.
struct Probe(Other);

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.free();
    }
}

#[wasm_bindgen]
extern "C" {
    /// The interface that `js/runtime/run-core.ts` creates from `crate::formats`.
    type Other;
    #[wasm_bindgen(method, catch)]
    fn step(this: &Other, bytes: Option<Uint8Array>) -> Result<Uint8Array, JsValue>;
    #[wasm_bindgen(method)]
    fn free(this: &Other);
}
