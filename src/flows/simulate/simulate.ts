import { BellwetherError, type Random } from '../../platform/index.ts';
import type { FlowState } from '../meter/flow-state.ts';
import { statisticsOf } from '../meter/flow-statistics.ts';
import type { Flow } from '../record/flow.ts';
import { ATTACKS } from './attacks.ts';
import { BENIGN_TWINS, playBenign } from './benign.ts';
import { between } from './draws.ts';
import type { Stage } from './stage.ts';
import { makeWorld } from './world.ts';

export interface SimulationOptions {
  /** Unix milliseconds. */
  readonly startMs: number;
  readonly hours: number;
  /** Families of `ATTACKS` and names of `BENIGN_TWINS`, in turn; empty = nothing but the usual. */
  readonly episodes: readonly string[];
  /** How often each episode comes. */
  readonly repeats?: number;
}

/** Something that happened, by the simulator's own account. */
export interface Episode {
  readonly id: string;
  readonly name: string;
  /** Empty for a benign twin. */
  readonly family: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Simulation {
  /** In the order in which they are known, which is that of their ends. `texts` are the family, empty if benign, and the episode's id. */
  readonly flows: readonly Flow[];
  readonly episodes: readonly Episode[];
}

export const EPISODES: readonly string[] = [...Object.keys(ATTACKS), ...Object.keys(BENIGN_TWINS)];
const HOUR_US = 3.6e9;
const EPISODE_US = { least: 45e6, most: 240e6 } as const;

/** A stretch of a simulated cluster's network: the usual all the time, and episodes one after the other with quiet between. The same numbers give the same flows. */
export const simulateFlows = (random: Random, { startMs, hours, episodes, repeats = 1 }: SimulationOptions): Simulation => {
  const world = makeWorld(random);
  const [fromUs, toUs] = [startMs * 1000, startMs * 1000 + hours * HOUR_US];
  const written: { readonly flow: FlowState; readonly family: string; readonly id: string }[] = [];
  const on = (family: string, id: string, from: number, to: number): Stage => ({
    world,
    random,
    fromUs: from,
    toUs: to,
    onFlow: (flow) => written.push({ flow, family, id }),
  });
  playBenign(on('', '', fromUs, toUs));
  const order = Array.from({ length: repeats }, () => shuffled(episodes, random)).flat();
  const slot = (toUs - fromUs) / Math.max(1, order.length);
  const told = order.map((name, i): Episode => {
    const act = ATTACKS[name] ?? BENIGN_TWINS[name];
    if (!act) throw new BellwetherError('invalid_input', `there is no episode ${name}; there are ${EPISODES.join(', ')}`);
    const length = Math.min(between(random, EPISODE_US.least, EPISODE_US.most), 0.6 * slot);
    const from = fromUs + i * slot + between(random, 0.05, 0.35) * slot;
    const family = name in ATTACKS ? name : '';
    const id = `${name}-${i}`;
    act(on(family, id, from, from + length));
    return { id, name, family, fromMs: from / 1000, toMs: (from + length) / 1000 };
  });
  written.sort((a, b) => a.flow.lastUs - b.flow.lastUs);
  return { flows: written.map(({ flow, family, id }, row) => recordOf(flow, row, [family, id])), episodes: told };
};

const shuffled = (list: readonly string[], random: Random): string[] => {
  const left = [...list];
  return list.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
};

const recordOf = (state: FlowState, row: number, texts: readonly string[]): Flow => ({
  row,
  // What a file would hold: a number that is not finite is a gap.
  statistics: statisticsOf(state).map((x) => (Number.isFinite(x) ? x : Number.NaN)),
  source: state.source,
  sourcePort: state.sourcePort,
  destination: state.destination,
  destinationPort: state.destinationPort,
  protocol: state.protocol,
  startMs: state.startUs / 1000,
  texts,
});
