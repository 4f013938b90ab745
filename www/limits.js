// What a provider accepts, in rows for the table below the menu.

const KINDS = { image: 'Images', video: 'Videos', audio: 'Audio' };

/** Rows of a name and its lines: formats by kind with their limits, then what is true of all. */
export function limits(provider) {
  const notes = provider.notes.map((note) => ({ what: 'Note', lines: [note] }));
  return [
    ...provider.accepts.flatMap(formatRows),
    ...perRequest(provider),
    ...sources(provider),
    ...kept(provider),
    ...notes,
  ];
}

/** Limits that formats of several kinds share are said once, behind them. */
function formatRows(limits) {
  const rows = Object.keys(KINDS).flatMap((kind) => {
    const names = limits.formats
      .filter((_, at) => limits.mimes[at].startsWith(`${kind}/`))
      .map((name) => name.replace(/ (video|audio)$/, ''));
    return names.length > 0 ? [{ what: KINDS[kind], lines: [names.join(', ')] }] : [];
  });
  const bounds = boundsOf(limits);
  if (rows.length === 1) rows[0].lines.push(bounds);
  else rows.push({ what: 'Limits', lines: [bounds] });
  return rows;
}

function boundsOf(limits) {
  const { maxBytes, recommendedMaxBytes, minWidth, minHeight, maxAspectRatio, minDuration, maxDuration } = limits;
  const all = [];
  if (maxBytes !== undefined) all.push(`up to ${bytes(maxBytes)}`);
  if (recommendedMaxBytes !== undefined) all.push(`above ${bytes(recommendedMaxBytes)}, a URL is recommended`);
  if (minWidth !== undefined || minHeight !== undefined)
    all.push(`at least ${minWidth ?? 1} × ${minHeight ?? 1} pixels`);
  if (maxAspectRatio !== undefined) all.push(`aspect ratio up to ${maxAspectRatio}:1`);
  if (minDuration !== undefined && maxDuration !== undefined) all.push(`${span(minDuration)} to ${span(maxDuration)}`);
  else if (maxDuration !== undefined) all.push(`at most ${span(maxDuration)}`);
  else if (minDuration !== undefined) all.push(`at least ${span(minDuration)}`);
  return all.join(' · ') || 'none documented';
}

function perRequest({ maxImages, maxVideos, maxAudio }) {
  const counts = [
    [maxImages, 'image', 'images'],
    [maxVideos, 'video', 'videos'],
    [maxAudio, 'audio file', 'audio files'],
  ];
  const known = counts.filter(([most]) => most !== undefined);
  const words = known.map(([most, one, many]) => `${most} ${most === 1 ? one : many}`);
  return words.length > 0 ? [{ what: 'Per request', lines: [`up to ${words.join(', ')}`] }] : [];
}

function sources({ acceptsUrls }) {
  return acceptsUrls ? [{ what: 'URLs', lines: ['accepted'] }] : [];
}

function kept({ lifetime, maxAssets }) {
  const lines = [];
  if (lifetime !== undefined) lines.push(`kept for ${span(lifetime)}`);
  if (maxAssets !== undefined) lines.push(`up to ${maxAssets.toLocaleString('en-US')} assets per account`);
  return lines.length > 0 ? [{ what: 'Storage', lines }] : [];
}

const number = (value) => new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(value);

/** "50 MB"; a round number of mebibytes, as some limits are, stays one. */
function bytes(value) {
  const MIB = 1024 * 1024;
  return value % MIB === 0 && value % 1e6 !== 0 ? `${number(value / MIB)} MiB` : `${number(value / 1e6)} MB`;
}

/** "2 s", "10 min", "7 days" */
function span(seconds) {
  if (seconds < 90) return `${number(seconds)} s`;
  if (seconds < 5400) return `${number(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${number(seconds / 3600)} h` : `${number(seconds / 86_400)} days`;
}
