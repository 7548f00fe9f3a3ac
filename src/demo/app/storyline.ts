import { type ScenarioKind, scenarioNamed } from '../simulator/scenarios.ts';

/** A scenario that the demo begins by itself. */
export interface StoryEvent {
  readonly kind: ScenarioKind;
  /** Absent = any workload that suits. */
  readonly workload?: string;
  /** Wall seconds after the demo has started. */
  readonly atSeconds: number;
}

/** What a visitor sees: an attack within seconds, then its relatives, with harmless look-alikes between. */
export const STORYLINE: readonly StoryEvent[] = [
  { kind: 'miner', workload: 'frontend', atSeconds: 8 },
  { kind: 'rollout', workload: 'catalog', atSeconds: 40 },
  { kind: 'exfiltration', workload: 'checkout', atSeconds: 60 },
  { kind: 'crash_loop', workload: 'cart', atSeconds: 95 },
  { kind: 'scan', workload: 'mailer', atSeconds: 130 },
  { kind: 'disk_pressure', atSeconds: 160 },
];

/** Once it has caught up with the wall clock, a scenario begins every quarter of an hour, in this order. */
export const ENCORE: readonly ScenarioKind[] = [
  'exfiltration',
  'new_replica',
  'flood',
  'miner',
  'rollout',
  'crash_loop',
  'scan',
  'leak',
  'restart',
  'throttling',
];
export const ENCORE_EVERY_MS = 900_000;

// NAME, then optionally :WORKLOAD and @SECONDS.
const STORY_EVENT = /^([a-z_-]+)(?::([a-z0-9-]+))?(?:@(\d+))?$/;
const DEFAULT_AT_SECONDS = 8;

/** `NAME[:WORKLOAD][@SECONDS]` as given on the command line; undefined where it is none. */
export const parseStoryEvent = (text: string): StoryEvent | undefined => {
  const [, name, workload, seconds] = STORY_EVENT.exec(text) ?? [];
  const kind = scenarioNamed(name ?? '');
  if (!kind) return undefined;
  return { kind, atSeconds: seconds === undefined ? DEFAULT_AT_SECONDS : Number(seconds), ...(workload === undefined ? {} : { workload }) };
};
