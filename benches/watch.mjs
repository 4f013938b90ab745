// What an upload costs the tab meanwhile: the longest main-thread task, and memory.

import { readFileSync } from 'node:fs';

const EVERY_MILLIS = 25;

/** Begins to watch a page; `stop` gives `{ task, heap, resident }` in milliseconds and bytes. */
export async function watch(page) {
  const cdp = await page.createCDPSession();
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('Performance.enable');
  const pids = await renderers(page.browser());
  const heap = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
  };
  const before = { heap: await heap(), resident: residentBytes(pids) };
  const most = { ...before };
  await page.evaluate(() => {
    globalThis.longTasks = [];
    globalThis.taskObserver = new PerformanceObserver((list) => globalThis.longTasks.push(...list.getEntries()));
    globalThis.taskObserver.observe({ type: 'longtask' });
  });
  const timer = setInterval(() => {
    most.resident = Math.max(most.resident, residentBytes(pids));
  }, EVERY_MILLIS);
  return {
    async stop() {
      clearInterval(timer);
      most.heap = Math.max(most.heap, await heap());
      const task = await page.evaluate(() => {
        const tasks = [...globalThis.longTasks, ...globalThis.taskObserver.takeRecords()];
        globalThis.taskObserver.disconnect();
        return Math.max(0, ...tasks.map(({ duration }) => duration));
      });
      await cdp.detach();
      return { task, heap: most.heap - before.heap, resident: most.resident - before.resident };
    },
  };
}

async function renderers(browser) {
  const cdp = await browser.target().createCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  await cdp.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

/** The resident memory of some processes, by Linux; not a number elsewhere. */
function residentBytes(pids) {
  try {
    const kibibytes = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]));
    return kibibytes.reduce((a, b) => a + b, 0) * 1024;
  } catch {
    return Number.NaN;
  }
}
