/** What the smallest surprise of the last samples gives up to be believed: several in a row need not each be as rare as one. */
export const PLATEAUS = [
  { samples: 2, discount: 0.8 },
  { samples: 3, discount: 0.5 },
  { samples: 6, discount: 0.1 },
] as const;

/** Smallest surprise of the first `samples` signed ones from `at` on, when all lie on one side, else 0. */
const smallestOf = (signed: Float64Array, at: number, samples: number): number => {
  const sign = Math.sign(signed[at]!);
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < samples; i++) {
    const u = signed[at + i]! * sign;
    if (!(u > 0)) return 0;
    if (u < smallest) smallest = u;
  }
  return smallest;
};

/** What one metric that stays out is worth: the best of the plateaus, below 0 where there is none. */
export const plateauSurprise = (signed: Float64Array, at: number): number => {
  let best = Number.NEGATIVE_INFINITY;
  for (const { samples, discount } of PLATEAUS) {
    const u = smallestOf(signed, at, samples) - discount;
    if (u > best) best = u;
  }
  return best;
};

/** The mean of the three largest, or of all where there are fewer; NaN of nothing. Collect with `offer`. */
export interface LargestThree {
  first: number;
  second: number;
  third: number;
}

export const clearLargest = (largest: LargestThree): void => {
  largest.first = Number.NEGATIVE_INFINITY;
  largest.second = Number.NEGATIVE_INFINITY;
  largest.third = Number.NEGATIVE_INFINITY;
};

export const offer = (largest: LargestThree, x: number): void => {
  if (x > largest.first) {
    largest.third = largest.second;
    largest.second = largest.first;
    largest.first = x;
  } else if (x > largest.second) {
    largest.third = largest.second;
    largest.second = x;
  } else if (x > largest.third) largest.third = x;
};

/**
 * The mean of the three largest of both, of which at most two may be traffic: bytes and packets of both directions are different views of one burst, and a burst
 * of demand that nothing else of the workload feels is no fault. Where nothing else is measured, the third is traffic as well.
 */
export const meanOfWitnesses = (others: LargestThree, traffic: LargestThree): number => {
  if (others.first === Number.NEGATIVE_INFINITY) return meanOfLargest(traffic);
  offer(others, traffic.first);
  offer(others, traffic.second);
  return meanOfLargest(others);
};

export const meanOfLargest = ({ first, second, third }: LargestThree): number => {
  if (first === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (third > Number.NEGATIVE_INFINITY) return (first + second + third) / 3;
  return second > Number.NEGATIVE_INFINITY ? (first + second) / 2 : first;
};
