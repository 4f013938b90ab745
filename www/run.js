// One upload: the package's calls on one side, the card on the other.

import { UploadError, upload } from '/mediaferry/index.js';

/** Uploads what the card is about and shows how it goes; never rejects. */
export async function runUpload(card) {
  const { signal } = card.abort;
  card.show('running');
  try {
    const asset = await upload(card.source, {
      provider: card.provider.id,
      ...card.options,
      signal,
      onInspected: (media) => card.inspected(media),
      onAdvice: (advice) => card.advised(advice),
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
