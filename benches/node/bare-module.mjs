// A wasm module of about 50 KB, in which every function calls the next.

/** Returns the bytes of the module. */
export function bareModule(bytes = 50_000) {
  const bodies = [];
  for (let size = 0; size < bytes; size += bodies.at(-1).length) bodies.push(body(bodies.length + 1));
  const count = bodies.length;
  bodies[count - 1] = body(0);
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(3, [...leb(count), ...Array(count).fill(0)]),
    ...section(7, [1, 2, ...Buffer.from('f0'), 0, 0]),
    ...section(10, [...leb(count), ...bodies.flat()]),
  ]);
}

/** `(x) => (x == 0 && drop(f(x)), (x + 7) ^ (x * 7))`, where `f` is the function with this index. */
const body = (called) =>
  sized([
    ...[0, 0x20, 0, 0x45, 0x04, 0x40, 0x20, 0, 0x10, ...leb(called), 0x1a, 0x0b],
    ...[0x20, 0, 0x41, 7, 0x6a, 0x20, 0, 0x41, 7, 0x6c, 0x73, 0x0b],
  ]);

const section = (id, content) => [id, ...sized(content)];
const sized = (content) => [...leb(content.length), ...content];

/** Encodes a number as unsigned LEB128. */
function leb(number) {
  const bytes = [];
  for (let rest = number; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
