import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../platform/index.ts';
import { openDirectSession } from '../../testing/direct-session.ts';
import { makeFlow } from '../../testing/flow-builders.ts';
import { openFlowDetector } from '../detect/open-detector.ts';
import { fitSequence } from '../detect/sequence.ts';
import { createTableBuilder, type FlowTable } from '../features/flow-table.ts';
import type { CurvePoint } from '../measure/training-curve.ts';
import { formatFlowModel, parseFlowModel } from '../model/model-file.ts';
import { simulateFlows } from '../simulate/simulate.ts';
import { forwardCLstm } from './c-lstm-forward.ts';
import { createEndpointWindows, STEP_WIDTH, WINDOW_LENGTH } from './endpoint-windows.ts';
import { windowsOf } from './label-windows.ts';
import { attackLogit, judgeWindows, trainSequence } from './train-sequence.ts';

const hour = (seed: number, episodes: readonly string[] = ['syn_flood', 'flash_crowd']): FlowTable => {
  const builder = createTableBuilder({ family: 0 });
  for (const flow of simulateFlows(seededRandom(seed), { startMs: 1e12, hours: 0.1, episodes }).flows) builder.add(flow);
  return builder.table();
};

describe('createEndpointWindows', () => {
  const tableOf = (services: readonly string[]): FlowTable => {
    const builder = createTableBuilder();
    for (const [row, destination] of services.entries())
      builder.add(
        makeFlow({
          row,
          destination,
          startMs: row * 1000,
          source: row < 4 ? '10.0.0.1' : `10.0.1.${row}`,
          statistics: { 'Flow Duration': 1000 },
        }),
      );
    return builder.table();
  };

  it('gives windows of one service that do not overlap, in order', () => {
    const table = tableOf(Array.from({ length: 70 }, (_, i) => (i % 2 === 0 ? 'a' : 'b')));
    const windows = windowsOf(table);
    expect(windows.map(({ endpoint, rows }) => [endpoint, rows[0], rows.at(-1)])).toEqual([
      ['a', 0, 30],
      ['b', 1, 31],
      ['a', 32, 62],
      ['b', 33, 63],
    ]);
  });

  it('compares neighbours instead of reading addresses', () => {
    const table = tableOf(Array.from({ length: WINDOW_LENGTH }, () => 'a'));
    const { data } = windowsOf(table)[0]!;
    const extras = (step: number): number[] => [...data.subarray((step + 1) * STEP_WIDTH - 4, (step + 1) * STEP_WIDTH)];
    expect(extras(0)).toEqual([0, 0, 0, 1]);
    expect(extras(3)).toEqual([expect.closeTo(Math.log(2), 5), 1, 1, 0.25]);
    expect(extras(4)[3]).toBeCloseTo(0.4, 6);
  });

  it('remembers a bounded number of services', () => {
    const windows = createEndpointWindows();
    const table = tableOf(Array.from({ length: 20_000 }, (_, i) => `s${i}`));
    for (let row = 0; row < 20_000; row++) expect(windows.add(table, row)).toBeUndefined();
  });
});

describe('forwardCLstm', () => {
  it('gives the numbers that the runtime gives', async () => {
    const random = seededRandom(5);
    const windows = Array.from({ length: 3 }, () => Float32Array.from({ length: WINDOW_LENGTH * STEP_WIDTH }, () => 4 * random() - 2));
    const scaler = { means: new Float64Array(STEP_WIDTH), deviations: new Float64Array(STEP_WIDTH).fill(1) };
    const examples = windows.map((data, i) => ({ data, label: i }));
    const { weights } = await trainSequence({ open: openDirectSession, random, effort: 0.002 }, 'c-lstm', examples, 3);
    const there = await judgeWindows(openDirectSession, 'c-lstm', { scaler, weights }, windows, 3);
    const here = windows.map((window) => attackLogit(forwardCLstm(weights, window, 3)));
    here.forEach((logit, i) => {
      expect(logit).toBeCloseTo(there[i]!, 3);
    });
  });
});

describe('fitSequence', () => {
  it('finds a flood on another seed, is quiet otherwise, and survives its file', async () => {
    const curve: CurvePoint[] = [];
    const onCurve = (point: CurvePoint): void => void curve.push(point);
    const model = await fitSequence({ open: openDirectSession, random: seededRandom(1), effort: 0.05, onCurve }, hour(1));
    expect([curve[0]!.step, curve.at(-1)!.step]).toEqual([0, 120]);
    for (const part of ['train', 'unseen'] as const) expect(curve.at(-1)![part]).toBeLessThan(curve[0]![part] / 2);
    const training = { dataSha256: '', files: [], benignFlows: 1, attackFlows: {}, seed: 1, audit: [] };
    const detector = openFlowDetector(parseFlowModel(formatFlowModel({ version: 'v', training, model }), 'file').model);
    const table = hour(2);
    const judged = detector.judge(table);
    const share = (isAttack: boolean): number => {
      const rows = judged.filter((_, i) => (table.families[i] !== '') === isAttack);
      return rows.filter(({ score }) => score >= 1).length / rows.length;
    };
    expect(share(true)).toBeGreaterThan(0.9);
    expect(share(false)).toBeLessThan(0.05);
    const found = judged.find(({ score }) => score >= 1)!;
    expect(found.family).toBe('syn_flood');
    expect(found.reasons()).toHaveLength(3);
    // A training and two simulated stretches: seconds of CPU, which a machine with other work stretches.
  }, 240_000);

  it('refuses flows in which no attack fills a window', async () => {
    const nothing = fitSequence({ open: openDirectSession, random: seededRandom(1) }, hour(1, ['flash_crowd']));
    await expect(nothing).rejects.toThrow('no attack fills a window of 16 flows to one service');
  });
});
