// The worker: one file without imports. The page sends it the compiled core.

import { createHost } from './host.js';
import type { Answer, Request } from './protocol.js';

const handle = createHost((message: Answer) => postMessage(message));
addEventListener('message', (event: MessageEvent<Request>) => handle(event.data));
