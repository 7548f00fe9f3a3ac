import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeSilence {
  readonly id: string;
  readonly matchers: readonly { readonly name: string; readonly value: string; readonly isRegex: boolean; readonly isEqual?: boolean }[];
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  readonly status: { readonly state: 'pending' | 'active' | 'expired' };
}

/** The part of Alertmanager's API that the receiver uses, with its state in the hands of the test. The real one: test/integration/receiver.test.ts. */
export const startFakeAlertmanager = async () => {
  const state = { alerts: [] as unknown[], silences: [] as FakeSilence[], posted: [] as Record<string, unknown>[], down: false };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const answer = (status: number, value?: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(value === undefined ? '' : JSON.stringify(value));
      };
      if (state.down) return answer(503, 'down');
      const { method, url = '' } = request;
      if (method === 'GET' && url.startsWith('/api/v2/alerts')) return answer(200, state.alerts);
      if (method === 'GET' && url === '/api/v2/silences') return answer(200, state.silences);
      if (method === 'POST' && url === '/api/v2/silences') {
        state.posted.push(JSON.parse(body) as Record<string, unknown>);
        return answer(200, { silenceID: `made-${state.posted.length}` });
      }
      if (method === 'DELETE') {
        state.posted.push({ deleted: url });
        return answer(200);
      }
      return answer(404);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
};

export type FakeAlertmanager = Awaited<ReturnType<typeof startFakeAlertmanager>>;

let made = 0;
export const fakeSilence = (comment: string, change: Partial<FakeSilence> = {}): FakeSilence => ({
  id: `silence-${++made}`,
  matchers: [{ name: 'alertname', value: 'WorkloadAnomalous', isRegex: false, isEqual: true }],
  createdBy: 'ann',
  comment,
  startsAt: new Date(Date.now() - 1000).toISOString(),
  endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  updatedAt: new Date().toISOString(),
  status: { state: 'active' },
  ...change,
});

/** A webhook's alert as the API shows it. */
export const heldAlert = (
  alert: { readonly labels: unknown; readonly annotations: unknown; readonly startsAt: string; readonly fingerprint: string },
  silencedBy: readonly string[] = [],
) => ({
  labels: alert.labels,
  annotations: alert.annotations,
  startsAt: alert.startsAt,
  endsAt: new Date(Date.now() + 300_000).toISOString(),
  fingerprint: alert.fingerprint,
  generatorURL: '',
  receivers: [{ name: 'bellwether' }],
  status: { state: silencedBy.length > 0 ? 'suppressed' : 'active', silencedBy, inhibitedBy: [] },
});
