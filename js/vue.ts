// mediaferry/vue: composables for a queue of uploads and for a single upload.

import { computed, type MaybeRefOrGetter, onScopeDispose, type Ref, shallowRef, toValue, watch } from 'vue';
import type { TotalProgress, UploaderOptions, UploadOptions } from './api/types.js';
import type { Uploader } from './index.js';
import { createComponentQueue, type Listeners, listen, type QueueActions } from './queue/component-queue.js';
import { type SingleUpload, singleUpload, type UploadActions, uploadActions } from './queue/single-upload.js';
import type { UploadState } from './queue/upload-store.js';

export type * from './queue/component-types.js';

/** The result of `useUploader`. */
export interface UseUploader extends QueueActions {
  /** Every upload that was added and not removed, in order. An upload that did not change is the same object as before. */
  uploads: Readonly<Ref<readonly UploadState[]>>;
  /** Progress of all uploads together. */
  progress: Readonly<Ref<TotalProgress>>;
  /** The queue. */
  uploader: Uploader;
}

/**
 * Creates a queue of uploads for a component or another effect scope. When the scope ends, running uploads are aborted.
 *
 * The options may be a ref or a getter, and change; an upload keeps the options with which it was added.
 *
 * @example
 * ```vue
 * <script setup lang="ts">
 * import { useUploader } from 'mediaferry/vue';
 *
 * const { uploads, addAll } = useUploader({ provider: 'modelhunter' });
 * </script>
 *
 * <template>
 *   <input type="file" multiple @change="addAll(($event.target as HTMLInputElement).files)" />
 *   <p v-for="{ id, name, status } in uploads" :key="id">{{ name }}: {{ status }}</p>
 * </template>
 * ```
 */
export function useUploader(options: MaybeRefOrGetter<UploaderOptions>, listeners: Listeners = {}): UseUploader {
  // A copy, so that a reactive object is read, and read again when one of its properties changes.
  const current = (): UploaderOptions => ({ ...toValue(options) });
  const { uploader, uploads, actions, set, close } = createComponentQueue(current());
  const snapshot = shallowRef(uploads.getSnapshot());
  const scope = new AbortController();
  const unsubscribe = uploads.subscribe(() => {
    snapshot.value = uploads.getSnapshot();
  });
  listen(uploader, Object.keys(listeners), () => listeners, scope.signal);
  // Synchronously, so that a file that is added after a change gets the new options.
  watch(current, set, { flush: 'sync', immediate: true });
  onScopeDispose(() => {
    scope.abort();
    unsubscribe();
    close();
  });
  return {
    uploads: computed(() => snapshot.value.uploads),
    progress: computed(() => snapshot.value.progress),
    ...actions,
    uploader,
  };
}

/** The result of `useUpload`. */
export interface UseUpload extends UploadActions {
  /** The state of the upload. Its `status` discriminates the union. */
  state: Readonly<Ref<SingleUpload>>;
}

/**
 * Uploads one file at a time. When the component unmounts, the upload is aborted. See `useUploader`.
 *
 * @example
 * ```vue
 * <script setup lang="ts">
 * import { useUpload } from 'mediaferry/vue';
 *
 * const { state, upload } = useUpload({ provider: 'modelhunter' });
 * const pick = ({ target }: Event) => {
 *   const [file] = (target as HTMLInputElement).files ?? [];
 *   if (file) upload(file);
 * };
 * </script>
 *
 * <template>
 *   <p v-if="state.status === 'succeeded'">{{ state.asset.ref }}</p>
 *   <input v-else type="file" @change="pick" />
 * </template>
 * ```
 */
export function useUpload(options: MaybeRefOrGetter<UploadOptions>): UseUpload {
  const { uploader, uploads } = useUploader(options);
  return { state: computed(() => singleUpload(uploads.value)), ...uploadActions(uploader) };
}
