// A WebDriver session with WebKitGTK's small browser, on a screen that nobody sees: it has no headless mode.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../loopback.mjs';

/** Starts the driver, and by it the browser. `command` sends it a command of the session, and gives its value. */
export async function startSession(driver, capabilities, home) {
  const screen = await startScreen();
  const port = await freePort();
  const env = { ...process.env, DISPLAY: screen.display, GDK_BACKEND: 'x11', HOME: home, XDG_RUNTIME_DIR: home };
  const server = spawn(driver, [`--port=${port}`], { env, stdio: 'ignore' });
  const send = (method, path, body) => request(method, `http://127.0.0.1:${port}${path}`, body);
  const end = async () => {
    for (const child of [server, screen.server]) {
      if (child.exitCode === null && child.kill()) await once(child, 'close');
    }
  };
  try {
    await listening(send);
    const { sessionId } = await send('POST', '/session', { capabilities: { alwaysMatch: capabilities } });
    const command = (method, path, body) => send(method, `/session/${sessionId}${path}`, body);
    const close = () => command('DELETE', '').finally(end);
    return { command, close };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A screen in memory, under the first number that is free. */
async function startScreen() {
  const options = ['-displayfd', '1', '-nolisten', 'tcp', '-screen', '0', '1280x1024x24'];
  const server = spawn('Xvfb', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [number] = await once(server.stdout, 'data');
  return { server, display: `:${String(number).trim()}` };
}

async function listening(send) {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      return await send('GET', '/status');
    } catch {
      await sleep(50);
    }
  }
  throw new Error('the WebDriver of WebKit did not start');
}

async function request(method, url, body) {
  const answer = await fetch(url, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`WebDriver: ${value.error}: ${value.message}`);
  return value;
}
