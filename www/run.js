// One file's upload: the package's calls on one side, the card on the other.

import { UploadError, upload } from '/mediaferry/index.js';

/** Uploads the card's file and shows how it goes; never rejects. */
export async function runUpload(card) {
  const { signal } = card.abort;
  card.show('running');
  try {
    const asset = await upload(card.file, {
      provider: card.provider.id,
      signal,
      onInspected: (media) => card.inspected(media),
      onStage: (stage) => card.stage(stage),
      onProgress: (progress) => card.progress(progress),
      onRetry: (retry) => card.retrying(retry),
    });
    card.done(asset);
  } catch (error) {
    if (signal.aborted) return card.show('cancelled');
    if (!(error instanceof UploadError)) console.error(error);
    card.failed(error);
  }
}
