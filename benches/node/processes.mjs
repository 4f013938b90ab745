// How much memory processes have, as Linux counts it.

import { readdirSync, readFileSync } from 'node:fs';

/** The memory of all processes below this one, except these; without what is only a copy of a file, as programs are. */
export function bytesOfDescendants(except) {
  const processes = readdirSync('/proc').filter(Number).map(readProcess).filter(Boolean);
  const family = new Set([process.pid]);
  // A parent may have the larger number.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent) && !except.includes(pid)) family.add(pid);
  }
  family.delete(process.pid);
  return processes.filter(({ pid }) => family.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Nothing if the process has ended. */
function readProcess(id) {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    const number = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { pid: Number(id), parent: number('PPid'), bytes: (number('RssAnon') + number('RssShmem')) * 1024 };
  } catch {
    return undefined;
  }
}
