// The worker for files that are sent in parts: as worker.ts, with the other core.

import { createHost } from './parts-host.js';
import type { FromHost, ToHost } from './protocol.js';

const handle = createHost((messages: FromHost[]) => postMessage(messages));
addEventListener('message', (event: MessageEvent<ToHost>) => handle(event.data));
