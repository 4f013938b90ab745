// The routes of a file to each provider: what the page calls, and the requests that this makes, in order.

const PROVIDER = (id, path) => `/providers/${id}${path}`;
const line = (method, path) => new RegExp(`^${method} ${path}$`);

/** A request: its method and path, the stages that it belongs to, and what kind it is. */
const gateway = (method, path, stage, more) => ({ at: 'gateway', line: line(method, path), stages: [stage], ...more });
const storage = (method, path, stage, more) => ({ at: 'storage', line: line(method, path), stages: [stage], ...more });
/** Sent once, because a second one could create a second asset; the gateway can report its outcome. */
const ONCE = { isOnce: true };
/** The file rides in it, so it is long enough to break in its middle. */
const FILE = { hasFile: true };

const form = (path) => gateway('POST', path, 'submit', { ...ONCE, ...FILE, stages: ['transfer', 'submit'] });
const staging = {
  ticket: gateway('POST', '/staging', 'ticket'),
  put: storage('PUT', '/mediaferry/staging/.*', 'transfer', FILE),
};
const UPLOAD = PROVIDER('onerouter', '/v1/upload/resources');
const poll = gateway('GET', PROVIDER('onerouter', '/v1/status/.*'), 'process');
const onerouter = { provider: 'onerouter', options: { model: 'a/model' } };

/**
 * `touches` names what two routes must not share if one of them is to be left alone. `job` is what the page calls, by
 * default an upload of a file.
 */
export const ROUTES = {
  modelhunter: {
    job: { provider: 'modelhunter' },
    requests: {
      ticket: gateway('POST', PROVIDER('modelhunter', '/api/v1/files/upload-url'), 'ticket'),
      preflight: storage('OPTIONS', '/mediaferry/modelhunter/.*', 'transfer', { isPreflight: true }),
      put: storage('PUT', '/mediaferry/modelhunter/.*', 'transfer', FILE),
      complete: gateway('POST', PROVIDER('modelhunter', '/api/v1/files/.*/complete'), 'submit'),
    },
  },
  worldrouter: {
    job: { provider: 'worldrouter' },
    requests: { form: form(PROVIDER('worldrouter', '/v1/images/uploads')) },
  },
  relaydance: {
    job: { provider: 'relaydance' },
    requests: {
      form: form(PROVIDER('relaydance', '/v1/files')),
      // Sent only if the response to the form is lost.
      outcomeQuery: gateway('GET', '/attempts/.*', 'submit', { isOnce: true, isAfterLost: 'form' }),
    },
  },
  'own form': {
    job: { provider: 'own form' },
    requests: {
      signForm: gateway('POST', '/own/ticket', 'ticket', { isOwn: true }),
      form: { ...form('/own/form'), isOwn: true },
    },
  },
  'own PUT': {
    job: { provider: 'own PUT' },
    requests: {
      sign: gateway('POST', '/own/sign', 'ticket', { isOwn: true }),
      put: storage('PUT', '/own/put/.*', 'transfer', FILE),
      confirm: gateway('POST', '/own/confirm', 'submit', { isOwn: true }),
      status: gateway('GET', '/own/status/.*', 'process', { isOwn: true }),
    },
  },
  onerouter: {
    job: onerouter,
    touches: ['onerouter'],
    requests: { form: form(UPLOAD), poll },
  },
  apiframe: {
    job: { provider: 'apiframe' },
    touches: ['staging'],
    requests: {
      ...staging,
      create: gateway('POST', PROVIDER('apiframe', '/v2/assets/create'), 'submit', ONCE),
      poll: gateway('GET', PROVIDER('apiframe', '/v2/assets/.*'), 'process'),
    },
  },
  'onerouter URL': {
    job: { ...onerouter, isUrl: true },
    touches: ['onerouter'],
    requests: { json: gateway('POST', UPLOAD, 'submit', ONCE) },
  },
  'onerouter staged': {
    job: { provider: 'onerouter', options: { model: 'a/model', route: 'url' } },
    touches: ['onerouter', 'staging'],
    requests: { ...staging, json: gateway('POST', UPLOAD, 'submit', ONCE) },
  },
  'onerouter list': {
    job: { ...onerouter, call: 'list' },
    touches: ['onerouter'],
    requests: { list: gateway('GET', PROVIDER('onerouter', '/v1/list/resources'), undefined, { after: poll.line }) },
  },
  'onerouter delete': {
    job: { ...onerouter, call: 'delete' },
    touches: ['onerouter'],
    requests: {
      delete: gateway('DELETE', PROVIDER('onerouter', '/v1/delete/.*'), undefined, {
        after: poll.line,
        isDelete: true,
      }),
    },
  },
};

/** Five routes that share nothing with this one. */
export function others(name) {
  const { touches = [name] } = ROUTES[name];
  const isApart = ([other, route]) => !(route.touches ?? [other]).some((touched) => touches.includes(touched));
  const apart = Object.entries(ROUTES).filter(isApart);
  return apart.slice(0, 5).map(([other]) => other);
}
