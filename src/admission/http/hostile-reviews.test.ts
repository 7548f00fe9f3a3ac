import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { Registry } from 'prom-client';
import { ADMISSION_METRICS, PROCESS_METRICS } from '../../conventions/index.ts';
import { type Clock, systemClock } from '../../platform/index.ts';
import { parsePolicyConfig, policyPack } from '../../policy/index.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createInstruments } from '../../web/index.ts';
import { createPolicyState } from '../review/policy-state.ts';
import { createReviewer } from '../review/reviewer.ts';
import { createReviewListener } from './review-listener.ts';

type Json = Record<string, unknown>;
const SEED = 20_260_601;
const RUNS = 2000;

/** mulberry32: the same seed gives the same reviews everywhere. */
const createDraw = (seed: number) => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: (bound: number): number => Math.floor(next() * bound),
    of: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
  };
};

const nested = (levels: number): string => `${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`;
/** As JSON texts: some of them no program would write. */
const HOSTILE: readonly string[] = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '1e-400',
  '9007199254740993',
  '""',
  '" "',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"":null}',
  '{"__proto__":{"privileged":true,"length":5}}',
  '{"constructor":{"prototype":{"x":1}},"toString":null,"hasOwnProperty":1,"valueOf":"x"}',
  '[{"__proto__":[]},{"name":{}},{"name":null}]',
  '"__proto__"',
  '"constructor"',
  '"\\u0000\\ud800\\u202e"',
  JSON.stringify('a'.repeat(200_000)),
  JSON.stringify(`${'a'.repeat(50_000)}!`),
  JSON.stringify(`${'-'.repeat(30_000)}.${'/'.repeat(30_000)}`),
  JSON.stringify(`${' '.repeat(50_000)}x`),
  JSON.stringify(`${'0,'.repeat(30_000)}*`),
  JSON.stringify(`eyJ${'a.'.repeat(40_000)}`),
  JSON.stringify(`-----BEGIN ${'A '.repeat(30_000)}`),
  `[${Array.from({ length: 5000 }, () => '{"name":"a","image":"b","env":[{"name":"x"}]}').join(',')}]`,
  `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":"v"`).join(',')}}`,
  nested(3000),
];

const CONTAINER = {
  name: 'app',
  image: 'registry.example.com/app:1',
  command: ['sh', '-c', 'x'],
  env: [
    { name: 'A', value: 'b' },
    { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  ],
  ports: [{ name: 'http', containerPort: 80 }],
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '10m' } },
  securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } },
  livenessProbe: { httpGet: { path: '/', port: 'http', host: 'x' } },
  volumeMounts: [{ name: 'v', mountPath: '/x', subPath: 'y' }],
};
const SPEC = {
  containers: [CONTAINER],
  initContainers: [CONTAINER],
  volumes: [{ name: 'v', hostPath: { path: '/var/run' } }],
  securityContext: { sysctls: [{ name: 'a', value: 'b' }] },
  tolerations: [{ key: 'x', operator: 'Exists' }],
  hostAliases: [{ ip: '1.2.3.4' }],
};
const TEMPLATE = { metadata: { labels: { app: 'a' } }, spec: SPEC };
const META = { name: 'a', namespace: 'team', labels: { app: 'a' }, annotations: { 'nginx.ingress.kubernetes.io/server-snippet': 'x' } };
const OBJECTS: readonly Json[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: META, spec: SPEC },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: META,
    spec: { replicas: 1, selector: { matchLabels: { app: 'a' } }, template: TEMPLATE },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: META,
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: TEMPLATE } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: META,
    spec: { selector: { app: 'a' }, ports: [{ port: 80, targetPort: 'x' }], externalIPs: ['1.1.1.1'] },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: META, data: { password: 'hunter2', 'aws-auth': 'x' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: META, type: 'Opaque', data: { a: 'Yg==' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: META,
    spec: {
      tls: [{ hosts: ['a'] }],
      rules: [{ host: '*.a', http: { paths: [{ path: '/', backend: { service: { name: 's', port: { number: 1 } } } }] } }],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: META,
    spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'a' },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: META,
    roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'Group', name: 'system:masters' }],
  },
  { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: META, spec: { replicas: 3 } },
  { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: META, spec: SPEC }] },
];
const reviewOf = (object: Json, oldObject: Json | undefined): Json => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u',
    operation: oldObject ? 'UPDATE' : 'CREATE',
    kind: { group: '', version: 'v1', kind: object.kind },
    resource: { group: '', version: 'v1', resource: 'x' },
    name: 'a',
    namespace: 'team',
    userInfo: { username: 'ann', groups: ['dev'], extra: {} },
    options: null,
    dryRun: false,
    object,
    ...(oldObject ? { oldObject } : {}),
  },
});

/** A review with up to three places of it replaced; a marker stands where the hostile text goes. */
const mutate = (draw: ReturnType<typeof createDraw>): string => {
  const object = draw.of(OBJECTS);
  const review = structuredClone(reviewOf(object, draw.below(3) === 0 ? object : undefined));
  const texts: string[] = [];
  for (let i = draw.below(3); i >= 0; i--) {
    let at: unknown = draw.below(4) === 0 ? review : ((review.request as Json | undefined)?.object ?? review);
    for (let depth = draw.below(9); ; depth--) {
      if (typeof at !== 'object' || at === null) break;
      const keys = Object.keys(at);
      if (keys.length === 0) break;
      const key = draw.of(keys);
      const child = (at as Json)[key];
      if (depth <= 0 || typeof child !== 'object' || child === null) {
        if (draw.below(8) === 0) delete (at as Json)[key];
        else {
          (at as Json)[key] = `@@${texts.length}@@`;
          texts.push(draw.of(HOSTILE));
        }
        break;
      }
      at = child;
    }
  }
  return texts.reduce((text, hostile, i) => text.replace(`"@@${i}@@"`, () => hostile), JSON.stringify(review));
};

const setUp = (
  limits: { readonly maxBodyBytes?: number; readonly deadlineMs?: number; readonly maxConcurrent?: number } = {},
  clock: Clock = systemClock,
) => {
  const registry = new Registry();
  const m = createInstruments({ ...PROCESS_METRICS, ...ADMISSION_METRICS }, registry);
  const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
  const state = createPolicyState(policyPack(), parsePolicyConfig({ profile: 'strict' }, 'test', 0));
  const options = {
    deadlineMs: 600_000,
    fallback: 'allow' as const,
    docsUrl: 'https://docs/',
    maxBodyBytes: 8 << 20,
    maxConcurrent: 10,
    ...limits,
  };
  const reviewer = createReviewer(
    { clock, log: log as never, state: () => state.current, namespace: () => undefined, instruments: m },
    () => options,
  );
  const listener = createReviewListener({ reviewer, clock, log, instruments: m }, () => options);
  const send = (body: Readable): Promise<{ readonly status: number; readonly answer: Json }> =>
    new Promise((resolve) => {
      const request = Object.assign(body, { url: '/validate', method: 'POST', headers: {} });
      let status = 0;
      const response = Object.assign(new EventEmitter(), {
        req: { destroy: () => undefined },
        headersSent: false,
        destroyed: false,
        writeHead: (code: number) => {
          status = code;
        },
        end: (text: string) => resolve({ status, answer: JSON.parse(text) as Json }),
      });
      listener(request as never, response as never);
    });
  return { send, post: (text: string | Buffer) => send(Readable.from([Buffer.from(text)])), log, registry };
};
const cpuMs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

describe('the webhook under hostile reviews', () => {
  it(`answers ${RUNS} mutated ones, seed ${SEED}: a review or 400, never a fallback, never a second of CPU`, async () => {
    const { post, log } = setUp();
    const draw = createDraw(SEED);
    const statuses = new Map<number, number>();
    for (let run = 0; run < RUNS; run++) {
      const text = mutate(draw);
      const before = process.cpuUsage();
      const { status, answer } = await post(text);
      const spent = cpuMs(before);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const problem = spent > 1000 ? `${spent} ms` : log.error.mock.calls.length > 0 ? JSON.stringify(log.error.mock.calls[0]) : '';
      if (problem !== '' || (status !== 200 && status !== 400))
        throw new Error(`run ${run}: ${status} ${problem} ${JSON.stringify(answer).slice(0, 300)} for ${text.slice(0, 2000)}`);
      if (status === 200) expect(typeof (answer.response as Json).allowed).toBe('boolean');
    }
    expect([...statuses.keys()].sort()).toEqual([200, 400]);
    expect(({} as Json).privileged).toBeUndefined();
  }, 300_000);

  it.each([
    { name: 'nothing', text: '', status: 400 },
    { name: 'half a review', text: '{"apiVersion":', status: 400 },
    { name: 'not UTF-8', text: Buffer.from([0xff, 0xfe, 0x7b]), status: 400 },
    { name: 'a million levels', text: nested(500_000), status: 400 },
    { name: 'too large', text: ' '.repeat(70_000), status: 413 },
    { name: 'object null', text: JSON.stringify(reviewOf({ kind: 'Pod' }, undefined)).replace('{"kind":"Pod"}}', 'null}'), status: 200 },
    { name: 'an unknown operation', text: JSON.stringify(reviewOf(OBJECTS[0]!, undefined)).replace('CREATE', 'MELT'), status: 400 },
  ])('answers $status to $name', async ({ text, status, name }) => {
    const { post } = setUp(name === 'too large' ? { maxBodyBytes: 65_536 } : {});
    expect(await post(text)).toMatchObject({ status });
  });

  it('judges a user with ten thousand groups, and deep objects as any other', async () => {
    const { post, log } = setUp();
    const groups = Array.from({ length: 10_000 }, (_, i) => `group-${i}`);
    const review = reviewOf(OBJECTS[0]!, undefined);
    const text = JSON.stringify({
      ...review,
      request: { ...(review.request as Json), userInfo: { username: 'x'.repeat(100_000), groups } },
    });
    expect(await post(text)).toMatchObject({ status: 200, answer: { response: { allowed: false } } });
    const deep = JSON.stringify(review).replace('"privileged":true', `"privileged":true,"x":${nested(100_000)}`);
    expect(await post(deep)).toMatchObject({ status: 200, answer: { response: { allowed: false } } });
    expect(log.error).not.toHaveBeenCalled();
  });

  it('gives up bodies that do not come in time, and has room for others again', async () => {
    const clock = createManualClock(0);
    const { send, post } = setUp({ deadlineMs: 2000, maxConcurrent: 2 }, clock);
    const slow = () => send(new Readable({ read: () => undefined }));
    const answers = [slow(), slow()];
    expect(await post('{}')).toMatchObject({ status: 429 });
    await clock.advance(1900);
    expect(await post('{}')).toMatchObject({ status: 429 });
    await clock.advance(400);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 504 });
    expect(await post('{}')).toMatchObject({ status: 400 });
  });
});
