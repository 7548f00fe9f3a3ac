import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mitigation } from '../../../../src/mitigation/index.ts';
import { connectToCluster, createKubernetesClient, type KubernetesObject } from '../../../../src/platform/index.ts';
import { startAlertmanager } from '../alertmanager.ts';
import { startControlPlane, startProgram } from '../control-plane.ts';
import { type LoadResult, runLoad } from '../data-plane/load.ts';
import { startNginx } from '../data-plane/nginx.ts';
import { ingressDirectives } from '../data-plane/nginx-directives.ts';
import { freePort } from '../free-port.ts';
import { receiverProcess } from '../receiver-process.ts';
import { until } from '../until.ts';
import { bundleObjects, INGRESS, MITIGATION, shopObjects } from './limit-stage.ts';

export const FLOOD_PROGRAMS = ['etcd', 'kube-apiserver', 'kubectl', 'nginx', 'prometheus', 'promtool', 'alertmanager'] as const;
const USUAL_PER_SECOND = 4;
/** Accepted requests per second at which the simulated score reaches the boundary. */
const BOUNDARY_PER_SECOND = 20;
const SEGMENT_SECONDS = 2;
const WAIT = { timeoutMs: 60_000, everyMs: 100 };
const LABELS = { namespace: 'shop', workload: 'cart', workload_kind: 'Deployment' };
const selector = Object.entries(LABELS)
  .map(([name, value]) => `${name}="${value}"`)
  .join(',');

/** What one flood came to; rates are what nginx let through, per second. */
export interface FloodResult {
  readonly beforeLimit: number;
  readonly underLimit: number;
  readonly afterEnd: number;
  readonly politeLost: number;
  readonly limit: number;
  readonly burst: number;
  readonly endCause: string;
  readonly effective: string;
  readonly secondsToLimit: number;
  /** From the end that the limit had to the moment at which it was gone. */
  readonly secondsLate: number;
  readonly alertStatus: string;
  /** What stayed with the alert. */
  readonly keptPhase: string;
  readonly keptRejectedPerSecond: number;
  readonly maskSeconds: number;
  readonly annotationsAfter: Readonly<Record<string, string>>;
}

const accepted = ({ answers, seconds }: LoadResult): number => (answers.get(200) ?? 0) / seconds;

/** A day of usual traffic, one sample a minute, up to ten minutes ago. */
const pastText = (nowSeconds: number): string => {
  const lines = ['# TYPE nginx_ingress_controller_requests unknown'];
  for (let minute = 26 * 60; minute >= 10; minute--)
    lines.push(
      `nginx_ingress_controller_requests{ingress="cart",namespace="shop",status="200"} ${(26 * 60 - minute) * 60 * USUAL_PER_SECOND} ${nowSeconds - minute * 60}`,
    );
  return [...lines, '# EOF', ''].join('\n');
};

/**
 * The loop on real parts: a flood against a real nginx, a score that follows from what nginx lets through (simulated), a real Prometheus with its rule, a
 * real Alertmanager, the receiver as a process, a real API server, an approval, and a stand-in for ingress-nginx that writes its directives. `expires`:
 * wait for the end of the limit; else it is taken back.
 */
export const liveThroughFlood = async (programs: readonly string[], { expires }: { readonly expires: boolean }): Promise<FloodResult> => {
  const [etcd = '', apiserver = '', kubectl = '', nginxProgram = '', prometheusProgram = '', promtool = '', alertmanagerProgram = ''] =
    programs;
  const stops: (() => Promise<void> | void)[] = [];
  try {
    const plane = await startControlPlane({ etcd, apiserver, kubectl });
    stops.push(() => plane.stop());
    const client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
    stops.push(() => client.close());
    const crd = bundleObjects().filter(
      ({ kind, metadata }) => kind === 'CustomResourceDefinition' && metadata.name.startsWith('mitigations.'),
    );
    plane.kubectl(['apply', '--server-side', '-f', '-'], crd.map((one) => JSON.stringify(one)).join('\n---\n'));
    plane.kubectl(['wait', '--for=condition=Established', 'crd/mitigations.bellwether.dev', '--timeout=30s']);
    plane.kubectl(
      ['apply', '-f', '-'],
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bellwether' } }, ...shopObjects]
        .map((one) => JSON.stringify(one))
        .join('\n---\n'),
    );

    const upstream = createServer((_, response) => void response.end('served'));
    await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
    stops.push(() => {
      upstream.closeAllConnections();
      upstream.close();
    });
    const nginx = await startNginx(nginxProgram, ['cart'], (upstream.address() as AddressInfo).port);
    stops.push(() => nginx.stop());

    // In place of the controller of ingress-nginx: what stands on the Ingress is what nginx does.
    let running = true;
    let shown = '';
    const controller = (async () => {
      while (running) {
        const ingress = await client.get<KubernetesObject>(INGRESS).catch(() => undefined);
        const directives = ingress && ingressDirectives(ingress);
        if (directives && JSON.stringify(directives) !== shown) {
          shown = JSON.stringify(directives);
          await nginx.reload(new Map([['cart', directives]]));
        }
        await new Promise((done) => setTimeout(done, 200));
      }
    })();
    stops.push(async () => {
      running = false;
      await controller;
    });

    // What ingress-nginx counts, and the score of the workload behind it.
    const totals = new Map<number, number>([
      [200, 0],
      [503, 0],
    ]);
    let newest = 0;
    const exposition = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      const counters = [...totals].map(
        ([status, count]) => `nginx_ingress_controller_requests{ingress="cart",namespace="shop",status="${status}"} ${count}`,
      );
      response.end([...counters, `anomaly_score{${selector}} ${newest / BOUNDARY_PER_SECOND}`, ''].join('\n'));
    });
    await new Promise<void>((done) => exposition.listen(0, '127.0.0.1', done));
    stops.push(() => {
      exposition.closeAllConnections();
      exposition.close();
    });
    const segment = async (requestsPerSecond: number): Promise<{ readonly flood: LoadResult; readonly polite: LoadResult }> => {
      const path = '/cart';
      const [flood, polite] = await Promise.all([
        runLoad({ port: nginx.port, path, from: '127.0.0.2', requestsPerSecond, seconds: SEGMENT_SECONDS }),
        runLoad({ port: nginx.port, path, from: '127.0.0.3', requestsPerSecond: 3, seconds: SEGMENT_SECONDS }),
      ]);
      for (const { answers } of [flood, polite])
        for (const [status, count] of answers) totals.set(status, (totals.get(status) ?? 0) + count);
      newest = accepted(flood) + accepted(polite);
      return { flood, polite };
    };

    const folder = mkdtempSync(join(tmpdir(), 'bellwether-flood-'));
    stops.push(() => rmSync(folder, { recursive: true, force: true }));
    const prometheusUrl = `http://127.0.0.1:${await freePort()}`;
    const receiver = await receiverProcess(
      {
        mitigation: {
          enabled: true,
          namespace: 'bellwether',
          prometheusUrl,
          backEnds: [{ name: 'ingress-nginx', mode: 'enforce' }],
          roundSeconds: 0.5,
          ttlMinutes: 1,
        },
      },
      { KUBECONFIG: plane.kubeconfig },
    );
    stops.push(() => receiver.discard());
    const alertmanager = await startAlertmanager(alertmanagerProgram, {
      route: { receiver: 'bellwether', group_by: ['alertname', 'workload'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h' },
      receivers: [
        {
          name: 'bellwether',
          webhook_configs: [
            {
              url: `${receiver.api}/api/v1/alertmanager`,
              send_resolved: true,
              http_config: { authorization: { credentials: receiver.senderToken } },
            },
          ],
        },
      ],
    });
    stops.push(() => alertmanager.stop());
    writeFileSync(join(folder, 'past'), pastText(Math.floor(Date.now() / 1000)));
    execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'past'), join(folder, 'data')], { stdio: 'ignore' });
    writeFileSync(
      join(folder, 'rules.yml'),
      JSON.stringify({
        groups: [
          {
            name: 'flood',
            interval: '1s',
            // The shipped rule with seconds in place of minutes.
            rules: [
              {
                alert: 'WorkloadAnomalous',
                expr: 'max_over_time(anomaly_score[3s]) >= 1',
                labels: { severity: 'warning' },
                annotations: { summary: 'cart is anomalous' },
              },
            ],
          },
        ],
      }),
    );
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [join(folder, 'rules.yml')],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.url.replace('http://', '')] }] }] },
        scrape_configs: [
          {
            job_name: 'flood',
            honor_labels: true,
            static_configs: [{ targets: [`127.0.0.1:${(exposition.address() as AddressInfo).port}`] }],
          },
        ],
      }),
    );
    const prometheus = startProgram(prometheusProgram, [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${prometheusUrl.replace('http://', '')}`,
      '--storage.tsdb.retention.time=48h',
      '--log.level=warn',
    ]);
    stops.push(() => prometheus.stop());
    await receiver.start();
    await receiver.untilReady();
    await until(
      'Prometheus',
      () =>
        fetch(`${prometheusUrl}/-/ready`).then(
          ({ ok }) => ok || undefined,
          () => undefined,
        ),
      WAIT,
    );

    // The flood goes on until the alert is over.
    const flow: { at: number; rate: number; politeLost: number }[] = [];
    let flooding = true;
    const load = (async () => {
      while (flooding) {
        const { flood, polite } = await segment(150);
        flow.push({ at: Date.now(), rate: accepted(flood), politeLost: polite.sent - (polite.answers.get(200) ?? 0) });
      }
    })();
    stops.push(async () => {
      flooding = false;
      await load;
    });
    const one = async (): Promise<Mitigation | undefined> => (await client.list<Mitigation>(MITIGATION)).items[0];
    const untilPhase = (phase: string) =>
      until(
        `mitigation in phase ${phase}`,
        async () => {
          const found = await one();
          if (found?.status?.phase === 'Ended' && phase !== 'Ended') throw new Error(`it ended: ${found.status.message}`);
          return found?.status?.phase === phase ? found : undefined;
        },
        WAIT,
      ).catch(async (cause: unknown) => {
        // Where along the way it stopped.
        const found = await one();
        const said = [
          `through: ${JSON.stringify(flow.slice(-2))}`,
          `mitigation: ${JSON.stringify(found?.status ?? null)}`,
          `alerts: ${JSON.stringify(await alertmanager.alerts())}`,
          `Prometheus: ${prometheus.output().slice(-1000)}`,
          `receiver: ${receiver.output().slice(-2000)}`,
        ];
        throw new Error(said.join('\n'), { cause });
      });
    const asked = await untilPhase('AwaitingApproval');
    const beforeLimit = Math.max(...flow.map(({ rate }) => rate));
    const approvedMs = Date.now();
    await receiver.send(`/api/v1/mitigations/shop/${asked.metadata.name}/approve`, {});
    const inForce = await untilPhase('Applied');
    const { requestsPerSecond: limit, burst } = inForce.status?.numbers ?? { requestsPerSecond: 0, burst: 0 };
    // The bucket of the burst is empty after the first segment under the limit.
    const limited = await until(
      'flood at its limit',
      async () => flow.find(({ at, rate }) => at > approvedMs && rate <= limit * 1.5),
      WAIT,
    );
    const alerts = async () => ((await receiver.get('/api/v1/alerts')) as { alerts: { id: string; status: string }[] }).alerts;
    const resolved = await until('alert that is over', async () => (await alerts()).find(({ status }) => status === 'resolved'), WAIT);
    const underLimit = flow.at(-1)?.rate ?? Number.NaN;
    const effect = (await one())?.status?.conditions?.find(({ type }) => type === 'Effective')?.status ?? '';
    const politeLost = flow.filter(({ at }) => at > limited.at).reduce((sum, now) => sum + now.politeLost, 0);
    flooding = false;
    await load;
    if (!expires) await receiver.send(`/api/v1/mitigations/shop/${asked.metadata.name}/revert`, { reason: 'over' });
    const over = await untilPhase('Ended');
    const { status } = over;
    await until('nginx without a limit', async () => (shown.includes('limit_req') ? undefined : true), WAIT);
    const { flood: after } = await segment(150);
    const { masks } = (await receiver.get('/api/v1/masks')) as { masks: { fromSeconds: number; toSeconds: number }[] };
    const [mask] = masks;
    const kept = (await receiver.get(`/api/v1/alerts/${resolved.id}`)) as {
      mitigations: { phase: string; status: { effect?: { peakRejectedPerSecond?: number } } }[];
    };
    return {
      beforeLimit,
      underLimit,
      afterEnd: accepted(after),
      politeLost,
      limit,
      burst,
      endCause: status?.endCause ?? '',
      effective: effect,
      secondsToLimit: (limited.at - approvedMs) / 1000,
      secondsLate: (Date.parse(status?.endedAt ?? '') - Date.parse(status?.expiresAt ?? '')) / 1000,
      alertStatus: resolved.status,
      keptPhase: kept.mitigations[0]?.phase ?? '',
      keptRejectedPerSecond: kept.mitigations[0]?.status.effect?.peakRejectedPerSecond ?? 0,
      maskSeconds: mask ? mask.toSeconds - mask.fromSeconds : 0,
      annotationsAfter: (await client.get<KubernetesObject>(INGRESS)).metadata.annotations ?? {},
    };
  } finally {
    // The last begun ends first.
    for (const stop of stops.reverse()) await stop();
  }
};
