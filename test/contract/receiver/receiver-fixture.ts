import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configOrThrow, createLogger, openSqliteDatabase, systemClock } from '../../../src/platform/index.ts';
import { createReceiverApp, loadReceiverConfig, type ReceiverConfigInput, type ReceiverDeps } from '../../../src/receiver/index.ts';

/** One token for each role, called after it. */
export const TOKENS = ['sender', 'viewer', 'responder', 'admin'] as const;
export type TokenName = (typeof TOKENS)[number];
export const tokenOf = (name: TokenName): string => `${name}-token`;

type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON. */
  readonly json: Json;
}

export interface AskOptions {
  readonly as?: TokenName;
  readonly method?: string;
  readonly body?: unknown;
  /** Instead of a JSON body. */
  readonly form?: Readonly<Record<string, string>>;
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ask = async (url: string, { as, method, body, form, raw, headers = {} }: AskOptions = {}): Promise<Answer> => {
  const sent = raw ?? (form ? new URLSearchParams(form).toString() : body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method: method ?? (sent === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(as ? { authorization: `Bearer ${tokenOf(as)}` } : {}),
      ...(sent === undefined ? {} : { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  let json: Json = {};
  if (response.headers.get('content-type')?.includes('application/json')) json = JSON.parse(text) as Json;
  return { status: response.status, headers: response.headers, text, json };
};

export interface RunningReceiver {
  readonly api: string;
  readonly self: string;
  readonly folder: string;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** Value of a series of the self port. */
  metric(series: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

export const configWithTokens = (input: ReceiverConfigInput): ReceiverConfigInput => ({
  ...input,
  listen: { apiPort: 0, selfPort: 0, ...input.listen },
  auth: {
    ...input.auth,
    tokens: TOKENS.map((name) => ({ name, role: name, sha256: createHash('sha256').update(tokenOf(name)).digest('hex') })),
  },
  log: { level: 'silent', ...input.log },
});

/** A receiver in this process, over a new SQLite file. */
export const startReceiver = async (input: ReceiverConfigInput = {}, deps: Partial<ReceiverDeps> = {}): Promise<RunningReceiver> => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-receiver-'));
  const path = join(folder, 'store.db');
  const config = configOrThrow(loadReceiverConfig('', configWithTokens({ ...input, store: { path, ...input.store } })), 'test');
  const app = createReceiverApp(
    {
      clock: systemClock,
      log: createLogger({ level: config.log.level, name: 'receiver' }),
      openDatabase: () => openSqliteDatabase({ path, maxBytes: config.store.maxBytes }),
      ...deps,
    },
    config,
  );
  const { api, self } = await app.start();
  for (let tries = 0; deps.openDatabase === undefined && (await ask(`${self}/readyz`)).status !== 200; tries++) {
    if (tries > 500) throw new Error('not ready');
    await new Promise((done) => setTimeout(done, 10));
  }
  return {
    api,
    self,
    folder,
    ask: (route, options) => ask(`${api}${route}`, options),
    metric: async (series) => {
      const { text } = await ask(`${self}/metrics`);
      const line = text.split('\n').find((one) => one.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    stop: async () => {
      await app.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

let made = 0;

/** One alert as a webhook call has it. */
export const webhookAlert = (labels: Readonly<Record<string, string>> = {}, change: Readonly<Record<string, unknown>> = {}) => ({
  status: 'firing',
  labels: {
    alertname: 'WorkloadAnomalous',
    namespace: 'shop',
    workload: 'cart',
    workload_kind: 'Deployment',
    severity: 'warning',
    ...labels,
  },
  annotations: { summary: 'Deployment shop/cart behaves as it never has' },
  startsAt: new Date(Date.now() - 60_000).toISOString(),
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: (++made).toString(16).padStart(16, '0'),
  ...change,
});

export const webhookBody = (alerts: readonly unknown[], change: Readonly<Record<string, unknown>> = {}) => ({
  version: '4',
  groupKey: '{}:{alertname="WorkloadAnomalous"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'bellwether',
  groupLabels: { alertname: 'WorkloadAnomalous' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager',
  alerts,
  ...change,
});
