// What runs in the page. The function travels as its text, so it uses nothing from outside.

/** Starts the package, and keeps the jobs of a case in `globalThis.faults`. */
export async function install(init) {
  let workers = 0;
  globalThis.Worker = class extends globalThis.Worker {
    constructor(...given) {
      super(...given);
      workers += 1;
    }
  };
  const known = await import('/mediaferry/index.js');
  await known.init(init);
  const first = workers;
  const jobs = new Map();

  const post = (url, body) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
  /** The page's own providers; a job says where their backend is. */
  const own = {
    'own PUT': ({ gateway, storage }) =>
      known.presignedPut({
        id: 'own-put',
        sign: (file) => post(`${gateway}/own/sign`, { ...file, storage }),
        confirm: (_, { key }) => post(`${gateway}/own/confirm`, { key }),
        status: (id) => fetch(`${gateway}/own/status/${id}`),
      }),
    'own form': ({ gateway }) =>
      known.defineProvider({ id: 'own-form', form: () => post(`${gateway}/own/ticket`, { url: gateway }) }),
  };

  function upload(job) {
    const { options, gateway, retryTimeout, events, file, url } = job;
    const bytes = file && Uint8Array.from(atob(file.base64), (char) => char.charCodeAt(0));
    const source = url ?? new File([bytes, new Uint8Array(file.zeros)], file.name, { type: 'image/jpeg' });
    const onRetry = ({ error }) => events.retries.push(error);
    const onStage = (stage) => events.stages.push(stage);
    const provider = own[job.provider]?.(job) ?? job.provider;
    job.task = known.upload(source, { ...options, gateway, retryTimeout, onRetry, onStage, provider });
    return job.task;
  }

  /** Uploads a file with patience, then calls something else for its asset; `again` is that call alone. */
  async function afterUpload(job, call) {
    const asset = await upload({ ...job, retryTimeout: undefined });
    const { provider, options, gateway, retryTimeout } = job;
    job.again = () => call(asset, { provider, ...options, gateway, retryTimeout });
    return await job.again();
  }

  const calls = {
    upload: async (job) => await upload(job),
    list: (job) =>
      afterUpload(job, async (asset, options) => {
        const ids = [];
        for await (const { id } of known.listAssets(options)) ids.push(id);
        return { ...asset, listed: ids.filter((id) => id === asset.id).length };
      }),
    delete: (job) =>
      afterUpload(job, async (asset, options) => {
        await known.deleteAsset(asset.id, options);
        return { ...asset, isDeleted: true };
      }),
  };

  async function outcome(promise, events) {
    try {
      const { id, ref, provider, sha256, listed, isDeleted } = await promise;
      return { ...events, asset: { id, ref, provider, sha256, listed, isDeleted } };
    } catch (error) {
      const { name, message, code, stage, provider, retryable, outcomeUnknown, id, status } = error;
      return { ...events, error: { name, message, code, stage, provider, retryable, outcomeUnknown, id, status } };
    }
  }

  function follow(job, promise) {
    job.isRunning = true;
    job.outcome = outcome(promise, job.events).finally(() => {
      job.isRunning = false;
    });
  }

  globalThis.faults = {
    /** Whether it runs in a worker, and how many have been started after the first. */
    workers: () => ({ isUsed: first > 0, restarts: workers - first }),
    begin(key, described) {
      jobs.set(key, described);
      for (const job of described) {
        job.events = { retries: [], stages: [] };
        follow(job, calls[job.call ?? 'upload'](job));
      }
    },
    /** Tries the first job again, as a person would who reads its error. */
    retry(key) {
      const [job] = jobs.get(key);
      job.events.retries.length = job.events.stages.length = 0;
      if (!job.again) job.task.retry();
      follow(job, job.again ? job.again() : job.task.result);
    },
    /** The outcomes of all jobs, or nothing if they do not come for some seconds: a driver waits only so long. */
    async outcomes(key, seconds) {
      const late = new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return await Promise.race([Promise.all(jobs.get(key).map(({ outcome }) => outcome)), late]);
    },
    /** The jobs that have not ended, and what they have told. */
    running: (key) =>
      jobs.get(key).flatMap(({ isRunning, provider, events }) => (isRunning ? [{ provider, ...events }] : [])),
    forget: (key) => jobs.delete(key),
  };
}
