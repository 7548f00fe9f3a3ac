import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseEventsFile } from '../../src/evaluation/events-file.ts';
import type { Mitigation } from '../../src/mitigation/index.ts';
import {
  connectToCluster,
  createKubernetesClient,
  type KubernetesClient,
  type KubernetesObject,
  seededRandom,
} from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { askFor, bundleObjects, INGRESS, MITIGATION, newClock, POLICY, shape, shopObjects } from './support/mitigation/limit-stage.ts';
import { type ReceiverProcess, receiverProcess } from './support/receiver-process.ts';
import { until } from './support/until.ts';

const BIN = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
/** Kills of the whole process; the crash matrix covers every step, this shows that a process has no memory elsewhere. */
const KILLS = 2;
const SEED = 7;

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'mitigations of a receiver process', (etcd, apiserver, kubectl) => {
  let plane: ControlPlane;
  let client: KubernetesClient;
  let receiver: ReceiverProcess;
  let before: unknown;
  let folder: string;
  /** What Prometheus says, by a part of the query. */
  let answers: Readonly<Record<string, number>> = {};
  const prometheus = createServer((request, response) => {
    void text(request).then((body) => {
      const expr = new URLSearchParams(body).get('query') ?? '';
      const value = Object.entries(answers).find(([part]) => expr.includes(part))?.[1];
      const result = value === undefined ? [] : [{ metric: {}, value: [0, String(value)] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
  });
  const ingress = (): Promise<KubernetesObject> => client.get(INGRESS);
  const read = (name: string): Promise<Mitigation> => client.get<Mitigation>({ ...MITIGATION, namespace: 'shop', name });
  const untilPhase = (name: string, phase: string): Promise<Mitigation> =>
    until(
      `${name} in phase ${phase}`,
      async () => {
        const found = await read(name);
        return found.status?.phase === phase ? found : undefined;
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
  const ask = (body: object, role: 'viewer' | 'responder' | 'admin' = 'responder') =>
    receiver.send('/api/v1/mitigations', { namespace: 'shop', target: { kind: 'Ingress', name: 'cart' }, reason: 'flood', ...body }, role);
  const mitigate = (...args: string[]) =>
    spawnSync(process.execPath, [BIN, 'mitigate', ...args, '--receiver', receiver.api, '--token-file', join(folder, 'token')], {
      encoding: 'utf8',
      timeout: 60_000,
    });

  beforeAll(async () => {
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(join(tmpdir(), 'bellwether-mitigate-'));
    writeFileSync(join(folder, 'token'), 'responder');
    plane = await startControlPlane({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
    const crd = bundleObjects().filter(
      ({ kind, metadata }) => kind === 'CustomResourceDefinition' && metadata.name.startsWith('mitigations.'),
    );
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bellwether' } };
    plane.kubectl(['apply', '--server-side', '-f', '-'], [namespace, ...crd].map((one) => JSON.stringify(one)).join('\n---\n'));
    plane.kubectl(['wait', '--for=condition=Established', 'crd/mitigations.bellwether.dev', '--timeout=30s']);
    plane.kubectl(['apply', '-f', '-'], shopObjects.map((one) => JSON.stringify(one)).join('\n---\n'));
    before = shape(await ingress());
    receiver = await receiverProcess(
      {
        mitigation: {
          enabled: true,
          namespace: 'bellwether',
          prometheusUrl: `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`,
          backEnds: [
            { name: 'ingress-nginx', mode: 'enforce' },
            { name: 'network-policy', mode: 'enforce' },
          ],
          roundSeconds: 0.2,
        },
      },
      { KUBECONFIG: plane.kubeconfig },
    );
    await receiver.start();
    await receiver.untilReady();
  });
  afterAll(async () => {
    await receiver?.discard();
    await client?.close();
    await plane?.stop();
    prometheus.closeAllConnections();
    prometheus.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('lets in who may, and says what is wrong', async () => {
    await until('switch that was read', async () => ((await receiver.metric('bellwether_mitigation_enabled')) === 1 ? true : undefined), {
      timeoutMs: 30_000,
    });
    expect((await fetch(`${receiver.api}/api/v1/mitigations`)).status).toBe(401);
    expect((await ask({}, 'viewer')).status).toBe(403);
    expect((await receiver.send('/api/v1/mitigations/switch', { state: 'on' })).status).toBe(403);
    for (const [body, status, text] of [
      [{ requestsPerSecond: -3 }, 400, 'at least 1'],
      [{ ttlSeconds: 90_000 }, 400, 'at most 14400'],
      [{ backEnd: 'apache' }, 409, 'the back-end apache is not known'],
      [{ target: { kind: 'Ingress', name: 'nowhere' }, requestsPerSecond: 10 }, 409, 'nowhere'],
      [{ namespace: 'kube-system', requestsPerSecond: 10 }, 409, 'kube-system is protected'],
      [{ requestsPerSecond: 2 }, 409, 'below the floor of 5'],
      [{}, 409, 'nothing is known of the usual traffic'],
      [{ alert: 'none' }, 404, 'there is no alert none'],
    ] as const) {
      const answer = await ask(body);
      expect([JSON.stringify(body), answer.status]).toEqual([JSON.stringify(body), status]);
      expect(JSON.stringify(answer.json)).toContain(text);
    }
    expect((await client.list(MITIGATION)).items).toEqual([]);
  });

  it('plans without writing, applies, shows, and takes back by command, with everything written down', async () => {
    const plan = mitigate(
      'apply',
      'Ingress/cart',
      '-n',
      'shop',
      '--reason',
      'flood',
      '--rps',
      '10',
      '--burst',
      '50',
      '--enforce',
      '--plan-only',
    );
    expect(plan.stderr).toBe('');
    expect(plan.stdout).toContain('limit: 10 requests per second, burst 50');
    expect(plan.stdout).toContain('nginx.ingress.kubernetes.io/limit-rps="10"');
    expect(shape(await ingress())).toEqual(before);
    const done = mitigate('apply', 'Ingress/cart', '-n', 'shop', '--reason', 'flood', '--rps', '10', '--burst', '50', '--enforce');
    const name = /asked for: shop\/(\S+)/.exec(done.stdout)?.[1] ?? '';
    await untilPhase(name, 'Applied');
    expect((await ingress()).metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/limit-rps': '10',
      'nginx.ingress.kubernetes.io/limit-burst-multiplier': '5',
      'team.example.com/owner': 'shop',
    });
    expect(mitigate('show', `shop/${name}`).stdout).toContain('who: responder, approved by responder');
    // Exporters have to know of it from its beginning on.
    expect(await receiver.get('/api/v1/masks')).toMatchObject({ masks: [{ id: `mitigation:shop/${name}`, workload: 'cart' }] });
    const again = await ask({ requestsPerSecond: 10 });
    expect([again.status, JSON.stringify(again.json)]).toEqual([409, expect.stringContaining('is in force for the same target')]);
    expect(mitigate('revert', `shop/${name}`, '--reason', 'over').stdout).toBe(`taken back: shop/${name}\n`);
    expect((await untilPhase(name, 'Ended')).status).toMatchObject({ endCause: 'revoked', message: 'taken back by responder: over' });
    expect(shape(await ingress())).toEqual(before);
    const { masks } = (await receiver.get('/api/v1/masks')) as { masks: { workload: string; reason: string }[] };
    expect(masks).toMatchObject([{ workload: 'cart', reason: `limited by ${name}` }]);
    // Training leaves their time out.
    const { events } = parseEventsFile(JSON.stringify(await receiver.get('/api/v1/masks?format=events&stepSeconds=30')), 'masks');
    expect(events).toMatchObject([{ namespace: 'shop', workload: 'cart', kind: 'mask' }]);
    const audit = await fetch(`${receiver.api}/api/v1/audit`, { headers: { authorization: 'Bearer admin' } });
    const { entries } = (await audit.json()) as { entries: { action: string; who: string }[] };
    expect(entries.map(({ action }) => action).reverse()).toEqual([
      'mitigation.applying',
      'mitigation.applied',
      'mitigation.reverting',
      'mitigation.ended',
    ]);
    expect(await receiver.metric('bellwether_mitigations_applied_total{back_end="ingress-nginx",mode="enforce"}')).toBe(1);
    expect(await receiver.metric('bellwether_mitigations_reverted_total{cause="revoked"}')).toBe(1);
    expect(plane.kubectl(['get', 'events', '-n', 'shop'])).toContain('MitigationApplied');
    const unknown = mitigate('revert', 'shop/unknown');
    expect([unknown.status, unknown.stderr]).toEqual([2, 'bellwether: there is no mitigation unknown in shop\n']);
  });

  it('asks, is approved in the page by a form of the session, and by nobody else', async () => {
    await client.create(
      askFor('by-git', { limit: { requestsPerSecond: 10 }, approval: { by: 'x', at: '2020-01-01T00:00:00Z' } }, newClock()),
    );
    expect((await untilPhase('by-git', 'AwaitingApproval')).status?.message).toContain('the approval is too old');
    await client.delete({ ...MITIGATION, namespace: 'shop', name: 'by-git' });
    const { approval: _, ...spec } = askFor('asked', { limit: { requestsPerSecond: 10 } }, newClock()).spec;
    await client.create({ ...MITIGATION, metadata: { name: 'asked', namespace: 'shop' }, spec });
    await untilPhase('asked', 'AwaitingApproval');
    const login = await fetch(`${receiver.api}/login`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'responder' }),
      redirect: 'manual',
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await (await fetch(`${receiver.api}/mitigations`, { headers: { cookie } })).text();
    expect(page).toContain('waits for an approval');
    const approve = (csrf: string) =>
      fetch(`${receiver.api}/mitigations/shop/asked/approve`, {
        method: 'POST',
        headers: { cookie },
        body: new URLSearchParams({ csrf }),
        redirect: 'manual',
      });
    expect((await approve('forged')).status).toBe(403);
    expect((await approve(/name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '')).status).toBe(303);
    expect((await untilPhase('asked', 'Applied')).spec.approval?.by).toBe('responder');
    expect(mitigate('revert-all').stdout).toContain('everything is taken back');
    expect((await untilPhase('asked', 'Ended')).status?.endCause).toBe('revert_all');
    expect(JSON.stringify((await ask({ requestsPerSecond: 10 })).json)).toContain('kill_switch');
    expect((await receiver.send('/api/v1/mitigations/switch', { state: 'on' }, 'admin')).status).toBe(200);
    plane.kubectl([
      'patch',
      'configmap/bellwether-mitigation',
      '-n',
      'bellwether',
      '--type=merge',
      '-p',
      '{"data":{"enabled":"nonsense"}}',
    ]);
    await until('switched off by hand', async () => ((await receiver.metric('bellwether_mitigation_enabled')) === 0 ? true : undefined), {
      timeoutMs: 30_000,
    });
    plane.kubectl(['delete', 'configmap/bellwether-mitigation', '-n', 'bellwether']);
    await until('on again', async () => ((await receiver.metric('bellwether_mitigation_enabled')) === 1 ? true : undefined), {
      timeoutMs: 30_000,
    });
  });

  it('plans a limit for a workload whose flows are those of an attack, and writes nothing until somebody approves it', async () => {
    answers = {
      'max(max_over_time(anomaly_score': 2,
      'time() - max(timestamp(anomaly_score': 5,
      'quantile_over_time(0.99': 20,
      'quantile_over_time(0.95': 12,
    };
    const labels = {
      alertname: 'WorkloadFlowAttack',
      namespace: 'shop',
      workload: 'cart',
      workload_kind: 'Deployment',
      family: 'dos',
      severity: 'warning',
    };
    const summary = 'Network flows of Deployment shop/cart look like dos';
    const alert = {
      status: 'firing',
      labels,
      annotations: { summary },
      startsAt: new Date().toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
    };
    const call = {
      version: '4',
      status: 'firing',
      receiver: 'bellwether',
      alerts: [{ ...alert, generatorURL: '', fingerprint: '0123456789abcdef' }],
    };
    const shell = { groupKey: 'g', truncatedAlerts: 0, groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: '' };
    expect((await receiver.send('/api/v1/alertmanager', { ...shell, ...call }, 'sender')).status).toBe(204);
    const planned = await until(
      'planned limit',
      async () => {
        const { items } = await client.list<Mitigation>(MITIGATION, { namespace: 'shop' });
        return items.find(({ spec, status }) => spec.alert?.name === 'WorkloadFlowAttack' && status?.phase !== undefined);
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
    expect(planned.spec).toMatchObject({ target: { kind: 'Deployment', name: 'cart' }, reason: `WorkloadFlowAttack: ${summary}` });
    expect(planned.status).toMatchObject({
      phase: 'AwaitingApproval',
      backEnd: 'ingress-nginx',
      targets: ['Ingress/cart'],
      numbers: { requestsPerSecond: 60 },
      trigger: { score: 2 },
    });
    expect(planned.status?.changes?.[0]).toContain('limit-rps="60"');
    expect(shape(await ingress())).toEqual(before);
    answers = {};
    await client.delete({ ...MITIGATION, namespace: 'shop', name: planned.metadata.name });
  });

  it('goes on where it was killed', async () => {
    const random = seededRandom(SEED);
    for (let i = 0; i < KILLS; i++) {
      const name = `killed-${i}`;
      const isolation = i % 2 === 1;
      const spec = isolation
        ? { action: 'isolate' as const, target: { kind: 'Deployment', name: 'cart' } }
        : { limit: { requestsPerSecond: 10, burst: 50 } };
      await client.create(askFor(name, { ...spec, ttlSeconds: 600 }, newClock()));
      if (!isolation) {
        await sleep(random() * 400);
        await receiver.kill();
        await receiver.start();
        await receiver.untilReady();
      }
      await untilPhase(name, 'Applied');
      const policies = (await client.list(POLICY, { namespace: 'shop' })).items;
      expect(policies.map(({ metadata }) => metadata.generation)).toEqual(isolation ? [1] : []);
      expect(Boolean((await ingress()).metadata.annotations?.['nginx.ingress.kubernetes.io/limit-rps'])).toBe(!isolation);
      expect((await receiver.send(`/api/v1/mitigations/shop/${name}/revert`, {})).status).toBe(200);
      if (isolation) {
        await sleep(random() * 300);
        await receiver.kill();
        await receiver.start();
        await receiver.untilReady();
      }
      await untilPhase(name, 'Ended');
      expect((await client.list(POLICY, { namespace: 'shop' })).items).toEqual([]);
      expect(shape(await ingress())).toEqual(before);
    }
  });
});
