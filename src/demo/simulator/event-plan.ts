import type { Random } from '../../platform/index.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { between, forkRandom, pick } from './draws.ts';
import { type PlannedEvent, SCENARIOS, type ScenarioDefinition, type ScenarioKind } from './scenarios.ts';

export interface EventPlanOptions {
  readonly seed: number;
  /** Events lie inside this span. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Which kinds may come; each workload and node gets one that suits it. */
  readonly kinds: readonly ScenarioKind[];
}

/** Attacks and faults. */
export const FAULT_KINDS: readonly ScenarioKind[] = SCENARIOS.filter((definition) => !definition.benign).map(
  (definition) => definition.kind,
);

/** Their benign twins, but those that come by themselves (nightly batches) or end a clean span (node drains are planned per cluster). */
export const BENIGN_KINDS: readonly ScenarioKind[] = SCENARIOS.filter(
  (definition) => definition.benign && definition.kind !== 'nightly_batch',
).map((definition) => definition.kind);

const MINUTE_MS = 60_000;
/** Part of the miners and crash loops that come with a release. */
const WITH_ROLLOUT_SHARE = 0.3;

const place = (random: Random, definition: ScenarioDefinition, target: number, options: EventPlanOptions): PlannedEvent => {
  const durationMs = Math.min(
    between(random, definition.minutes[0], definition.minutes[1]) * MINUTE_MS,
    0.8 * (options.toMs - options.fromMs),
  );
  const startMs = Math.round(between(random, options.fromMs, options.toMs - durationMs));
  const variant = (definition.kind === 'miner' || definition.kind === 'crash_loop') && random() < WITH_ROLLOUT_SHARE;
  return { kind: definition.kind, target, startMs, endMs: Math.round(startMs + durationMs), ...(variant ? { variant: 'rollout' } : {}) };
};

/**
 * One event for every workload that something suits, at its own time, kinds as evenly spread as the workloads allow; and one node
 * event per kind that has nodes as targets, on a node of its own.
 */
export const planEvents = (plan: ClusterPlan, options: EventPlanOptions): PlannedEvent[] => {
  const random = forkRandom(options.seed, 'event plan');
  const definitions = SCENARIOS.filter((definition) => options.kinds.includes(definition.kind));
  const used = new Map<ScenarioKind, number>();
  const events: PlannedEvent[] = [];
  plan.workloads.forEach((workload, index) => {
    const suited = definitions.filter((definition) => definition.target === 'workload' && definition.suits(workload));
    if (suited.length === 0) return;
    const least = Math.min(...suited.map((definition) => used.get(definition.kind) ?? 0));
    const definition = pick(
      random,
      suited.filter((candidate) => (used.get(candidate.kind) ?? 0) === least),
    );
    used.set(definition.kind, least + 1);
    events.push(place(random, definition, index, options));
  });
  const nodes = plan.nodes.map((_, index) => index);
  for (const definition of definitions.filter((candidate) => candidate.target === 'node')) {
    const node = nodes.splice(Math.floor(random() * nodes.length), 1)[0];
    if (node !== undefined) events.push(place(random, definition, node, options));
  }
  return events.sort((a, b) => a.startMs - b.startMs);
};
