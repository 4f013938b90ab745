// The package with a worker that counts the reads of files, and that can be paused after some reads.

/* global nextMessage, sendCommand */

/** Runs in the page: starts the package in such a worker. `sendCommand` sends it a command; `nextMessage` returns its reply. */
export async function startCounting() {
  const { init } = await import('/mediaferry/index.js');
  const watch = () => {
    const channel = new BroadcastChannel('reads');
    const read = Blob.prototype.arrayBuffer;
    let [reads, bytes, left, resumeRead] = [0, 0, 0, undefined];
    const commands = {
      count: () => {
        channel.postMessage({ reads, bytes });
        [reads, bytes] = [0, 0];
      },
      pauseAfter: (reads) => {
        left = reads;
        channel.postMessage('ready');
      },
      resumeRead: () => resumeRead(),
    };
    channel.onmessage = ({ data: [command, value] }) => commands[command](value);
    Blob.prototype.arrayBuffer = async function () {
      const buffer = await read.call(this);
      reads += 1;
      bytes += buffer.byteLength;
      left -= 1;
      if (left === 0) {
        channel.postMessage('paused');
        await new Promise((resolve) => {
          resumeRead = resolve;
        });
      }
      return buffer;
    };
  };
  const script = await (await fetch('/mediaferry/worker.js')).text();
  const watched = new Blob([`(${watch})();\n${script}`], { type: 'text/javascript' });
  await init({ worker: URL.createObjectURL(watched) });
  const channel = new BroadcastChannel('reads');
  globalThis.nextMessage = () =>
    new Promise((resolve) => {
      channel.onmessage = ({ data }) => resolve(data);
    });
  globalThis.sendCommand = (...command) => channel.postMessage(command);
}

/** Runs in the page: probes each file `times` times; returns the facts, the duration and the bytes read. */
export async function probeEach({ files }, times = 1) {
  const { probe } = await import('/mediaferry/index.js');
  const probes = [];
  for (const file of [...files].flatMap((file) => Array(times).fill(file))) {
    const start = performance.now();
    const media = await probe(file).catch(({ code }) => ({ code }));
    const millis = performance.now() - start;
    const counts = nextMessage();
    sendCommand('count');
    probes.push({ name: file.name, media, millis, ...(await counts) });
  }
  return probes;
}
