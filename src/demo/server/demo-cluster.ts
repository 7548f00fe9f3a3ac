import { BellwetherError } from '../../platform/index.ts';
import { type ClusterPlan, planCluster } from '../simulator/cluster-plan.ts';
import { type PlannedEvent, type ScenarioKind, type SimulatedEvent, scenarioOf } from '../simulator/scenarios.ts';
import { createSimulation } from '../simulator/simulation.ts';
import { createSeriesStore, type SeriesStore } from './series-store.ts';

/** A simulated cluster whose past is there from the beginning and whose present is let pass by a clock. */
export interface DemoCluster {
  readonly plan: ClusterPlan;
  readonly store: SeriesStore;
  readonly truth: readonly SimulatedEvent[];
  /** Simulates every scrape interval that has ended by then. */
  catchUp(nowMs: number): void;
  /** Plans an event of usual length. Throws `not_found` where no workload is called so, `invalid_input` where it does not suit. */
  begin(kind: ScenarioKind, workload: string | undefined, atMs: number): PlannedEvent;
}

export interface DemoClusterOptions {
  readonly seed: number;
  readonly workloads: number;
  readonly stepMs: number;
  /** The past before `nowMs` that is simulated at once; also what the store keeps. */
  readonly historyMs: number;
  readonly nowMs: number;
}

const MINUTE_MS = 60_000;

export const createDemoCluster = (options: DemoClusterOptions): DemoCluster => {
  const { stepMs, historyMs, nowMs } = options;
  const plan = planCluster({ seed: options.seed, workloads: options.workloads });
  const simulation = createSimulation(plan, { stepMs, startMs: Math.floor((nowMs - historyMs) / stepMs) * stepMs });
  const store = createSeriesStore(simulation.series, historyMs + 2 * 3_600_000);
  let turn = 0;

  const targetOf = (kind: ScenarioKind, name: string | undefined): number => {
    const { target, suits } = scenarioOf(kind);
    if (target === 'node') {
      const index = name === undefined ? turn % plan.nodes.length : plan.nodes.findIndex((node) => node.name === name);
      if (index < 0)
        throw new BellwetherError('not_found', `no node is called ${name}; there are ${plan.nodes.map((node) => node.name).join(', ')}`);
      return index;
    }
    const suited = plan.workloads.flatMap((workload, index) => (suits(workload) ? [index] : []));
    const named = plan.workloads.findIndex((workload) => workload.name === name);
    if (name !== undefined && named < 0) {
      throw new BellwetherError(
        'not_found',
        `no workload is called ${name}; there are ${plan.workloads.map((workload) => workload.name).join(', ')}`,
      );
    }
    const chosen = name === undefined ? suited[turn % Math.max(1, suited.length)] : suited.find((index) => index === named);
    if (chosen === undefined) throw new BellwetherError('invalid_input', `${kind} does not suit ${name ?? 'any workload'}`);
    return chosen;
  };

  const cluster: DemoCluster = {
    plan,
    store,
    truth: simulation.truth,
    catchUp: (untilMs) => {
      while (simulation.nowMs + stepMs <= untilMs) store.append(simulation.step());
    },
    begin: (kind, workload, atMs) => {
      const target = targetOf(kind, workload);
      turn++;
      const event = { kind, target, startMs: atMs, endMs: atMs + scenarioOf(kind).minutes[0] * MINUTE_MS };
      simulation.add(event);
      return event;
    },
  };
  cluster.catchUp(nowMs);
  return cluster;
};
