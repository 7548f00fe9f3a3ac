import { MITIGATION_KIND } from '../conventions/index.ts';
import {
  type BackEnd,
  createEngine,
  DEFAULT_MITIGATION_OPTIONS,
  type Engine,
  type EngineDeps,
  type Mitigation,
  type MitigationOptions,
  type MitigationSpec,
  type SignalSource,
  type Transition,
} from '../mitigation/index.ts';
import { formatTime } from '../platform/index.ts';
import { createFakeBackEnd, FAKE_LIMIT_KIND, FAKE_ROUTE_KIND } from './fake-back-end.ts';
import { createFakeCluster, type FakeCluster } from './fake-cluster.ts';

/** A clock of which both hands can be set. */
export interface TwoHandClock {
  nowMs(): number;
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
  advance(ms: number): void;
  /** The wall clock alone. */
  jump(ms: number): void;
}

export const createTwoHandClock = (startMs = 1_700_000_000_000): TwoHandClock => {
  let [wall, monotonic] = [startMs, 0];
  const advance = (ms: number): void => {
    wall += ms;
    monotonic += ms;
  };
  return {
    nowMs: () => wall,
    monotonicMs: () => monotonic,
    sleep: async (ms) => advance(ms),
    advance,
    jump: (ms) => {
      wall += ms;
    },
  };
};

export interface MitigationStageOptions {
  readonly style?: 'object' | 'field';
  readonly options?: Partial<MitigationOptions>;
  /** Routes in the namespace shop. */
  readonly routes?: number;
  readonly deps?: Partial<EngineDeps>;
  readonly backEnds?: readonly BackEnd[];
}

/** What Prometheus says, by a part of the query; a function may throw. */
export type Answers = Record<string, number | (() => number) | undefined>;

/** An engine over a cluster in memory, with a namespace that opted in. */
export interface MitigationStage {
  readonly cluster: FakeCluster;
  readonly clock: TwoHandClock;
  readonly answers: Answers;
  readonly transitions: Transition[];
  readonly state: { leads: boolean; off: string | undefined; revertAll: boolean; forbidding: string[]; breaker: string | undefined };
  engine: Engine;
  /** A new process: nothing is remembered. */
  restart(): void;
  /** Puts a Mitigation into the cluster, as `kubectl apply` would. */
  ask(name: string, spec?: Partial<MitigationSpec>, namespace?: string): void;
  change(name: string, spec: Partial<MitigationSpec>, namespace?: string): void;
  mitigation(name: string, namespace?: string): Mitigation;
  accept(): void;
}

const usual: Answers = {
  'quantile_over_time(0.99, (client_requests': 4,
  'quantile_over_time(0.95, (client_requests': 3,
  'time() - max(timestamp(anomaly_score': 10,
  'max(max_over_time(anomaly_score': 3,
  'failures{': 0.01,
  'rejected{': 0,
  'requests{': 40,
  'largest{': 0.3,
};

export const createMitigationStage = ({
  style = 'object',
  options = {},
  routes = 40,
  deps = {},
  backEnds,
}: MitigationStageOptions = {}): MitigationStage => {
  const clock = createTwoHandClock();
  const cluster = createFakeCluster([FAKE_LIMIT_KIND.kind, FAKE_ROUTE_KIND.kind, MITIGATION_KIND.kind, 'Namespace'], () =>
    formatTime(clock.nowMs()),
  );
  const backEnd = createFakeBackEnd(style);
  for (const name of ['shop', 'shop-2', 'quiet', 'kube-system'])
    cluster.put({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: name === 'quiet' ? {} : { 'bellwether.dev/mitigation': 'enforce' } },
    });
  for (let i = 0; i < routes; i++)
    for (const namespace of ['shop', 'shop-2', 'quiet', 'kube-system'])
      cluster.put({ ...FAKE_ROUTE_KIND, metadata: { name: `route-${i}`, namespace }, spec: { workload: `workload-${i}` } });
  const answers: Answers = { ...usual };
  const signals: SignalSource = {
    query: async (expr) => {
      const found = Object.entries(answers).find(([part]) => expr.includes(part))?.[1];
      const value = typeof found === 'function' ? found() : found;
      return value === undefined ? [] : [{ labels: {}, value }];
    },
  };
  const transitions: Transition[] = [];
  const state: MitigationStage['state'] = { leads: true, off: undefined, revertAll: false, forbidding: [], breaker: undefined };
  const all: MitigationOptions = { ...DEFAULT_MITIGATION_OPTIONS, backEnds: [{ name: `fake-${style}`, mode: 'enforce' }], ...options };
  const create = (): Engine =>
    createEngine({
      client: cluster.client,
      clock,
      log: { info: () => undefined, warn: () => undefined },
      options: () => all,
      backEnds: backEnds ?? [backEnd],
      signals,
      isLeader: () => state.leads,
      facts: async () => ({ switchedOff: state.off, forbidding: state.forbidding, breaker: state.breaker, ownNamespace: 'bellwether' }),
      isOptedIn: (namespace) => namespace?.metadata.labels?.['bellwether.dev/mitigation'] === 'enforce',
      revertAll: () => state.revertAll,
      onTransition: async (transition) => void transitions.push(transition),
      ...deps,
    });
  const named = (name: string, namespace: string) => ({ ...MITIGATION_KIND, name, namespace });
  const stage: MitigationStage = {
    cluster,
    clock,
    answers,
    transitions,
    state,
    engine: create(),
    restart: () => {
      stage.engine = create();
    },
    ask: (name, spec = {}, namespace = 'shop') => {
      const object: Mitigation = {
        ...MITIGATION_KIND,
        metadata: { name, namespace },
        spec: { target: { kind: 'FakeRoute', name: 'route-0' }, mode: 'enforce', reason: 'flood', ...spec },
      };
      cluster.put(object);
    },
    change: (name, spec, namespace = 'shop') => {
      const before = stage.mitigation(name, namespace);
      cluster.put({ ...before, spec: { ...before.spec, ...spec } });
    },
    mitigation: (name, namespace = 'shop') => {
      const found = cluster.get(named(name, namespace)) as Mitigation | undefined;
      if (!found) throw new Error(`there is no mitigation ${name}`);
      return found;
    },
    accept: () => {
      for (const object of cluster.all(FAKE_LIMIT_KIND.kind)) cluster.put({ ...object, status: { accepted: true } });
    },
  };
  return stage;
};

/** Somebody's approval, now. */
export const approvedBy = (by: string, clock: TwoHandClock): { readonly by: string; readonly at: string } => ({
  by,
  at: formatTime(clock.nowMs()),
});

/** An alert about a workload that leads to a route of the stage. */
export const alertAbout = (workload = 'workload-0') => ({
  id: `abc-${workload}`,
  name: 'WorkloadAnomalous',
  fingerprint: 'abc',
  workload: { kind: 'Deployment', name: workload },
});
