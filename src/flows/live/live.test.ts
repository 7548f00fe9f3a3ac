import { describe, expect, it } from '@jest/globals';
import { makeFlow } from '../../testing/flow-builders.ts';
import type { FlowDetector } from '../detect/judgement.ts';
import { createTableBuilder } from '../features/flow-table.ts';
import { SIZE_COLUMNS } from '../features/size-columns.ts';
import { parseAddressMap } from './address-map.ts';
import { createFlowWatch, type FlowFinding, type FlowWatch } from './flow-watch.ts';
import { lessonOf } from './verdict-lesson.ts';

const ENTRY = { address: '10.0.0.1', namespace: 'shop', kind: 'Deployment', workload: 'cart' };
const CART = { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' };

/** Says of every flow with a duration above 1000 that it is a scan. */
const detector: FlowDetector = {
  judge: ({ matrix, rows }) =>
    Array.from({ length: matrix.count }, (_, i) => {
      const isScan = matrix.data[i * matrix.width]! > Math.log(1002);
      return {
        score: isScan ? 2 : 0,
        family: isScan ? 'scan' : 'benign',
        reasons: () => [{ column: `row ${rows[i]}`, observed: 1, expected: 0, share: 1 }],
      };
    }),
};
const options = { allowedShare: 0.01, holdMs: 300_000, maxFindings: 3, maxWorkloads: 10 };
const feed = (watch: FlowWatch, count: number, isScan: boolean, startMs = 0): void => {
  const builder = createTableBuilder();
  for (let i = 0; i < count; i++) builder.add(makeFlow({ row: i, startMs, statistics: { 'Flow Duration': isScan ? 5000 : 10 } }));
  watch.take(builder.table());
};
const watchOf = (): FlowWatch => createFlowWatch(detector, parseAddressMap([ENTRY], 'map'), options);

describe('createFlowWatch', () => {
  it.each([
    [1, 1, 0.5],
    [2, 2, 0.926],
    [3, 3, 1.341],
    [1000, 10, 0.066],
    [1000, 30, 1.65],
    [500, 500, 5],
  ])('of %i flows with %i findings makes a part of %d', (flows, findings, wanted) => {
    const watch = watchOf();
    feed(watch, findings, true);
    feed(watch, flows - findings, false);
    expect(watch.partOf(CART, 0)!.value).toBeCloseTo(wanted, 2);
  });

  it('says how many there were, and how many are usual', () => {
    const watch = watchOf();
    feed(watch, 4, true);
    feed(watch, 96, false);
    expect(watch.partOf(CART, 0)!.contributor).toMatchObject({
      metric: 'flows_scan',
      observed: 4,
      expected: 1,
      unit: 'flows',
      detector: 'flows',
    });
  });

  it('forgets after the time a flow counts, and does not look ahead', () => {
    const watch = watchOf();
    feed(watch, 5, true, 1_000_000);
    expect(watch.partOf(CART, 980_000)).toBeUndefined();
    expect(watch.partOf(CART, 1_290_000)?.value).toBeGreaterThan(1);
    expect(watch.partOf(CART, 1_310_000)).toBeUndefined();
    expect(watch.partOf({ ...CART, workload: 'other' }, 1_000_000)).toBeUndefined();
  });

  it('keeps the newest findings with their reasons and workloads', () => {
    const watch = watchOf();
    feed(watch, 5, true);
    expect(watch.findings).toHaveLength(3);
    expect(watch.findings[0]).toMatchObject({ client: '10.0.0.1', family: 'scan', reasons: [{ column: 'row 4' }], workloads: [CART] });
  });
});

describe('lessonOf', () => {
  const findings = (): readonly FlowFinding[] => {
    const watch = createFlowWatch(detector, parseAddressMap([ENTRY], 'map'), { ...options, maxFindings: 100 });
    feed(watch, 25, true, 60_000);
    return watch.findings;
  };
  const verdict = { id: 'v1', key: CART, isConfirmed: true, fromSeconds: 0, toSeconds: 100, metrics: [] as string[] };
  const width = SIZE_COLUMNS.length;

  it('makes at most ten findings of the workload and time examples of the family that was named already', () => {
    const lesson = lessonOf(verdict, findings())!;
    expect(lesson).toMatchObject({ id: 'v1', family: 'scan' });
    expect(lesson.points).toHaveLength(10 * width);
  });

  it('takes the family that the verdict names, and makes a false alarm benign', () => {
    expect(lessonOf({ ...verdict, metrics: ['flows_worm'] }, findings())).toMatchObject({ family: 'worm' });
    expect(lessonOf({ ...verdict, isConfirmed: false }, findings())).toMatchObject({ family: '' });
  });

  it.each([
    ['another time', { fromSeconds: 70 }],
    ['another workload', { key: { ...CART, workload: 'other' } }],
    ['metrics and not flows', { metrics: ['cpu'] }],
  ])('says nothing of findings when it speaks of %s', (_, change) => {
    expect(lessonOf({ ...verdict, ...change }, findings())).toBeUndefined();
  });
});

describe('parseAddressMap', () => {
  it.each([
    [[{ ...ENTRY, namespace: 7 }], /must be a value of type string/],
    [[{ address: '10.0.0.1' }], /namespace is missing/],
    [[ENTRY, ENTRY], /10.0.0.1 is there twice/],
    [{ a: 1 }, /type array/],
  ])('refuses %j', (value, message) => {
    expect(() => parseAddressMap(value, 'map.yaml')).toThrow(message);
  });

  it('takes an empty file for an empty list', () => {
    expect(parseAddressMap(undefined, 'map')('10.0.0.1')).toBeUndefined();
  });
});
