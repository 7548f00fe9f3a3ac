import type { UnitClass } from '../conventions/index.ts';

/** First match wins, so the narrow patterns stand first. */
const PATTERNS: readonly (readonly [RegExp, UnitClass])[] = [
  // What a node does is context inside a pod's score; node entities get their classes from the catalogue instead.
  [/^node_/, 'context'],
  [/success|availability/, 'success_ratio'],
  [/error.*ratio/, 'error_ratio'],
  [/(throttled|pressure|stalled).*ratio/, 'stall_ratio'],
  [/memory.*(ratio|utilization|utilisation)/, 'memory_ratio'],
  // Before memory bytes: the rate of a memory gauge is a rate.
  [/bytes_per_second/, 'bytes_per_second'],
  [/memory.*bytes/, 'memory_bytes'],
  [/syscall/, 'syscalls'],
  [/requests_per_second/, 'requests_per_second'],
  [/per_second|_rate(_|$)/, 'per_second'],
  [/latency|duration|_seconds$/, 'seconds'],
  [/cpu.*cores/, 'cpu_cores'],
  [/ratio|utilization|utilisation|_cpu_/, 'ratio'],
];

/** The class of a metric that nothing but its name is known of: recordings and user features without a class. */
export const unitClassOf = (metricName: string): UnitClass => PATTERNS.find(([pattern]) => pattern.test(metricName))?.[1] ?? 'other';

/** Unit for people, by class. */
export const unitOf = (unitClass: UnitClass): string => UNITS[unitClass];

const UNITS: Readonly<Record<UnitClass, string>> = {
  context: '',
  cpu_cores: 'cores',
  ratio: 'ratio',
  memory_ratio: 'ratio',
  memory_bytes: 'bytes',
  seconds: 's',
  bytes_per_second: 'bytes/s',
  syscalls: 'calls',
  requests_per_second: 'requests/s',
  per_second: '1/s',
  success_ratio: 'ratio',
  error_ratio: 'ratio',
  stall_ratio: 'ratio',
  other: '',
};
