// What takes the place of a file of the package that cannot be loaded, and of the worker if none can start.

import { scriptUrl, unpack } from './unpack.js';

export const core = async () => unpack((await import('./inline-core.js')).default);
export const parts = async () => unpack((await import('./inline-parts.js')).default);
export const formats = async () => unpack((await import('./inline-formats.js')).default);
export const worker = async () => scriptUrl((await import('./inline-worker.js')).default);
export const partsWorker = async () => scriptUrl((await import('./inline-parts-worker.js')).default);
export const host = () => import('./host.js');
export const partsHost = () => import('./parts-host.js');
export const fix = async () => unpack((await import('./inline-fix.js')).default);
export const drawWorker = async () => scriptUrl((await import('./inline-draw-worker.js')).default);
