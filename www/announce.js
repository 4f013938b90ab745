// What a screen reader is told: the last news of each file, a few at a time.

import { tally } from './units.js';

/** Stages follow each other within milliseconds; only the one that lasts is worth saying. */
const PAUSE_MILLIS = 600;
/** With more files than this at once, results are counted and not read out. */
const SPOKEN = 3;

const news = new Map();
let timer;

/** Says `text` soon, unless newer text about the same subject comes first. `kind` is what to count it as. */
export function announce(subject, text, kind) {
  news.set(subject, { text, kind });
  if (timer === undefined) timer = setTimeout(speak, PAUSE_MILLIS);
}

function speak() {
  timer = undefined;
  const all = [...news.values()];
  news.clear();
  const spoken = all.length <= SPOKEN ? all.map(({ text }) => text) : counted(all);
  document.querySelector('#live').textContent = spoken.map((text) => `${text}.`.replace(/([.!?])\.$/, '$1')).join(' ');
}

function counted(all) {
  const others = all.filter(({ kind }) => !kind).map(({ text }) => text);
  const kinds = tally(all.flatMap(({ kind }) => kind ?? []));
  return [...others, ...[...kinds].map(([kind, count]) => `${count} ${kind}`)];
}
