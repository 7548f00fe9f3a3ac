import { clearLargest, type LargestThree, meanOfWitnesses, offer } from './plateau.ts';

const largestOf = (...surprises: number[]): LargestThree => {
  const largest = { first: 0, second: 0, third: 0 };
  clearLargest(largest);
  for (const surprise of surprises) offer(largest, surprise);
  return largest;
};

describe('meanOfWitnesses', () => {
  it('takes the three largest of both', () => {
    expect(meanOfWitnesses(largestOf(3, 5, 1), largestOf(4))).toBe(4);
  });

  it('counts traffic at most twice: packets and bytes both ways are one burst', () => {
    expect(meanOfWitnesses(largestOf(0), largestOf(3, 3, 3, 3))).toBe(2);
  });

  it('counts a third view of traffic where nothing else is measured', () => {
    expect(meanOfWitnesses(largestOf(), largestOf(3, 2, 4))).toBe(3);
  });

  it('is the mean of fewer where there are fewer, and NaN of none', () => {
    expect(meanOfWitnesses(largestOf(1), largestOf(3))).toBe(2);
    expect(meanOfWitnesses(largestOf(2), largestOf())).toBe(2);
    expect(meanOfWitnesses(largestOf(), largestOf())).toBeNaN();
  });
});
