import type { Random } from '../../platform/index.ts';
import { around, between, wholeBetween } from './draws.ts';

/** A service of the simulated cluster. */
export interface SimulatedService {
  readonly kind: 'dashboard' | 'api' | 'database' | 'cache' | 'dns';
  readonly address: string;
  readonly port: number;
  /** Typical sizes of requests and answers; what clients ask for is one of them. */
  readonly pages: readonly { readonly up: number; readonly down: number }[];
  readonly serverUs: number;
}

export interface SimulatedWorld {
  readonly services: readonly SimulatedService[];
  readonly pods: readonly string[];
  readonly prober: string;
  readonly scraper: string;
  /** People outside. */
  readonly visitors: readonly string[];
  readonly roundTripUs: number;
  readonly outsideRoundTripUs: number;
}

const PORTS = { dashboard: 3000, api: 8080, database: 5432, cache: 6379, dns: 53 } as const;
const COUNTS = [
  ['dashboard', 3],
  ['api', 4],
  ['database', 2],
  ['cache', 1],
  ['dns', 1],
] as const;

/** An address outside the cluster; addresses are keys, never inputs. */
export const outsideAddress = (random: Random): string =>
  `${wholeBetween(random, 11, 223)}.${wholeBetween(random, 0, 255)}.${wholeBetween(random, 0, 255)}.${wholeBetween(random, 1, 254)}`;

const pagesOf = (kind: SimulatedService['kind'], random: Random): SimulatedService['pages'] => {
  const [count, up, down, spread] = (
    {
      dashboard: [24, 650, 9000, 1.3],
      api: [8, 420, 900, 0.9],
      database: [14, 180, 1400, 1.2],
      cache: [8, 70, 160, 0.8],
      dns: [6, 45, 130, 0.3],
    } as const
  )[kind];
  return Array.from({ length: count }, () => ({
    up: Math.round(around(random, up, 0.35)),
    down: Math.round(around(random, down, spread)),
  }));
};

/** A small cluster; every seed has other services, sizes and latencies. */
export const makeWorld = (random: Random): SimulatedWorld => ({
  services: COUNTS.flatMap(([kind, count], group) =>
    Array.from({ length: count }, (_, i) => ({
      kind,
      address: `10.1.${group}.${10 + i}`,
      port: kind === 'api' ? PORTS.api + i : PORTS[kind],
      pages: pagesOf(kind, random),
      serverUs: around(random, kind === 'dashboard' ? 15_000 : 3000, 0.7),
    })),
  ),
  pods: Array.from({ length: 30 }, (_, i) => `10.2.0.${10 + i}`),
  prober: '10.3.0.1',
  scraper: '10.2.9.9',
  visitors: Array.from({ length: 150 }, () => outsideAddress(random)),
  roundTripUs: between(random, 80, 500),
  outsideRoundTripUs: between(random, 8000, 45_000),
});

export const servicesOf = (world: SimulatedWorld, ...kinds: readonly SimulatedService['kind'][]): SimulatedService[] =>
  world.services.filter(({ kind }) => kinds.includes(kind));
