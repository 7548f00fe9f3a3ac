import { STATISTICS } from '../record/columns.ts';
import type { Conversation } from './service.ts';

/** What surrounds a flow, in the order of the vector. */
export const CONTEXT_NAMES = [
  'flows of this client to this port in 10 s',
  'flows of this client to this port in 60 s',
  'flows of this client in 10 s',
  'seconds since this client last served',
  'seconds since this pair last met',
  'failed',
] as const;
export const CONTEXT_WIDTH = CONTEXT_NAMES.length;
/** The last number is the flow's own and needs no surroundings. */
export const OWN_CONTEXT = CONTEXT_WIDTH - 1;

const SHORT_MS = 10_000;
const LONG_MS = 60_000;
/** Longer ago counts as this. */
const FORGET_MS = 600_000;
/** Clients and pairs that are remembered; in a scan every flow makes a new pair. */
const MAX_KEYS = 200_000;
/** Times kept per key: more than this many flows in a minute is the same as this many. */
const MAX_TIMES = 4096;
/** Of all keys together, 8 to 16 bytes each: beyond, as in a flood of many clients or a file whose clock stands still, each keeps fewer. */
const MAX_STORED = 500_000;
const LEAST_TIMES = 64;

const place = (name: string): number => STATISTICS.findIndex((column) => column.name === name);
const BACK = place('Total Bwd packets');
const RESETS = place('RST Flag Count');

/** No answer, or a reset. */
export const isFailed = (statistics: Float64Array): boolean => !(statistics[BACK]! > 0) || statistics[RESETS]! > 0;

export interface SeenFlow {
  /** Unix milliseconds. */
  readonly startMs: number;
  readonly conversation: Conversation;
  readonly isFailed: boolean;
}

export interface ContextWindow {
  /**
   * The surroundings of a flow, made of those that began before it, as log(1 + x); then it is one of them. Flows come in order of their start: a slightly
   * earlier one counts as now, and with a clock that goes back further than is remembered a new recording begins.
   */
  observe(flow: SeenFlow): Float64Array;
}

/** Rising times with the old ones cut off. */
interface Times {
  list: number[];
  from: number;
}

const countSince = ({ list, from }: Times, sinceMs: number): number => {
  let low = from;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < sinceMs) low = middle + 1;
    else high = middle;
  }
  return list.length - low;
};

/** Looks back on the last minutes of flows; memory is bounded whatever comes. Made anew for each recording. */
export const createContextWindow = ({ maxStored = MAX_STORED }: { readonly maxStored?: number } = {}): ContextWindow => {
  const byClient = new Map<string, Times>();
  const byClientPort = new Map<string, Times>();
  const lastServed = new Map<string, number>();
  const lastMet = new Map<string, number>();
  let nowMs = Number.NEGATIVE_INFINITY;
  let sweptMs = Number.NEGATIVE_INFINITY;
  let stored = 0;

  const timesOf = (map: Map<string, Times>, key: string): Times => {
    const known = map.get(key);
    if (known) return known;
    const gone = bound(map);
    if (gone) stored -= gone.list.length - gone.from;
    const fresh = { list: [], from: 0 };
    map.set(key, fresh);
    return fresh;
  };
  /** Forgets all but the last times of a key, and gives back the room of those. */
  const cut = (times: Times, from: number): void => {
    stored -= from - times.from;
    times.from = from;
    if (from <= times.list.length / 2) return;
    times.list = times.list.slice(from);
    times.from = 0;
  };
  const cutOld = (times: Times): void => {
    let { from } = times;
    while (times.list[from]! < nowMs - LONG_MS) from++;
    cut(times, from);
  };
  const add = (times: Times): void => {
    times.list.push(nowMs);
    stored++;
    cutOld(times);
    const most = stored > maxStored ? LEAST_TIMES : MAX_TIMES;
    if (times.list.length - times.from > most) cut(times, times.list.length - most);
  };
  /** A key whose last minute is empty is as good as none. */
  const sweep = (): void => {
    sweptMs = nowMs;
    for (const map of [byClient, byClientPort])
      for (const [key, times] of map) {
        cutOld(times);
        if (times.list.length === times.from) map.delete(key);
      }
  };
  const secondsSince = (map: Map<string, number>, key: string): number =>
    Math.min(FORGET_MS, nowMs - (map.get(key) ?? Number.NEGATIVE_INFINITY)) / 1000;
  const remember = (map: Map<string, number>, key: string): void => {
    if (!map.has(key)) bound(map);
    map.set(key, nowMs);
  };

  return {
    observe: ({ startMs, conversation, isFailed: hasFailed }) => {
      if (startMs < nowMs - FORGET_MS) {
        for (const map of [byClient, byClientPort, lastServed, lastMet]) map.clear();
        stored = 0;
        nowMs = startMs;
        sweptMs = startMs;
      } else if (startMs > nowMs) nowMs = startMs;
      if (nowMs - sweptMs > LONG_MS) sweep();
      const { client, service, port } = conversation;
      const ofClient = timesOf(byClient, client);
      const ofPort = timesOf(byClientPort, `${client} ${port}`);
      const pair = `${client} ${service}`;
      const context = Float64Array.of(
        countSince(ofPort, nowMs - SHORT_MS),
        countSince(ofPort, nowMs - LONG_MS),
        countSince(ofClient, nowMs - SHORT_MS),
        secondsSince(lastServed, client),
        secondsSince(lastMet, pair),
        hasFailed ? 1 : 0,
      );
      add(ofClient);
      add(ofPort);
      remember(lastServed, service);
      remember(lastMet, pair);
      return context.map(Math.log1p);
    },
  };
};

/** Makes room for one more and gives what had to go: the oldest entry, for a Map keeps the order in which keys came. */
const bound = <T>(map: Map<string, T>): T | undefined => {
  if (map.size < MAX_KEYS) return undefined;
  const [oldest] = map;
  if (!oldest) return undefined;
  map.delete(oldest[0]);
  return oldest[1];
};
