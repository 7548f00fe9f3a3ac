import type {
  FrameFeature,
  FrameLayout,
  LifecycleSignals,
  PodValues,
  UnitClass,
  WorkloadFrame,
  WorkloadKey,
} from '../conventions/index.ts';

export const testKey = (workload = 'web'): WorkloadKey => ({ namespace: 'shop', workload, workloadKind: 'Deployment' });

/** A layout of features given as `name:class`. */
export const testLayout = (...columns: readonly string[]): FrameLayout => ({
  version: 'test',
  features: columns.map((column): FrameFeature => {
    const [name, unitClass] = column.split(':');
    return { name: name!, unit: 'unit', unitClass: (unitClass ?? 'other') as UnitClass };
  }),
});

export const testFrame = (
  layout: FrameLayout,
  seconds: number,
  values: readonly number[],
  more: {
    key?: WorkloadKey;
    pods?: readonly PodValues[];
    lifecycle?: LifecycleSignals;
    changed?: 'rollout' | 'scale';
    replicas?: number;
  } = {},
): WorkloadFrame => ({ key: testKey(), timeMs: seconds * 1000, layout, values: Float64Array.from(values), replicas: 1, ...more });

export const quietLifecycle: LifecycleSignals = { restarts: 0, oomKills: 0, waiting: {}, throttledRatio: 0 };

/** A standard Gaussian from two uniform numbers (Box and Muller). */
export const gaussian = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
