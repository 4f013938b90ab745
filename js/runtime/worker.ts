// The worker: one file without imports. The page sends it the compiled core.

import { createHost } from './host.js';
import type { FromHost, ToHost } from './protocol.js';

const handle = createHost((messages: FromHost[]) => postMessage(messages));
addEventListener('message', (event: MessageEvent<ToHost>) => handle(event.data));
