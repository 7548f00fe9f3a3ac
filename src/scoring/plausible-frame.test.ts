import { describe, expect, it } from '@jest/globals';
import { testFrame, testLayout } from '../testing/frames.ts';
import { LARGEST_VALUE, plausibleFrame } from './plausible-frame.ts';

const LAYOUT = testLayout('a', 'b');
const pod = (name: string, ...values: readonly number[]) => ({ pod: name, values: Float64Array.from(values) });

describe('plausibleFrame', () => {
  it('gives back a frame of measurements and gaps as it is', () => {
    const frame = testFrame(LAYOUT, 1, [LARGEST_VALUE, Number.NaN], { pods: [pod('p', -LARGEST_VALUE, 0)] });
    expect(plausibleFrame(frame)).toBe(frame);
  });

  it.each([1e31, -1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'leaves %d out, of the workload and of its pods',
    (absurd) => {
      const frame = testFrame(LAYOUT, 1, [absurd, 1], { pods: [pod('p', 2, absurd), pod('q', 3, 4)] });
      const { values, pods } = plausibleFrame(frame);
      expect(Array.from(values)).toEqual([Number.NaN, 1]);
      expect(pods?.map((one) => Array.from(one.values))).toEqual([
        [2, Number.NaN],
        [3, 4],
      ]);
      expect(frame.values[0]).toBe(absurd);
    },
  );
});
