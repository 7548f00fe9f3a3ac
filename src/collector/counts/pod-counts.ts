import type { COLLECTOR_METRICS, WORKLOAD_EVENT_METRICS } from '../../conventions/index.ts';
import type { RuntimeEvent } from '../../runtime-events/index.ts';
import type { Instruments } from '../../web/index.ts';

export type CountInstruments = Instruments<typeof WORKLOAD_EVENT_METRICS> & Pick<Instruments<typeof COLLECTOR_METRICS>, 'untoldPods'>;

export interface PodCountsOptions {
  /** Pods with series of their own. */
  readonly maxPods: number;
  /** A pod of which nothing was heard for so long loses its series. */
  readonly idleMs: number;
}

/** What the scorer counts: processes begun, hooks of policies reached, processes ended by a signal. */
const KINDS = ['exec', 'policy', 'signal'] as const;

const kindOf = ({ source, type, detail }: RuntimeEvent): (typeof KINDS)[number] | undefined => {
  if (source !== 'tetragon') return undefined;
  if (type === 'exec' || type === 'policy') return type;
  return type === 'exit' && detail.startsWith('signal ') ? 'signal' : undefined;
};

/** Counts by pod. A pod has all of its series from its first event on, at 0: a rate needs a beginning. */
export const createPodCounts = (m: CountInstruments, { maxPods, idleMs }: PodCountsOptions) => {
  const heardMs = new Map<string, { readonly namespace: string; readonly pod: string; atMs: number }>();
  return {
    add: (events: readonly RuntimeEvent[], nowMs: number): void => {
      for (const event of events) {
        const kind = kindOf(event);
        const { namespace, pod } = event;
        if (kind === undefined || pod === '') continue;
        const key = `${namespace}/${pod}`;
        let known = heardMs.get(key);
        if (!known) {
          if (heardMs.size >= maxPods) {
            m.untoldPods.inc();
            continue;
          }
          known = { namespace, pod, atMs: nowMs };
          heardMs.set(key, known);
          for (const each of KINDS) m.workloadEvents.inc({ namespace, pod, kind: each }, 0);
        }
        known.atMs = nowMs;
        m.workloadEvents.inc({ namespace, pod, kind });
      }
    },
    /** Takes away the series of pods that are gone. */
    sweep: (nowMs: number): void => {
      for (const [key, { namespace, pod, atMs }] of heardMs)
        if (nowMs - atMs > idleMs) {
          heardMs.delete(key);
          for (const kind of KINDS) m.workloadEvents.remove({ namespace, pod, kind });
        }
    },
  };
};
