// Draws on the main thread, if no worker can start. Loaded only then.

export { draw } from './draw.js';
