// The worker: one file without imports. The page sends it the compiled core.

import { createHost } from './host.js';
import type { FromHost, ToHost } from './protocol.js';

const handle = createHost((message: FromHost) => postMessage(message));
addEventListener('message', (event: MessageEvent<ToHost>) => handle(event.data));
