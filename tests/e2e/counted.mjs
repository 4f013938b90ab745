// A package whose worker counts what it reads of files, and can be told to stop after some reads.

/* global heard, order */

/** Runs in the page: starts the package in such a worker. `order` tells the worker something, and `heard` its answer. */
export async function startCounting() {
  const { init } = await import('/mediaferry/index.js');
  const watch = () => {
    const channel = new BroadcastChannel('reads');
    const read = Blob.prototype.arrayBuffer;
    let [reads, bytes, left, goOn] = [0, 0, 0, undefined];
    const orders = {
      count: () => {
        channel.postMessage({ reads, bytes });
        [reads, bytes] = [0, 0];
      },
      pauseAfter: (reads) => {
        left = reads;
        channel.postMessage('ready');
      },
      goOn: () => goOn(),
    };
    channel.onmessage = ({ data: [order, value] }) => orders[order](value);
    Blob.prototype.arrayBuffer = async function () {
      const buffer = await read.call(this);
      reads += 1;
      bytes += buffer.byteLength;
      left -= 1;
      if (left === 0) {
        channel.postMessage('paused');
        await new Promise((resolve) => {
          goOn = resolve;
        });
      }
      return buffer;
    };
  };
  const script = await (await fetch('/mediaferry/worker.js')).text();
  const watched = new Blob([`(${watch})();\n${script}`], { type: 'text/javascript' });
  await init({ worker: URL.createObjectURL(watched) });
  const channel = new BroadcastChannel('reads');
  globalThis.heard = () =>
    new Promise((resolve) => {
      channel.onmessage = ({ data }) => resolve(data);
    });
  globalThis.order = (...order) => channel.postMessage(order);
}

/** Runs in the page: looks at each file `times` over; what it finds, how long it takes, and how much it reads. */
export async function lookOften({ files }, times = 1) {
  const { probe } = await import('/mediaferry/index.js');
  const looks = [];
  for (const file of [...files].flatMap((file) => Array(times).fill(file))) {
    const start = performance.now();
    const media = await probe(file).catch(({ code }) => ({ code }));
    const millis = performance.now() - start;
    const counted = heard();
    order('count');
    looks.push({ name: file.name, media, millis, ...(await counted) });
  }
  return looks;
}
