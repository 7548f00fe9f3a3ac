import type { NoiseSpec } from './noise.ts';

/** Where the noise of a workload comes from. Streams of one list are multiplied. */
export interface NoiseProfile {
  readonly name: string;
  readonly description: string;
  /** What arrives at the workload: moves every metric of every pod together. */
  readonly demand: readonly NoiseSpec[];
  /** Share of the demand that one pod gets. */
  readonly balance: readonly NoiseSpec[];
  /** CPU time per request. */
  readonly cost: readonly NoiseSpec[];
  /** Bytes per request, on network and disk. */
  readonly traffic: readonly NoiseSpec[];
  readonly latency: readonly NoiseSpec[];
  /** Scrapes of one container that bring nothing: how often a gap begins, and its mean length in scrapes. */
  readonly gaps: { readonly perScrape: number; readonly meanScrapes: number };
  /** Benign, lasting changes of demand or cost: a new customer, a new configuration. Each is in the truth as `traffic_shift`. */
  readonly shiftsPerDay: number;
  /** Room that engineers who know this noise leave below limits, on top of the usual. */
  readonly headroom: number;
}

const minutes = (count: number): number => count * 60;

/** Steps that every profile has: no real system is smoother. */
const jitter = (sigma: number): NoiseSpec => ({ family: 'gaussian', sigma });
const RARE_GAPS = { perScrape: 0.0005, meanScrapes: 1.5 };

/** The noise of the simulator, as a table. Each workload gets one row by its seed. */
export const NOISE_PROFILES: readonly NoiseProfile[] = [
  {
    name: 'calm',
    description: 'Independent normal steps of a few percent. Many detectors look good here.',
    demand: [jitter(0.04)],
    balance: [jitter(0.03)],
    cost: [jitter(0.03)],
    traffic: [jitter(0.04)],
    latency: [jitter(0.05)],
    gaps: RARE_GAPS,
    shiftsPerDay: 0,
    headroom: 1,
  },
  {
    name: 'correlated',
    description: 'Demand wanders for half an hour and swings in a pseudo-cycle; costs wander slowly. Neighbouring samples agree.',
    demand: [
      { family: 'ar1', sigma: 0.16, tauSeconds: minutes(30) },
      { family: 'ar2', sigma: 0.08, periodSeconds: minutes(12), dampingSeconds: minutes(25) },
    ],
    balance: [{ family: 'ar1', sigma: 0.06, tauSeconds: minutes(20) }, jitter(0.03)],
    cost: [{ family: 'ar1', sigma: 0.08, tauSeconds: minutes(90) }, jitter(0.04)],
    traffic: [{ family: 'ar1', sigma: 0.1, tauSeconds: minutes(15) }, jitter(0.05)],
    latency: [{ family: 'ar1', sigma: 0.15, tauSeconds: minutes(10) }, jitter(0.06)],
    gaps: RARE_GAPS,
    shiftsPerDay: 0,
    headroom: 1.3,
  },
  {
    name: 'heavy_tailed',
    description: 'Student t with 3 degrees of freedom: a 10-sigma sample comes several times a day in some metric.',
    demand: [{ family: 'student_t', sigma: 0.1, degrees: 3 }],
    balance: [{ family: 'student_t', sigma: 0.06, degrees: 3 }],
    cost: [{ family: 'student_t', sigma: 0.08, degrees: 3 }],
    traffic: [{ family: 'student_t', sigma: 0.15, degrees: 3 }],
    latency: [{ family: 'student_t', sigma: 0.2, degrees: 3 }],
    gaps: RARE_GAPS,
    shiftsPerDay: 0,
    headroom: 1.4,
  },
  {
    name: 'bursty',
    description: 'Self-exciting bursts of demand that last minutes and double or triple the load; retries bring further ones.',
    demand: [
      { family: 'bursts', perDay: 14, branching: 0.45, decaySeconds: minutes(3), size: 0.5 },
      { family: 'ar1', sigma: 0.1, tauSeconds: minutes(20) },
    ],
    balance: [jitter(0.05)],
    cost: [{ family: 'log_normal', sigma: 0.06 }],
    traffic: [{ family: 'bursts', perDay: 10, branching: 0.3, decaySeconds: minutes(2), size: 0.4 }, jitter(0.05)],
    latency: [{ family: 'bursts', perDay: 20, branching: 0.3, decaySeconds: 45, size: 0.8 }, jitter(0.08)],
    gaps: RARE_GAPS,
    shiftsPerDay: 0,
    headroom: 2.2,
  },
  {
    name: 'multiplicative',
    description: 'Log-normal everywhere: spread grows with the level and is skewed to the right; few, large requests.',
    demand: [
      { family: 'log_normal', sigma: 0.25 },
      { family: 'ar1', sigma: 0.12, tauSeconds: minutes(45) },
    ],
    balance: [{ family: 'log_normal', sigma: 0.12 }],
    cost: [{ family: 'log_normal', sigma: 0.2 }],
    traffic: [{ family: 'log_normal', sigma: 0.4 }],
    latency: [{ family: 'log_normal', sigma: 0.35 }],
    gaps: RARE_GAPS,
    shiftsPerDay: 0,
    headroom: 1.7,
  },
  {
    name: 'gappy',
    description: 'Wandering demand, and containers that miss about one scrape in fifty, sometimes several in a row.',
    demand: [{ family: 'ar1', sigma: 0.12, tauSeconds: minutes(15) }, jitter(0.06)],
    balance: [jitter(0.06)],
    cost: [jitter(0.06)],
    traffic: [{ family: 'log_normal', sigma: 0.12 }],
    latency: [{ family: 'log_normal', sigma: 0.15 }],
    gaps: { perScrape: 0.01, meanScrapes: 2.5 },
    shiftsPerDay: 0,
    headroom: 1.3,
  },
  {
    name: 'shifting',
    description: 'Wandering demand whose level moves for good now and then: the benign change that nobody announces.',
    demand: [
      { family: 'ar1', sigma: 0.12, tauSeconds: minutes(20) },
      { family: 'student_t', sigma: 0.06, degrees: 4 },
    ],
    balance: [{ family: 'ar1', sigma: 0.05, tauSeconds: minutes(40) }, jitter(0.03)],
    cost: [jitter(0.05)],
    traffic: [{ family: 'ar1', sigma: 0.1, tauSeconds: minutes(10) }, jitter(0.06)],
    latency: [{ family: 'log_normal', sigma: 0.15 }],
    gaps: RARE_GAPS,
    shiftsPerDay: 0.25,
    headroom: 1.6,
  },
];

/** The row of that name. */
export const noiseProfile = (name: string): NoiseProfile => {
  const found = NOISE_PROFILES.find((profile) => profile.name === name);
  if (!found) throw new RangeError(`no noise profile is called ${name}`);
  return found;
};
