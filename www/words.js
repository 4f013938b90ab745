// What stages, transfers and results are in plain words.

import { bytes, part, span, tally } from './units.js';

const STAGES = {
  inspect: () => 'Checking the file',
  hash: () => 'Computing the checksum',
  ticket: (provider) => `Requesting an upload URL from ${provider}`,
  transfer: () => 'Sending',
  submit: (provider) => `Waiting for ${provider} to confirm`,
  process: (provider) => `Waiting for ${provider} to process the file`,
};

/** A stage in words that also fit behind "while". */
export function stageWords(stage, provider) {
  return (STAGES[stage] ?? STAGES.inspect)(provider.name);
}

/** How a transfer goes: "3.1 of 48 MB · 8.1 MB/s · 4 s left". */
export function transferWords({ sentBytes, totalBytes, bytesPerSecond, secondsLeft }) {
  const facts = [part(sentBytes, totalBytes)];
  if (bytesPerSecond) facts.push(`${bytes(Math.round(bytesPerSecond))}/s`);
  if (secondsLeft !== undefined && sentBytes < totalBytes) facts.push(`${span(secondsLeft)} left`);
  return facts.join(' · ');
}

const STATES = {
  running: 'uploading',
  paused: 'paused',
  waiting: 'waiting',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** "1 uploading, 2 waiting, 3 done". */
export function summary(states) {
  const counts = tally(states);
  const known = Object.keys(STATES).filter((state) => counts.has(state));
  return known.map((state) => `${counts.get(state)} ${STATES[state]}`).join(', ');
}

const all = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** "A", "A and B", "A, B and C". */
export function listed(names) {
  return all.format(names);
}

/** A sentence's beginning where it goes on from other words. */
export function lower(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** An address without what may be a credential: no user, no query, no fragment. */
export function plainAddress({ origin, protocol, pathname }) {
  return origin === 'null' ? protocol : `${origin}${pathname}`;
}
