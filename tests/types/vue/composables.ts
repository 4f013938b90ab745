// The composables of Vue as a TypeScript program uses them. It is never run.

import { type Asset, Uploader } from 'mediaferry';
import {
  type UploadFailure,
  type UploadState,
  type UseUpload,
  type UseUploader,
  useUpload,
  useUploader,
} from 'mediaferry/vue';
import { type Ref, reactive, ref } from 'vue';
import { same } from '../same.js';

export function single(file: File): UseUpload {
  const used = useUpload({ provider: 'modelhunter' });
  used.upload(file).then((asset) => same<typeof asset, Asset>(true));
  const state = used.state.value;
  if (state.status === 'succeeded') same<typeof state.asset.ref, string>(true);
  if (state.status === 'failed') same<typeof state.error, UploadFailure>(true);
  // @ts-expect-error: the state is read-only
  used.state.value = state;
  // @ts-expect-error: a model is required
  useUpload({ provider: 'onerouter' });
  return used;
}

export function many(provider: Ref<'modelhunter' | 'relaydance'>): UseUploader {
  const used = useUploader(() => ({ provider: provider.value, concurrency: 2 }), {
    'upload-success': (_, asset) => same<typeof asset.ref, string>(true),
  });
  same<typeof used.uploads.value, readonly UploadState[]>(true);
  // A queue keeps its type in a ref and in a reactive object.
  const queue = ref(new Uploader({ provider: 'modelhunter' }));
  const state = reactive({ queue: used.uploader });
  return queue.value.tasks.length > state.queue.tasks.length ? used : used;
}
