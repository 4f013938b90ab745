// The worker: one file without imports, which gets the compiled core by message.

import { createHost } from './host.js';
import type { Answer, Request } from './protocol.js';

const handle = createHost((message: Answer) => postMessage(message));
addEventListener('message', (event: MessageEvent<Request>) => handle(event.data));
