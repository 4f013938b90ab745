// The memory of processes, as reported by Linux.

import { readdirSync, readFileSync } from 'node:fs';

/** Returns the memory of all descendants of this process, except these; without mapped files, such as programs. */
export function bytesOfDescendants(except) {
  const processes = readdirSync('/proc').filter(Number).map(readProcess).filter(Boolean);
  const family = new Set([process.pid]);
  // Repeated, because the id of a parent may be larger than that of its child.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent) && !except.includes(pid)) family.add(pid);
  }
  family.delete(process.pid);
  return processes.filter(({ pid }) => family.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Returns undefined if the process has ended. */
function readProcess(id) {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    const number = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { pid: Number(id), parent: number('PPid'), bytes: (number('RssAnon') + number('RssShmem')) * 1024 };
  } catch {
    return undefined;
  }
}
