import { type Contributor, type WorkloadKey, workloadId } from '../../conventions/index.ts';
import type { FlowDetector, FlowReason, Judgement } from '../detect/judgement.ts';
import type { FlowTable } from '../features/flow-table.ts';
import type { FlowModel } from '../model/flow-model.ts';
import { lessonPoints } from '../shots/lessons.ts';
import type { AddressMap } from './address-map.ts';

/** A flow at or above the boundary. */
export interface FlowFinding {
  readonly timeMs: number;
  readonly client: string;
  readonly service: string;
  readonly port: number;
  readonly score: number;
  readonly family: string;
  readonly reasons: readonly FlowReason[];
  /** The workloads at both ends, where they are known. */
  readonly workloads: readonly WorkloadKey[];
  /** Size features, for a verdict on it to teach by. */
  readonly points: Float64Array;
}

/** What flows say of a workload: the part in its score, and why. */
export interface FlowPart {
  readonly value: number;
  readonly contributor: Contributor;
}

export interface FlowWatchOptions {
  /** Share of benign flows that the model's threshold lets pass upwards. */
  readonly allowedShare: number;
  /** How long a flow counts. */
  readonly holdMs: number;
  readonly maxFindings: number;
  readonly maxWorkloads: number;
}

export interface FlowWatch {
  /** Judges flows. Gives every judgement, and keeps findings and counts. */
  take(table: FlowTable): readonly Judgement[];
  /** The part of flows in the score of a workload at a time; undefined where it had none. */
  partOf(key: WorkloadKey, timeMs: number): FlowPart | undefined;
  /** Newest first. */
  readonly findings: readonly FlowFinding[];
}

/** How rare an excess of findings must be to be 1: one stretch in ten thousand. */
const BOUNDARY_LOG10 = 4;
/** A part beyond this says no more. */
const MOST = 5;
const BUCKET_MS = 10_000;

/** What share of benign flows each model lets through, by the quantile its threshold comes from. */
export const allowedShareOf = (model: FlowModel): number => {
  switch (model.kind) {
    case 'supervised':
      return 0.002;
    // A window's judgement is that of the sixteen flows after it too.
    case 'sequence':
      return 0.01;
    case 'few-shot':
      return model.recipe === 'd' ? 0.005 : 0.01;
    default:
      return 1 - model.quantile;
  }
};

/** -log10 of the chance of at least `hits` events where `mean` are expected (Poisson). */
const surprise = (hits: number, mean: number): number => {
  if (hits === 0) return 0;
  let term = Math.exp(-mean);
  let below = term;
  for (let k = 1; k < hits && k < 2000; k++) {
    term *= mean / k;
    below += term;
  }
  if (below < 1 - 1e-9) return -Math.log10(1 - below);
  // The tail is too small for the difference: its first term times a bound of the rest (Chernoff).
  const log =
    -mean + hits * Math.log(mean) - Array.from({ length: Math.min(hits, 2000) }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
  return -log / Math.LN10;
};

interface Bucket {
  readonly slot: number;
  flows: number;
  findings: number;
}
interface Watched {
  buckets: Bucket[];
  newest?: FlowFinding;
}

/**
 * Watches the flows of workloads. A threshold lets one benign flow in a hundred pass, so a single finding says little about a workload: its part in the score grows
 * with how unlikely so many findings are among so many flows, and is 1 where that happens by chance once in ten thousand stretches.
 */
export const createFlowWatch = (detector: FlowDetector, workloadOf: AddressMap, options: FlowWatchOptions): FlowWatch => {
  const watched = new Map<string, Watched>();
  const findings: FlowFinding[] = [];
  const mostBuckets = 4 * Math.ceil(options.holdMs / BUCKET_MS);

  const count = (key: WorkloadKey, timeMs: number, finding: FlowFinding | undefined): void => {
    const id = workloadId(key);
    let known = watched.get(id);
    if (!known) {
      if (watched.size >= options.maxWorkloads) return;
      known = { buckets: [] };
      watched.set(id, known);
    }
    const slot = Math.floor(timeMs / BUCKET_MS);
    let bucket = known.buckets.find((each) => each.slot === slot);
    if (!bucket) {
      const oldest = slot - 2 * Math.ceil(options.holdMs / BUCKET_MS);
      // A clock that runs backwards makes slots without end.
      known.buckets = known.buckets.filter((each) => each.slot >= oldest).slice(-mostBuckets);
      bucket = { slot, flows: 0, findings: 0 };
      known.buckets.push(bucket);
    }
    bucket.flows++;
    if (finding) {
      bucket.findings++;
      known.newest = finding;
    }
  };

  return {
    take: (table) => {
      const judged = detector.judge(table);
      judged.forEach((judgement, i) => {
        const { client, service, port } = table.conversations[i]!;
        const workloads = [client, service].flatMap((address) => workloadOf(address) ?? []);
        const timeMs = table.startsMs[i]!;
        let finding: FlowFinding | undefined;
        if (judgement.score >= 1) {
          finding = {
            timeMs,
            client,
            service,
            port,
            score: judgement.score,
            family: judgement.family,
            reasons: judgement.reasons(),
            workloads,
            points: lessonPoints(table, [i]),
          };
          findings.unshift(finding);
          if (findings.length > options.maxFindings) findings.pop();
        }
        for (const key of workloads) count(key, timeMs, finding);
      });
      return judged;
    },
    partOf: (key, timeMs) => {
      const known = watched.get(workloadId(key));
      if (!known) return undefined;
      const [first, last] = [Math.floor((timeMs - options.holdMs) / BUCKET_MS), Math.floor(timeMs / BUCKET_MS)];
      let [flows, hits] = [0, 0];
      for (const bucket of known.buckets)
        if (bucket.slot > first && bucket.slot <= last) {
          flows += bucket.flows;
          hits += bucket.findings;
        }
      if (hits === 0) return undefined;
      const expected = options.allowedShare * flows;
      const value = Math.min(MOST, surprise(hits, expected) / BOUNDARY_LOG10);
      return {
        value,
        contributor: {
          metric: `flows_${known.newest?.family ?? 'unknown'}`,
          contribution: 1,
          observed: hits,
          expected,
          lower: 0,
          upper: expected,
          unit: 'flows',
          detector: 'flows',
        },
      };
    },
    findings,
  };
};
