//! Looks at stored bytes as the core does in the browser: the same probe, fed with ranges from the store.

use mediaferry::media::{Media, Probe, ProbeStep};
use s3s::S3Result;

use crate::store::Store;

/// What a stored object is; `None` where it is no known media file.
pub(super) async fn inspect(store: &Store, key: &str, size: u64) -> S3Result<Option<Media>> {
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
