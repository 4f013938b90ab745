// What runs in the page. The function travels as its text, so it uses nothing from outside.

/** Starts the package, and keeps the jobs of a test where `end` and `retry` find them. */
export async function install(init) {
  const known = await import('/mediaferry/index.js');
  await known.init(init);
  const jobs = new Map();

  const post = (url, body) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
  /** The page's own providers; where they are is said in the job. */
  const own = {
    'own PUT': ({ gateway, storage }) =>
      known.presignedPut({
        id: 'own-put',
        sign: (file) => post(`${gateway}/own/sign`, { ...file, storage }),
        confirm: (_, { key }) => post(`${gateway}/own/confirm`, { key }),
        status: (id) => fetch(`${gateway}/own/status/${id}`),
      }),
    'own form': ({ gateway }) =>
      known.defineProvider({ id: 'own-form', form: () => post(`${gateway}/own/ask`, { url: gateway }) }),
  };

  function upload(job) {
    const { provider, options, gateway, retryTimeout, told, file, address } = job;
    const bytes = file && Uint8Array.from(atob(file.base64), (char) => char.charCodeAt(0));
    const source = address ?? new File([bytes, new Uint8Array(file.zeros)], file.name, { type: 'image/jpeg' });
    const listeners = {
      onRetry: ({ error }) => told.retries.push(error),
      onStage: (stage) => told.stages.push(stage),
    };
    const made = own[provider]?.(job) ?? provider;
    job.task = known.upload(source, { ...options, gateway, retryTimeout, ...listeners, provider: made });
    return job.task;
  }

  /** What is called beside uploads: each needs an asset first. */
  const calls = {
    upload: async (job) => await upload(job),
    list: async (job) => {
      const asset = await upload({ ...job, retryTimeout: undefined });
      job.call = async () => {
        const { provider, options, gateway, retryTimeout } = job;
        const ids = [];
        for await (const { id } of known.listAssets({ provider, ...options, gateway, retryTimeout })) ids.push(id);
        return { ...asset, listed: ids.filter((id) => id === asset.id).length };
      };
      return await job.call();
    },
    delete: async (job) => {
      const asset = await upload({ ...job, retryTimeout: undefined });
      job.call = async () => {
        const { provider, options, gateway, retryTimeout } = job;
        await known.deleteAsset(asset.id, { provider, ...options, gateway, retryTimeout });
        return { ...asset, isDeleted: true };
      };
      return await job.call();
    },
  };

  async function outcome(promise, told) {
    try {
      const { id, ref, provider, sha256, listed, isDeleted } = await promise;
      return { ...told, asset: { id, ref, provider, sha256, listed, isDeleted } };
    } catch (error) {
      const { name, message, code, stage, provider, retryable, unclear, id, status } = error;
      return { ...told, error: { name, message, code, stage, provider, retryable, unclear, id, status } };
    }
  }

  globalThis.faults = {
    begin(key, described) {
      for (const job of described) {
        job.told = { retries: [], stages: [] };
        job.end = outcome(calls[job.call ?? 'upload'](job), job.told);
      }
      jobs.set(key, described);
    },
    /** Tries the first job again, as a person would who reads its error. */
    retry(key) {
      const [job] = jobs.get(key);
      const told = { retries: [], stages: [] };
      if (typeof job.call === 'function') job.end = outcome(job.call(), told);
      else {
        job.task.retry();
        job.end = outcome(job.task.result, told);
      }
    },
    /** The ends of all jobs, or nothing if they do not come for some seconds: a driver waits only so long. */
    async ends(key, seconds) {
      const late = new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return await Promise.race([Promise.all(jobs.get(key).map(({ end }) => end)), late]);
    },
    forget: (key) => jobs.delete(key),
  };
}
