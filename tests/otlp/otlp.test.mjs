// The traces of a gateway with the cargo feature `otlp`: one span per request, at a collector.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { start } from '../cluster/cluster.mjs';
import { freePort } from '../loopback.mjs';
import { startCollector } from './collector.mjs';

const CLIENT = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

/** A provider that records the trace contexts it gets. */
async function startProvider(life) {
  const contexts = [];
  const server = createServer(async (request, response) => {
    contexts.push(request.headers.traceparent);
    for await (const _ of request);
    response.writeHead(500, { 'content-type': 'application/json', 'x-request-id': 'provider-7' }).end('{}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  life.after(() => server.close());
  return { origin: `http://127.0.0.1:${server.address().port}`, contexts };
}

async function startGateway(life, variables) {
  const port = await freePort();
  const env = { MEDIAFERRY_ADMIN_BIND: 'off', MEDIAFERRY_LOG_FORMAT: 'json', ...variables };
  const gateway = await start(process.env.MEDIAFERRY_GATEWAY, ['--port', String(port)], env, /mediaferry gateway: /);
  life.after(() => gateway.stop('SIGKILL'));
  return { ...gateway, origin: `http://127.0.0.1:${port}` };
}

const lines = (log) => log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));

test('one span per request reaches the collector before the gateway ends', async (t) => {
  const [collector, provider] = [await startCollector(), await startProvider(t)];
  t.after(collector.stop);
  const gateway = await startGateway(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    MEDIAFERRY_RELAYDANCE_ORIGIN: provider.origin,
    MEDIAFERRY_RELAYDANCE_KEY: 'river-live-1',
  });
  const traceparent = `00-${CLIENT.trace}-${CLIENT.span}-01`;
  const upload = await fetch(`${gateway.origin}/providers/relaydance/v1/files?token=querysecret`, {
    method: 'POST',
    headers: { traceparent, 'x-request-id': 'page-7', authorization: 'Bearer usersecret' },
    body: 'four',
  });
  assert.equal(upload.status, 500);
  for (let count = 0; count < 9; count += 1) await fetch(`${gateway.origin}/healthz`).then((reply) => reply.text());
  await gateway.stop();

  assert.equal(collector.spans.length, 10);
  assert.deepEqual(
    [...new Set(collector.resources.map((resource) => resource['service.name']))],
    ['mediaferry-gateway'],
  );
  const [span] = collector.spans.filter(({ name }) => name === 'POST /providers/relaydance/v1/files');
  assert.deepEqual([span.trace, span.parent, span.kind, span.status], [CLIENT.trace, CLIENT.span, 2, 2]);
  const { 'mediaferry.upstream_millis': millis, 'mediaferry.owner': owner, ...attributes } = span.attributes;
  assert.deepEqual([typeof millis, owner], ['number', undefined]);
  assert.deepEqual(attributes, {
    'http.request.method': 'POST',
    'url.path': '/providers/relaydance/v1/files',
    'http.request.body.size': 4,
    'http.response.body.size': 2,
    'http.response.status_code': 500,
    'mediaferry.request_id': 'page-7',
    'mediaferry.provider': 'relaydance',
    'mediaferry.provider_request_id': 'provider-7',
    'mediaferry.fault': 'provider',
  });
  const context = `00-${CLIENT.trace}-${span.id}-01`;
  assert.deepEqual(provider.contexts, [context], "the provider's span is a child of the gateway's");
  assert.deepEqual(
    lines(gateway.log())
      .map((line) => line.traceparent)
      .filter((line) => line === context).length,
    1,
  );
  const others = collector.spans.filter(({ name }) => name === 'GET /healthz');
  assert.deepEqual([others.length, new Set(others.map(({ trace }) => trace)).size], [9, 9]);
  assert.ok(others.every(({ parent, status }) => !/[1-9a-f]/.test(parent) && status === 0));
  assert.doesNotMatch(JSON.stringify(collector.spans), /secret|river-live/);
});

test('a collector that does not respond delays no request', async (t) => {
  const collector = await startCollector({ respond: false });
  t.after(collector.stop);
  const gateway = await startGateway(t, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  const begun = performance.now();
  // More than the queue of 2,048 spans.
  for (let round = 0; round < 100; round += 1) {
    const replies = Array.from({ length: 50 }, () => fetch(`${gateway.origin}/healthz`).then((reply) => reply.text()));
    assert.deepEqual([...new Set(await Promise.all(replies))], ['ok']);
  }
  const took = performance.now() - begun;
  assert.ok(collector.requests() > 0, 'the collector was asked');
  assert.ok(took < 8000, `${took} ms; one request to the collector may take 10 s`);
});

test('without an endpoint nothing is sent, and the provider gets no trace context', async (t) => {
  const provider = await startProvider(t);
  const gateway = await startGateway(t, {
    MEDIAFERRY_RELAYDANCE_ORIGIN: provider.origin,
    MEDIAFERRY_RELAYDANCE_KEY: 'river-live-1',
  });
  const headers = { traceparent: `00-${CLIENT.trace}-${CLIENT.span}-01` };
  await fetch(`${gateway.origin}/providers/relaydance/v1/files`, { method: 'POST', headers, body: 'four' });
  assert.deepEqual(provider.contexts, [undefined]);
});

test('an invalid endpoint is named, and the gateway does not start', async () => {
  const env = { MEDIAFERRY_ADMIN_BIND: 'off', OTEL_EXPORTER_OTLP_ENDPOINT: 'no url' };
  const started = start(process.env.MEDIAFERRY_GATEWAY, ['--port', '0'], env, /mediaferry gateway: /);
  await assert.rejects(started, /mediaferry-gateway: OTEL_EXPORTER_OTLP_ENDPOINT/);
});
