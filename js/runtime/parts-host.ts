// The core that can also send a file in parts, and what runs it.

import { __wbg_reset_state, cancelTask, initSync, onTrap, runTask, setPaused } from '../generated/parts.js';
import { hostOf } from './run-core.js';

// By their names, so that the build leaves out the others.
export const { createHost, freeCore } = hostOf({
  __wbg_reset_state,
  cancelTask,
  initSync,
  onTrap,
  runTask,
  setPaused,
});
