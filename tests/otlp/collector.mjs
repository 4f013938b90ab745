// A collector that decodes the spans it gets by OTLP, as far as the tests read them.

import { createServer } from 'node:http';
import { listen } from '../loopback.mjs';

/** The fields of a protobuf message: pairs of a number and a BigInt (varint, fixed64) or bytes. */
function* fields(bytes) {
  let at = 0;
  const take = (length) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const [byte] = take(1);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [number, type] = [key >> 3, key & 7];
    if (type === 0) yield [number, varint()];
    else if (type === 1) yield [number, take(8).readBigUInt64LE()];
    else if (type === 5) yield [number, BigInt(take(4).readUInt32LE())];
    else yield [number, take(Number(varint()))];
  }
}

const all = (bytes, wanted) => [...fields(bytes)].filter(([number]) => number === wanted).map(([, value]) => value);
const text = (bytes) => bytes?.toString('utf8');

/** A `KeyValue` as a pair; its value is a string or an integer. */
const attribute = (bytes) => {
  const [number, value] = fields(all(bytes, 2)[0]).next().value;
  return [text(all(bytes, 1)[0]), number === 1 ? text(value) : Number(value)];
};

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const span = (bytes) => ({
  trace: all(bytes, 1)[0].toString('hex'),
  id: all(bytes, 2)[0].toString('hex'),
  parent: all(bytes, 4)[0]?.toString('hex') ?? '',
  name: text(all(bytes, 5)[0]),
  kind: Number(all(bytes, 6)[0]),
  attributes: Object.fromEntries(all(bytes, 9).map(attribute)),
  status: Number(all(all(bytes, 15)[0] ?? Buffer.alloc(0), 3)[0] ?? 0n),
});

/** Starts a collector. With `respond: false`, it accepts spans and never responds. */
export async function startCollector({ respond = true } = {}) {
  const spans = [];
  const resources = [];
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (!respond) return;
    if (request.method === 'POST' && request.url === '/v1/traces')
      for (const group of all(Buffer.concat(chunks), 1)) {
        resources.push(Object.fromEntries(all(all(group, 1)[0], 1).map(attribute)));
        for (const scope of all(group, 2)) spans.push(...all(scope, 2).map(span));
      }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  return { ...(await listen(server)), spans, resources, requests: () => requests };
}
