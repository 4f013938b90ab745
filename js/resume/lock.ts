// One sender for each upload: a lock that all tabs of the page's origin share.

const PREFIX = 'mediaferry-upload-';

/** Releases a lock. */
export type Release = () => void;

/**
 * Takes the lock of an upload, or returns `undefined` if another tab or another upload of this page holds it. Browsers have
 * no locks in pages that are not secure; there, every call succeeds.
 */
export function lock(id: string): Promise<Release | undefined> {
  const { locks } = navigator;
  if (!locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const hold = (granted: Lock | null) =>
      granted ? new Promise<void>((release) => resolve(() => release())) : resolve(undefined);
    locks.request(PREFIX + id, { ifAvailable: true }, hold).catch(reject);
  });
}

/** The ids of the uploads whose locks are held. */
export async function lockedIds(): Promise<Set<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const names = held.flatMap(({ name = '' }) => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : []));
  return new Set(names);
}
