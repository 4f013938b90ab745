// A host without a core. It speaks the protocol of the real one, so everything on the page's side is real.

import { isBlob } from '../api/realm.js';
import type { Provider, Source, Stage } from '../api/types.js';
import type { FakeHost } from '../runtime/installed-fake.js';
import type { Call, CoreEvent, FromHost, InnerEvent, Outcome, ToHost } from '../runtime/protocol.js';
import type { CallData } from './call-data.js';
import { Cancelled, Control } from './control.js';
import { Failed } from './failed.js';
import {
  check,
  checkProviderOptions,
  checkRequest,
  list,
  probe,
  providerOf,
  remove,
  withMillis,
} from './fake-calls.js';
import type { FakeState } from './fake-state.js';
import { type FakeTask, FakeUpload, listed } from './fake-upload.js';
import { checksum } from './files.js';
import type { FakeCall } from './script-types.js';

/** What a call needs of its host. */
interface Ports {
  control: Control;
  emit: (event: CoreEvent | InnerEvent | Outcome) => void;
  /** Queries the page. */
  query: (what: string, about: unknown) => Promise<unknown>;
}

/** Returns what the page starts instead of the core. */
export function createFakeHost(state: FakeState): FakeHost {
  return (send, build) => {
    const running = new Map<number, Control>();
    const queries: ((reply: unknown) => void)[] = [];
    const post = (message: FromHost) => queueMicrotask(() => send([message]));
    let [isReady, isEnded] = [false, false];
    const end = () => {
      isEnded = true;
      if (isReady) post({ type: 'closed' });
    };
    state.ends.add(end);

    async function run(id: number, call: Call): Promise<void> {
      const emit: Ports['emit'] = (event) => post({ type: 'event', id, event });
      const control = new Control(state.stepMillis, () => emit({ type: 'status', status: 'paused' }));
      running.set(id, control);
      const query: Ports['query'] = (what, about) => {
        const reply = new Promise((resolve) => queries.push(resolve));
        post({ type: 'query', id, query: queries.length - 1, what, about });
        return control.wait(reply);
      };
      try {
        emit({ type: 'result', value: await perform(state, call, { control, emit, query }) });
      } catch (error) {
        if (error instanceof Failed) emit({ type: 'failure', facts: error.facts });
        else if (error instanceof Cancelled) emit({ type: 'cancelled' });
        else post({ type: 'exception', id, message: error instanceof Error ? error.message : String(error) });
      } finally {
        running.delete(id);
      }
    }

    return (message: ToHost) => {
      switch (message.type) {
        case 'start':
          isReady = true;
          post({ type: 'ready', build });
          if (isEnded) post({ type: 'closed' });
          break;
        case 'call':
          void run(message.id, message.call);
          break;
        case 'cancel':
          running.get(message.id)?.cancel();
          break;
        case 'pause':
          running.get(message.id)?.pause(message.paused);
          break;
        case 'reply':
          queries[message.query]?.(message.value);
          break;
        case 'ping':
          post({ type: 'pong' });
          break;
        case 'close':
          state.ends.delete(end);
          for (const control of running.values()) control.cancel();
          break;
      }
    };
  };
}

/** Returns the result of a call. Throws as the core does. */
async function perform(state: FakeState, { source, json }: Call, ports: Ports): Promise<unknown> {
  const data = JSON.parse(json) as CallData;
  const call = state.record(data, source);
  const { method } = call;
  await ports.control.step();
  if (method === 'sha256') return await checksum(source as Blob);
  if (method === 'probe') return probe(source as Blob, state.mediaOf(source as Blob));
  if (method === 'check') return check(source as Blob, state.mediaOf(source as Blob));
  const provider = providerOf(data);
  if (method === 'upload') return await upload(state, data, call, provider, ports);
  if (!provider) throw new TypeError('a custom provider has no list');
  if (method === 'checkRequest') return checkRequest(provider, data.kinds ?? []);
  if (data.token) await ports.query('token', 'initial');
  if (method === 'list') return list(provider, state.assets, data);
  state.assets = remove(provider, state.assets, data.id);
  return undefined;
}

async function upload(
  state: FakeState,
  { options = {}, accept, checksum, continuation, token }: CallData,
  call: FakeCall,
  provider: Provider | undefined,
  { control, emit, query }: Ports,
): Promise<unknown> {
  checkProviderOptions(provider?.name ?? String(call.provider), provider?.options ?? [], options);
  const script = state.scriptOf(call);
  const source = call.source as Source;
  const media = isBlob(source) ? state.mediaOf(source) : {};
  const task: FakeTask = {
    source,
    provider: String(call.provider),
    accepts: provider?.accepts,
    acceptsUrls: provider?.acceptsUrls ?? false,
    accept,
    isHashed: checksum !== 'skip',
    resumesAt: continuation === undefined ? undefined : (JSON.parse(continuation) as { stage: Stage }).stage,
    stepMillis: state.stepMillis,
    authenticate: async () => {
      if (token) await query('token', 'initial');
    },
  };
  const asset = await new FakeUpload(task, { ...script, media: { ...media, ...script.media } }, control, emit).run(
    state.nextNumber(),
  );
  if (provider?.maxPageSize !== undefined) state.assets = [...state.assets, listed(asset)];
  return withMillis(asset);
}
