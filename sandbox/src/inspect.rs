//! Probes stored files with the same probe as the core, reading ranges from the store.

use mediaferry::media::{Media, Probe, ProbeStep};
use s3s::S3Result;

use crate::store::Store;

/// The facts of a stored object; `None` if it is not a supported media file.
pub(crate) async fn inspect(store: &Store, key: &str, size: u64) -> S3Result<Option<Media>> {
    let mut probe = Probe::new(size);
    loop {
        match probe.step() {
            ProbeStep::Need { offset, len } => {
                let bytes = store.read(key, offset, len as u64).await?;
                probe.supply(&bytes);
            }
            ProbeStep::Done(found) => return Ok(found.ok()),
        }
    }
}
