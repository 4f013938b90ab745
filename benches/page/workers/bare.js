// Instantiates a module as soon as it can.

WebAssembly.instantiateStreaming(fetch(new URL('./bare.wasm', location.href))).then(({ instance }) =>
  postMessage(instance.exports.f0(1)),
);
