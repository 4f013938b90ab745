// Ends what a test or a suite has begun, the last first: node:test by itself would close a browser before its pages.

/** Gives the `after` that everything begun here is to be ended by; `owner` is a test, or node:test itself in a suite. */
export function lifetime(owner) {
  const jobs = [];
  owner.after(async () => {
    while (jobs.length) await jobs.pop()();
  });
  return { after: (job) => jobs.push(job) };
}
