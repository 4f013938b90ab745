// The container image: built from the static program, started without root, and asked for its health.
//
// podman starts it, with runc where there is one: crun refuses some machines. Where podman cannot run a container at all,
// buildah starts the image in a chroot.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { which } from '../../scripts/lib/which.mjs';
import { freePort } from '../loopback.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.MEDIAFERRY_GATEWAY;
const MAX_MB = 20;
const USER = '65532';
const IMAGE = 'mediaferry-gateway:test';
// podman's own are higher than a sandbox may set.
const LIMITS = ['nofile=4096:4096', 'nproc=1024:1024'];

test('the program is static and small', (t) => {
  const megabytes = statSync(program).size / 1e6;
  t.diagnostic(`${megabytes.toFixed(1)} MB`);
  assert.ok(megabytes <= MAX_MB, `${megabytes} MB`);
  assert.ok(!isDynamic(readFileSync(program)), 'it names a dynamic linker');
});

const missing = ['buildah', 'podman'].filter((name) => !which(name));
const skip = missing.length > 0 && `${missing.join(' and ')} is not installed`;

test('the image starts without root, is healthy, and stops', { skip, timeout: 180_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-image-'));
  let container;
  t.after(() => {
    container?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const buildah = (...args) => call('buildah', ...storage, ...args);

  copyFileSync(program, join(folder, 'mediaferry-gateway'));
  const file = join(root, 'deploy/Containerfile');
  const build = ['build', '--isolation', 'chroot', '--format', 'docker', '--file', file, '--tag', IMAGE];
  buildah(...build, folder);
  const { OCIv1: image } = JSON.parse(buildah('inspect', '--type', 'image', IMAGE));
  assert.equal(image.config.User, `${USER}:${USER}`);
  assert.deepEqual(image.config.Entrypoint, ['/mediaferry-gateway']);
  t.diagnostic(`the image: ${buildah('images', '--format', '{{.Size}}', IMAGE).trim()}`);

  const [port, adminPort] = [await freePort(), await freePort()];
  const variables = [`BIND=127.0.0.1`, `PORT=${port}`, `ADMIN_PORT=${adminPort}`].map((text) => `MEDIAFERRY_${text}`);
  container = inPodman(storage, variables) ?? inChroot(storage, variables);
  t.diagnostic(container.how);

  const ready = await until(() => fetch(`http://127.0.0.1:${adminPort}/readyz`));
  assert.deepEqual(await ready.json(), { problems: [], ready: true });
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text(), 'ok');
  assert.equal(readFileSync(`/proc/${container.pid()}/status`, 'utf8').match(/^Uid:\s+(\d+)/m)[1], USER);
  container.health();
  container.stop();
  assert.throws(() => container.health(), 'a stopped instance is not healthy');
});

/** Starts the image as in production: read-only, without capabilities. Returns undefined if podman cannot. */
function inPodman(storage, variables) {
  const options = ['--cgroup-manager', 'cgroupfs', ...(which('runc') ? ['--runtime', 'runc'] : []), ...storage];
  const podman = (...args) => call('podman', ...options, ...args);
  const run = ['run', '--detach', '--network', 'host', '--no-healthcheck', '--read-only', '--cap-drop', 'ALL'];
  try {
    const id = podman(
      ...run,
      ...LIMITS.flatMap((limit) => ['--ulimit', limit]),
      ...variables.flatMap((variable) => ['--env', variable]),
      IMAGE,
    ).trim();
    return {
      how: 'started by podman, read-only and without capabilities',
      pid: () => podman('inspect', '--format', '{{.State.Pid}}', id).trim(),
      health: () => podman('exec', id, '/mediaferry-gateway', 'health'),
      stop: () => podman('stop', '--ignore', '--time', '5', id),
    };
  } catch (error) {
    console.log(`podman cannot run a container here: ${error.stderr.trim().split('\n').at(-1)}`);
    return undefined;
  }
}

/** Starts the image in a chroot, as the image's user. */
function inChroot(storage, variables) {
  const id = call('buildah', ...storage, 'from', '--pull-never', IMAGE).trim();
  const environment = variables.flatMap((variable) => ['--env', variable]);
  const run = [...storage, 'run', '--isolation', 'chroot', ...environment, id, '--', '/mediaferry-gateway'];
  const child = spawn('buildah', run, { stdio: 'ignore', detached: true });
  let stopped = false;
  return {
    how: 'started by buildah in a chroot',
    pid: () => call('pgrep', '--session', String(child.pid), '--exact', 'mediaferry-gate').trim(),
    health: () => call('buildah', ...run, 'health'),
    stop: () => {
      if (!stopped) process.kill(-child.pid, 'SIGTERM');
      stopped = true;
    },
  };
}

function call(name, ...args) {
  return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function until(attempt) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
}

/** Whether a 64-bit ELF program has a header of the type PT_INTERP. */
function isDynamic(elf) {
  assert.equal(elf.toString('latin1', 0, 5), '\x7fELF\x02');
  const [offset, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => elf.readUInt32LE(offset + index * size)).includes(3);
}
