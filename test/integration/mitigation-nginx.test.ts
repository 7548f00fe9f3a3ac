import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MitigationIntent } from '../../src/mitigation/index.ts';
import type { KubernetesObject } from '../../src/platform/index.ts';
import { afterChange, backEndOf, cartIngress, cartRoute, changesOf, clusterOf, intentOf } from '../../src/testing/mitigation-builders.ts';
import { describeWith } from './real-program.ts';
import { type LoadResult, runLoad } from './support/data-plane/load.ts';
import { type Nginx, startNginx } from './support/data-plane/nginx.ts';
import { type Directives, fabricDirectives, ingressDirectives, policyDirectives } from './support/data-plane/nginx-directives.ts';

const INGRESS = { kind: 'Ingress', namespace: 'shop', name: 'cart' };
const SLOW_MS = 1_500;
const FLOOD = { requestsPerSecond: 1000, seconds: 10 };
const SHORT = { requestsPerSecond: 1000, seconds: 3 };

const fabric = (mitigation: string, change: Partial<MitigationIntent> = {}): Directives => {
  const view = clusterOf(cartRoute('gateway.nginx.org/nginx-gateway-controller'));
  return fabricDirectives(afterChange(changesOf(backEndOf('nginx-gateway-fabric'), intentOf({ mitigation, ...change }), view)[0]!, view));
};

const ingress = (change: Partial<MitigationIntent> = {}): Directives => {
  const view = clusterOf(...cartIngress('k8s.io/ingress-nginx'));
  return ingressDirectives(afterChange(changesOf(backEndOf('ingress-nginx'), intentOf({ target: INGRESS, ...change }), view)[0]!, view));
};

const DIAL: KubernetesObject = {
  apiVersion: 'k8s.nginx.org/v1',
  kind: 'Policy',
  metadata: { name: 'limit', namespace: 'shop', labels: { 'bellwether.dev/mitigation-dial': 'true' } },
  spec: { rateLimit: { rate: '1000000r/s', key: `\${binary_remote_addr}`, zoneSize: '10M', dryRun: true } },
};
const SERVER: KubernetesObject = {
  apiVersion: 'k8s.nginx.org/v1',
  kind: 'VirtualServer',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { host: 'cart.example.com', policies: [{ name: 'limit' }] },
};

const turned = (): Directives => {
  const view = clusterOf(DIAL, SERVER);
  const intent = intentOf({ target: { kind: 'VirtualServer', namespace: 'shop', name: 'cart' } });
  return policyDirectives(afterChange(changesOf(backEndOf('nginx-ingress-controller'), intent, view)[0]!, view));
};

const passed = ({ answers }: LoadResult): number => answers.get(200) ?? 0;
const all = ({ answers }: LoadResult): number => [...answers.values()].reduce((sum, count) => sum + count, 0);

/** Burst and rate over the time that the load really took: on a slow machine ten seconds are a little more. */
const isLimited = (result: LoadResult, { rate = 10, burst = 50, code = 429 } = {}): void => {
  const expected = burst + rate * result.seconds;
  expect(Math.abs(passed(result) - expected)).toBeLessThanOrEqual(3);
  expect(all(result)).toBe(result.sent);
  expect(result.answers.get(code)).toBe(result.sent - passed(result));
};

describeWith(['nginx'], 'limits on a real nginx', (program) => {
  let nginx: Nginx;
  let slow: Server;
  const load = (path: string, from: string, how: { requestsPerSecond: number; seconds: number }): Promise<LoadResult> =>
    runLoad({ port: nginx.port, path, from, ...how });

  beforeAll(async () => {
    slow = createServer(async (_, response) => {
      await sleep(SLOW_MS);
      response.end('served');
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    nginx = await startNginx(program, ['fabric', 'dry', 'together', 'ingress', 'policy', 'slow'], (slow.address() as AddressInfo).port);
  });
  afterAll(async () => {
    await nginx?.stop();
    slow?.closeAllConnections();
    slow?.close();
  });

  it('let burst and rate through, count in dry run, spare whom they should, and are gone when taken back', async () => {
    const limited = new Map([
      ['fabric', fabric('m-fabric')],
      ['dry', fabric('m-dry', { mode: 'dryRun' })],
      ['together', fabric('m-together', { perClient: false, burst: 0 })],
      ['ingress', ingress({ allowedClients: ['127.0.0.9', '127.0.1.0/24'] })],
      ['policy', turned()],
      ['slow', ingress({ target: { ...INGRESS }, connections: 30, requestsPerSecond: 1000, burst: 1000 })],
    ]);
    // Zones of two Ingresses have different names.
    limited.set('slow', renamed(limited.get('slow')!));
    await nginx.reload(limited);

    const [flood, polite, dry, first, second, old, spared, dial, open] = await Promise.all([
      load('/fabric', '127.0.0.2', FLOOD),
      load('/fabric', '127.0.0.3', { requestsPerSecond: 5, seconds: 5 }),
      load('/dry', '127.0.0.2', SHORT),
      load('/together', '127.0.0.4', SHORT),
      load('/together', '127.0.0.5', SHORT),
      load('/ingress', '127.0.0.2', FLOOD),
      load('/ingress', '127.0.1.7', SHORT),
      load('/policy', '127.0.0.2', FLOOD),
      load('/slow', '127.0.0.2', { requestsPerSecond: 600, seconds: 0.1 }),
    ]);
    isLimited(flood);
    expect(passed(polite)).toBe(25);
    isLimited(dial);
    isLimited(old, { code: 503 });
    expect(passed(spared)).toBe(spared.sent);
    expect([open.answers.get(200), open.answers.get(503)]).toEqual([30, 30]);

    expect(passed(dry)).toBe(dry.sent);
    const counted = nginx.logged('limiting requests, dry run');
    expect(Math.abs(dry.sent - counted - (50 + 10 * dry.seconds))).toBeLessThanOrEqual(3);

    // One bucket for both, without a burst: one request each tenth of a second.
    const together = passed(first) + passed(second);
    const most = 10 * Math.max(first.seconds, second.seconds);
    expect(together).toBeLessThanOrEqual(most + 3);
    // Fewer on a busy machine: without a burst, a tenth of a second in which nobody asked is lost.
    expect(together).toBeGreaterThanOrEqual(most / 2);

    // Taken back: separate objects and annotations are gone, the dial lets everything pass again.
    await nginx.reload(new Map([['policy', policyDirectives(DIAL)]]));
    const after = await Promise.all(
      ['/fabric', '/ingress', '/policy'].map((path) => load(path, '127.0.0.2', { requestsPerSecond: 1000, seconds: 0.5 })),
    );
    expect(after.map(passed)).toEqual([500, 500, 500]);
  });
});

const renamed = ({ http, location }: Directives): Directives => {
  const rename = (line: string): string => line.replaceAll('shop_cart', 'shop_slow').replace(/(allowlist_|limit_)([0-9a-f]{8})/g, '$1$2s');
  return { http: http.map(rename), location: location.map(rename) };
};
