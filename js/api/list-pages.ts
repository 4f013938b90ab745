// Yields every asset of a list whose pages shift while assets are deleted and added.

/** The fields that identify an asset. */
interface Listed {
  id?: string;
  uri?: string;
  url?: string;
}

/** One page. A `total` that cannot be right is ignored. */
interface Page<A> {
  assets: A[];
  total?: number;
}

/** How many consecutive pages may contain nothing new: a server may return the same page forever. */
const MAX_STALE = 2;
/** How many more if assets were added at the front, which moves known assets to later pages. */
const MAX_MOVED = 20;
/** How many consecutive steps back may find nothing new: a server may report a wrong total. */
const MAX_FUTILE = 5;

/**
 * Yields each asset once. Pages are numbered, so deleting an asset moves all later ones towards the front. Unseen assets
 * may then be on pages that were read before, so those are read again.
 * @param read reads a page; the first is 1
 * @param countDeleted returns the number of assets that were deleted so far
 */
export async function* everyAsset<A extends Listed>(
  read: (page: number) => Promise<Page<A>>,
  countDeleted: () => number,
): AsyncGenerator<A, void, undefined> {
  const seen = new Set<string>();
  let [page, furthest, size, stale, futile, grown] = [1, 0, 1, 0, 0, 0];
  let [deleted, total] = [countDeleted(), Number.NaN];
  for (;;) {
    const [deletedBefore, totalBefore] = [deleted, total];
    deleted = countDeleted();
    const { assets, ...counted } = await read(page);
    total = counted.total ?? Number.NaN;
    const { size: known } = seen;
    for (const asset of assets) {
      const key = asset.id ?? asset.uri ?? asset.url ?? JSON.stringify(asset);
      if (seen.has(key)) continue;
      seen.add(key);
      yield asset;
    }
    const isNews = seen.size > known;
    size = Math.max(size, assets.length);
    if (isNews) [stale, futile, grown] = [0, 0, 0];
    else if (page > furthest) stale += 1;
    furthest = Math.max(furthest, page);
    const gone = Math.max(deleted - deletedBefore, totalBefore - total || 0);
    grown += Math.max(0, total - totalBefore || 0);
    if (gone > 0 && page > 1 && futile++ < MAX_FUTILE) {
      page = Math.max(1, page - Math.ceil(gone / size));
      continue;
    }
    const isCredible = total >= (page - 1) * size + assets.length;
    const isLast = isCredible ? page * size >= total : assets.length === 0;
    const moved = assets.length && Math.min(grown / size, MAX_MOVED);
    if (isLast || stale > MAX_STALE + moved) return;
    page += 1;
  }
}
