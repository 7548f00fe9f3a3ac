// What the scorer sees of each simulated overload, at its highest score.
import type { OverloadKind } from '../../src/conventions/index.ts';
import { runTrial, type ScenarioKind, type TrialDetector } from '../../src/demo/index.ts';
import { createScorer } from '../../src/scoring/index.ts';

export interface LabelledOverload {
  readonly kind: OverloadKind;
  readonly features: Float64Array;
}

/** Scenarios that load a workload, by what is behind them. */
const KIND_OF: Partial<Record<ScenarioKind, OverloadKind>> = {
  flood: 'dos',
  miner: 'attack',
  scan: 'attack',
  exfiltration: 'attack',
  scale_out: 'natural',
  traffic_shift: 'natural',
  nightly_batch: 'natural',
  noisy_neighbour: 'natural',
  throttling: 'natural',
};

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 4);
const HISTORY_MS = 6 * HOUR_MS;
const EVENT_MS = 12 * HOUR_MS;
/** The first minutes decide; later the level is learnt. */
const WITHIN_MS = 10 * 60_000;

interface Seen {
  readonly timeMs: number;
  readonly value: number;
  readonly features: Float64Array;
}

export const collectOverloads = async (seed: number, stepMs: number): Promise<LabelledOverload[]> => {
  const seen = new Map<string, Seen[]>();
  let found = new Map<string, Float64Array>();
  const idOf = ({ namespace, workload }: { readonly namespace: string; readonly workload: string }): string => `${namespace}/${workload}`;
  const scorer = createScorer({
    stepSeconds: stepMs / 1000,
    bank: false,
    seed: 1,
    onOverload: ({ key }, features) => void found.set(idOf(key), features),
  });
  const detector: TrialDetector = {
    name: 'overload',
    score: (frames) => {
      found = new Map();
      return scorer.score(frames).map(({ key, timeMs, value }) => {
        const features = found.get(idOf(key));
        if (features && timeMs >= START_MS + HISTORY_MS) {
          const list = seen.get(idOf(key)) ?? [];
          list.push({ timeMs, value, features });
          seen.set(idOf(key), list);
        }
        return { value, metrics: [] };
      });
    },
  };
  const kinds = Object.keys(KIND_OF) as ScenarioKind[];
  const options = { seed, workloads: 24, stepMs, startMs: START_MS, historyMs: HISTORY_MS, cleanMs: 0, eventMs: EVENT_MS, kinds };
  const { truth } = await runTrial(options, [detector]);
  return truth.flatMap((event) => {
    const kind = KIND_OF[event.kind];
    const from = event.visibleFromMs ?? event.startMs;
    const inside = (seen.get(idOf(event)) ?? []).filter(({ timeMs }) => timeMs >= from && timeMs < Math.min(event.endMs, from + WITHIN_MS));
    const top = inside.reduce<Seen | undefined>((best, each) => (!best || each.value > best.value ? each : best), undefined);
    return kind && top ? [{ kind, features: top.features }] : [];
  });
};
