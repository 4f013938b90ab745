// The worker: one file without imports, which gets the compiled core by message.

import { createHost } from './host.js';
import type { Answer, Request } from './protocol.js';

const handle = createHost((message: Answer) => postMessage(message));
// A core that has trapped answers nothing more: its calls must not wait for ever.
addEventListener('unhandledrejection', (event) => postMessage({ type: 'broken', message: String(event.reason) }));
addEventListener('message', (event: MessageEvent<Request>) => handle(event.data));
