import { describe, expect, it } from '@jest/globals';
import { makeFlow } from '../../testing/flow-builders.ts';
import { chooseFeatures, featureValue, SIZE_FEATURES, STRICT_FEATURES, writeFeatures } from './catalogue.ts';

describe('chooseFeatures', () => {
  it.each([
    ['Timestamp', /clock/],
    ['Src IP', /addresses/],
    ['Destination IP', /addresses/],
    ['Flow ID', /addresses/],
    ['Dst Port', /ports/],
    ['Source Port', /ports/],
    ['FWD Init Win Bytes', /operating system/],
    ['Init_Win_bytes_backward', /operating system/],
    ['Label', /answer/],
    ['Family', /answer/],
    ['Protocol', /identity/],
    ['Shoe Size', /no flow statistic/],
  ])('refuses %s with its reason', (name, reason) => {
    expect(() => chooseFeatures(['Flow Duration', name])).toThrow(reason);
  });

  it('takes statistics in any style', () => {
    expect(chooseFeatures(['Tot Fwd Pkts', 'Max Packet Length']).map(({ name }) => name)).toEqual([
      'Total Fwd Packet',
      'Packet Length Max',
    ]);
  });
});

describe('STRICT_FEATURES', () => {
  it('are 77, of which the size features are 27 without copies', () => {
    expect(STRICT_FEATURES).toHaveLength(77);
    expect(SIZE_FEATURES).toHaveLength(27);
    expect(SIZE_FEATURES.map(({ name }) => name)).not.toContain('Average Packet Size');
  });
});

describe('featureValue', () => {
  const feature = (name: string) => chooseFeatures([name])[0]!;
  const numberOf = (name: string, value: number): number =>
    featureValue(feature(name), makeFlow({ statistics: { [name]: value } }).statistics);

  it('rounds sizes down to a quarter octave, so that a few bytes more are the same flow', () => {
    expect(numberOf('Total Length of Fwd Packet', 20_990)).toBe(numberOf('Total Length of Fwd Packet', 21_217));
    expect(Math.expm1(numberOf('Total Length of Fwd Packet', 100))).toBeCloseTo(2 ** (26 / 4) - 1, 10);
    expect(numberOf('Total Length of Fwd Packet', 100)).not.toBe(numberOf('Total Length of Fwd Packet', 200));
  });

  it('takes the signed logarithm of the others', () => {
    expect(numberOf('Flow IAT Min', -5)).toBeCloseTo(-Math.log(6), 12);
    expect(numberOf('Flow Duration', 1000)).toBeCloseTo(Math.log(1001), 12);
  });

  it('takes a gap for 0, and the largest number for a number', () => {
    expect(numberOf('Flow Bytes/s', Number.NaN)).toBe(0);
    expect(numberOf('Flow Duration', Number.MAX_VALUE)).toBeLessThan(1000);
  });
});

describe('writeFeatures', () => {
  it('gives the same numbers for the same statistics, whoever the peers are', () => {
    const one = new Float64Array(77);
    const two = new Float64Array(77);
    writeFeatures(STRICT_FEATURES, makeFlow({ source: 'a', sourcePort: 1, startMs: 5 }).statistics, one);
    writeFeatures(STRICT_FEATURES, makeFlow({ source: 'b', sourcePort: 2, startMs: 9 }).statistics, two);
    expect(one).toEqual(two);
  });
});
