import type { Random } from '../../platform/index.ts';
import type { FlowState } from '../meter/flow-state.ts';
import type { Connection, Exchange } from './connection.ts';
import { playConnection } from './connection.ts';
import { around, between, oneOf, waiting, wholeBetween } from './draws.ts';
import type { SimulatedService, SimulatedWorld } from './world.ts';

/** Where actors play: a world, a stretch of time, and somebody who writes the flows down. */
export interface Stage {
  readonly world: SimulatedWorld;
  readonly random: Random;
  readonly fromUs: number;
  readonly toUs: number;
  readonly onFlow: (flow: FlowState) => void;
}

type Play = Omit<Connection, 'clientPort' | 'roundTripUs'> & Partial<Pick<Connection, 'roundTripUs' | 'clientPort'>>;

export const play = ({ world, random, onFlow }: Stage, connection: Play): void =>
  playConnection({ clientPort: wholeBetween(random, 32_768, 60_999), roundTripUs: world.roundTripUs, ...connection }, random, onFlow);

/** Runs something at random times, `meanUs` apart. */
export const atTimes = ({ random, fromUs, toUs }: Stage, meanUs: number, run: (startUs: number) => void): void => {
  for (let now = fromUs + waiting(random, meanUs); now < toUs; now += waiting(random, meanUs)) run(now);
};

/** Runs something every `periodUs`, not quite exactly. */
export const every = ({ random, fromUs, toUs }: Stage, periodUs: number, run: (startUs: number) => void): void => {
  for (let now = fromUs + periodUs * random(); now < toUs; now += periodUs * between(random, 0.98, 1.02)) run(now);
};

/** One request of a page, with the size that it happens to have this time. */
export const visit = ({ random }: Stage, service: SimulatedService, waitUs: number, slower = 1): Exchange => {
  const { up, down } = oneOf(random, service.pages);
  return {
    waitUs,
    up: Math.round(around(random, up, 0.12)),
    serverUs: around(random, service.serverUs * slower, 0.6),
    down: Math.round(around(random, down, 0.2)),
  };
};
