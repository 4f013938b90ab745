// cargo's runner for the tests of the shell. wasm-bindgen's runner only serves the tests, because it needs chromedriver or
// geckodriver to drive a browser, which take minutes to build. Puppeteer needs neither. BROWSER names the browser.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBrowser } from '../../tests/e2e/engine.mjs';

const { WASM_BINDGEN_TEST_RUNNER: program, WASM_BINDGEN_TEST_TIMEOUT: seconds = '300' } = process.env;
const ENDED = /^test result: (\w+)\./m;

const env = { ...process.env, NO_HEADLESS: '1', WASM_BINDGEN_TEST_ADDRESS: '127.0.0.1:0' };
const server = spawn(program, process.argv.slice(2), { env, stdio: ['ignore', 'pipe', 'inherit'] });
const jobs = [() => server.kill()];
try {
  const browser = await startBrowser({ after: (job) => jobs.unshift(job) });
  const page = await browser.newPage();
  await page.goto(await urlOf(server));
  process.exitCode = (await result(page)) === 'ok' ? 0 : 1;
} finally {
  for (const job of jobs) await job();
}

async function urlOf({ stdout }) {
  for await (const line of createInterface({ input: stdout })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error(`${program} ended before it served the tests`);
}

/** Prints the output of the page, and returns the word after `test result`. */
async function result(page) {
  let text = '';
  for (const end = Date.now() + Number(seconds) * 1000; Date.now() < end; await sleep(200)) {
    const now = await page.$eval('#output', ({ textContent }) => textContent);
    process.stdout.write(now.startsWith(text) ? now.slice(text.length) : now);
    text = now;
    const [, word] = ENDED.exec(text) ?? [];
    if (word) {
      process.stdout.write('\n');
      return word;
    }
  }
  throw new Error(`no result after ${seconds} s`);
}
