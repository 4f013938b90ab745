// The files in deploy/: they can be parsed, and keep what the guides promise about them. The example configuration is
// checked by gateway/tests/all/commands.rs.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { which } from '../../scripts/lib/which.mjs';

const deploy = (path) => readFileSync(fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url)), 'utf8');
// A dependency of typedoc.
const yaml = await import('yaml').catch(() => undefined);
const skip = !yaml && 'the package yaml is not installed';

test('kubernetes.yaml runs unprivileged pods with probes on the admin port', { skip }, () => {
  const documents = yaml.parseAllDocuments(deploy('kubernetes.yaml'));
  assert.deepEqual(
    documents.flatMap(({ errors }) => errors),
    [],
  );
  const byKind = Object.fromEntries(documents.map((document) => [document.toJS().kind, document.toJS()]));
  const kinds = ['ConfigMap', 'Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service'];
  assert.deepEqual(Object.keys(byKind).sort(), kinds);

  const { template } = byKind.Deployment.spec;
  const { containers, enableServiceLinks, securityContext } = template.spec;
  assert.equal(enableServiceLinks, false);
  assert.equal(securityContext.runAsNonRoot, true);
  const [gateway] = containers;
  assert.equal(gateway.securityContext.readOnlyRootFilesystem, true);
  for (const probe of [gateway.livenessProbe, gateway.readinessProbe]) assert.equal(probe.httpGet.port, 'admin');
  assert.ok(gateway.resources.requests && gateway.resources.limits.memory);
  for (const { selector } of [byKind.Deployment.spec, byKind.PodDisruptionBudget.spec])
    assert.deepEqual(selector.matchLabels, template.metadata.labels);
  assert.deepEqual(
    byKind.Service.spec.ports.map(({ targetPort }) => targetPort),
    ['http'],
  );
});

test('compose.yaml starts two gateways with limits for open files', { skip }, () => {
  const { services, secrets } = yaml.parse(deploy('compose.yaml'), { merge: true });
  assert.deepEqual(Object.keys(services), ['gateway-1', 'gateway-2', 'nginx', 'valkey', 's3']);
  assert.deepEqual(services['gateway-1'], services['gateway-2']);
  assert.equal(services['gateway-1'].ulimits.nofile, 65_536);
  assert.deepEqual(services['gateway-1'].secrets.toSorted(), Object.keys(secrets).toSorted());
});

const noNginx = !which('nginx') && 'nginx is not installed';

test('nginx accepts the configuration', { skip: noNginx }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-nginx-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const local = (text) =>
    text
      .replaceAll('/etc/nginx/mediaferry', folder)
      // Without a certificate.
      .replace('listen 443 ssl', 'listen 443')
      .replaceAll(/^ *ssl_certificate.*\n/gm, '')
      .replaceAll(/server gateway-(\d)/g, 'server 127.0.0.$1');
  write('proxy.conf', deploy('nginx/proxy.conf'));
  for (const site of ['site.conf', 'compose.conf']) {
    write('route.conf', deploy('nginx/route.conf'));
    write('site.conf', local(deploy(`nginx/${site}`)));
    const http = `access_log off; include ${folder}/route.conf; include ${folder}/site.conf;`;
    write('nginx.conf', `pid ${folder}/pid; error_log stderr; events {} http { ${http} }`);
    execFileSync('nginx', ['-t', '-q', '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
});

const noSystemd = !which('systemd-analyze') && 'systemd-analyze is not installed';

test('the systemd unit is valid and well hardened', { skip: noSystemd }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const unit = join(folder, 'mediaferry-gateway.service');
  const text = deploy('mediaferry-gateway.service');
  assert.match(text, /^LimitNOFILE=65536$/m);
  writeFileSync(unit, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
  execFileSync('systemd-analyze', ['verify', unit], { stdio: ['ignore', 'ignore', 'inherit'] });
  // 20 is 2.0 of 10, where 10 is a unit without any protection.
  execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', unit], { stdio: 'ignore' });
});
