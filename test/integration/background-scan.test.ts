import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { freePort } from './support/free-port.ts';
import { until } from './support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SYSTEM = 'bellwether';
// Loading TypeScript takes seconds on a busy machine.
const PATIENCE = { timeoutMs: 60_000, everyMs: 200 };

/** As openreports.io defines them, as far as reports of ours go; the server drops what is not named here. */
const reportKind = (kind: string, scope: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.openreports.io` },
  spec: {
    group: 'openreports.io',
    scope,
    names: { kind, plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              source: { type: 'string' },
              summary: { type: 'object', additionalProperties: { type: 'integer' } },
              results: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['policy'],
                  properties: {
                    policy: { type: 'string' },
                    source: { type: 'string' },
                    category: { type: 'string' },
                    message: { type: 'string' },
                    result: { type: 'string', enum: ['pass', 'fail', 'warn', 'error', 'skip'] },
                    scored: { type: 'boolean' },
                    severity: { type: 'string', enum: ['critical', 'high', 'low', 'medium', 'info'] },
                    properties: { type: 'object', additionalProperties: { type: 'string' } },
                    resources: { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
});

const deployment = (name: string, privileged: boolean) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: 'registry.example.com/app:1.2.3', securityContext: { privileged } }] },
    },
  },
});

interface Report {
  readonly metadata: { readonly resourceVersion: string };
  readonly summary: { readonly fail: number };
  readonly results: readonly { readonly policy: string; readonly resources: readonly { readonly name: string }[] }[];
}

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'the background scan of a real cluster', (etcd, apiserver, kubectl) => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-background-scan-'));
  const running: {
    readonly child: ChildProcess;
    readonly ended: Promise<unknown>;
    readonly selfPort: number;
    readonly log: () => string;
  }[] = [];
  let plane: ControlPlane;
  const apply = (...objects: readonly object[]) =>
    plane.kubectl(
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      objects.map((object) => JSON.stringify(object)).join('\n---\n'),
    );
  const report = (): Report | undefined => {
    const { ok, stdout } = plane.attempt(['get', 'report', 'bellwether-policies', '-n', 'shop', '-o', 'json']);
    return ok ? (JSON.parse(stdout) as Report) : undefined;
  };

  /** One replica with the rights of its service account and no others. */
  const start = async (config: object) => {
    const token = plane.kubectl(['create', 'token', 'bellwether-background-scan', '-n', SYSTEM, '--duration=1h']).trim();
    const kubeconfig = join(folder, `kubeconfig-${running.length}`);
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'own',
        clusters: [{ name: 'own', cluster: { server: plane.url, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'own', user: { token } }],
        contexts: [{ name: 'own', context: { cluster: 'own', user: 'own', namespace: SYSTEM } }],
      }),
    );
    const selfPort = await freePort();
    const file = join(folder, `config-${running.length}.yaml`);
    writeFileSync(file, JSON.stringify({ cluster: { kubeconfig, leaseSeconds: 2 }, listen: { selfPort }, ...config }));
    const child = spawn(process.execPath, [join(ROOT, 'bin/bellwether.mjs'), 'background-scan', '--config', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += String(chunk);
    });
    const replica = { child, ended: once(child, 'exit'), selfPort, log: () => text };
    running.push(replica);
    return replica;
  };
  const metricsOf = async ({ selfPort }: { readonly selfPort: number }): Promise<string> =>
    (await fetch(`http://127.0.0.1:${selfPort}/metrics`)).text().catch(() => '');

  beforeAll(async () => {
    plane = await startControlPlane({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    for (const name of [SYSTEM, 'shop']) plane.kubectl(['create', 'namespace', name]);
    apply(reportKind('Report', 'Namespaced'), reportKind('ClusterReport', 'Cluster'));
    const manifests = (path: string) => loadAll(readFileSync(join(ROOT, 'manifests', path), 'utf8')) as { readonly kind: string }[];
    apply(...manifests('base/custom-resources.yaml'));
    plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    apply(...manifests('components/background-scan/background-scan.yaml'));
    apply(deployment('web', true), deployment('api', true));
  }, 120_000);
  afterAll(async () => {
    for (const { child, ended } of running) {
      child.kill('SIGKILL');
      await ended;
    }
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('judges what is there with the rights of the bundle alone, and keeps its reports as the cluster is', async () => {
    const replica = await start({ policy: { profile: 'baseline' }, scan: { intervalSeconds: 1 } });
    const first = await until('report', report, PATIENCE);
    expect(first.results.map(({ policy, resources }) => [policy, resources[0]?.name])).toEqual([
      ['privileged', 'api'],
      ['privileged', 'web'],
    ]);
    const metrics = await until(
      'metrics',
      async () => {
        const text = await metricsOf(replica);
        return text.includes('bellwether_cycle_last_success_timestamp_seconds{loop="background_scan"}') ? text : undefined;
      },
      PATIENCE,
    );
    expect(metrics).toContain('bellwether_background_scan_findings{policy="privileged",severity="critical",object_namespace="shop"} 2');
    expect(metrics).toContain('bellwether_background_scan_unread_kinds 0');
    expect(metrics).toContain('bellwether_background_scan_leader 1');
    expect(replica.log()).not.toMatch(/could not be listed|forbidden/);

    // Some scans later nothing was written again.
    const scans = (text: string): number => Number(/bellwether_cycles_total\{loop="background_scan"\} (\d+)/.exec(text)?.[1] ?? 0);
    const before = scans(metrics);
    await until('further scans', async () => (scans(await metricsOf(replica)) > before + 2 ? true : undefined), PATIENCE);
    expect(report()?.metadata.resourceVersion).toBe(first.metadata.resourceVersion);

    const expiresAt = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    apply(deployment('web', false), {
      apiVersion: 'bellwether.dev/v1alpha1',
      kind: 'PolicyException',
      metadata: { name: 'api', namespace: 'shop' },
      spec: { policies: ['privileged'], match: { names: ['api'] }, reason: 'r', owner: 'o', expiresAt },
    });
    await until('no report', () => (report() === undefined ? true : undefined), PATIENCE);
    await until(
      'a used exception',
      async () => (/exceptions\{state="used"\} 1/.test(await metricsOf(replica)) ? true : undefined),
      PATIENCE,
    );
  }, 180_000);

  it('is done by one replica, and by the other once that is gone', async () => {
    const [first] = running;
    const second = await start({ policy: { profile: 'baseline' }, scan: { intervalSeconds: 1 } });
    await until(
      'a second replica',
      async () => ((await metricsOf(second).catch(() => '')).includes('bellwether_background_scan_leader 0') ? true : undefined),
      PATIENCE,
    );
    first?.child.kill('SIGKILL');
    await until(
      'a scan by the second',
      async () => (/last_success_timestamp_seconds\{loop="background_scan"\}/.test(await metricsOf(second)) ? true : undefined),
      PATIENCE,
    );
    expect(await metricsOf(second)).toContain('bellwether_background_scan_leader 1');
  }, 120_000);
});
