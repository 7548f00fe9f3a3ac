import type { Contributor, FrameLayout, Score, WorkloadFrame, WorkloadKey } from '../conventions/index.ts';

export const aKey = (workload = 'cart', over: Partial<WorkloadKey> = {}): WorkloadKey => ({
  namespace: 'shop',
  workload,
  workloadKind: 'Deployment',
  ...over,
});

export const aLayout = (...names: readonly string[]): FrameLayout => ({
  version: 'test-1',
  features: (names.length > 0 ? names : ['cpu']).map((name) => ({ name, unit: 'cores', unitClass: 'cpu_cores' })),
});

const LAYOUT = aLayout();

export const aFrame = (over: Partial<WorkloadFrame> = {}): WorkloadFrame => ({
  key: aKey(),
  timeMs: 0,
  layout: LAYOUT,
  values: new Float64Array(over.layout?.features.length ?? 1),
  replicas: 1,
  ...over,
});

export const aContributor = (over: Partial<Contributor> = {}): Contributor => ({
  metric: 'cpu',
  contribution: 0.5,
  observed: 2,
  expected: 1,
  lower: 0.5,
  upper: 1.5,
  unit: 'cores',
  detector: 'level',
  ...over,
});

export const aScore = (over: Partial<Score> = {}): Score => ({
  key: aKey(),
  timeMs: 0,
  value: 0.2,
  ready: true,
  margin: 0.2,
  contributors: [],
  detector: 'baseline',
  damped: false,
  modelVersion: 'test-1',
  ...over,
});

export const notReadyScore = (over: Partial<Score> = {}): Score =>
  aScore({ value: Number.NaN, margin: Number.NaN, ready: false, reason: 'warming_up', ...over });
