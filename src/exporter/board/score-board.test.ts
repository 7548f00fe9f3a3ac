import { describe, expect, it } from '@jest/globals';
import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { aContributor, aFrame, aKey, aScore, notReadyScore } from '../../testing/score-builders.ts';
import { type BoardLimits, createScoreBoard } from './score-board.ts';

const create = (limits: Partial<BoardLimits> = {}) => {
  const forgotten: string[] = [];
  const inForce: BoardLimits = { maxWorkloads: 10, goneAfterMs: 150_000, forgetAfterMs: 3_600_000, ...limits };
  const board = createScoreBoard(
    { forget: (key: WorkloadKey) => forgotten.push(key.workload) },
    { historySlots: 10, valueSlots: 5, maxHistoryBytes: 1_000_000, maxExplainedScores: 100, limits: () => inForce },
  );
  const put = (workload: string, timeMs: number, value = 0.1) => {
    const key = aKey(workload);
    const frames = board.admit([aFrame({ key, timeMs })]).frames;
    board.record(
      frames,
      frames.map(() => (Number.isNaN(value) ? notReadyScore({ key, timeMs }) : aScore({ key, timeMs, value }))),
    );
  };
  return { board, put, forgotten, limits: inForce as { -readonly [K in keyof BoardLimits]: BoardLimits[K] } };
};
const names = (board: ReturnType<typeof create>['board']) => board.entries().map(({ key }) => key.workload);
const idOf = (workload: string) => workloadId(aKey(workload));

describe('createScoreBoard', () => {
  it('keeps the newest score and counts what is ready and anomalous', () => {
    const { board, put } = create();
    put('cart', 1000, 0.2);
    put('cart', 2000, 1);
    put('web', 2000, Number.NaN);
    expect(board.get(idOf('cart'))?.score.value).toBe(1);
    expect(board.counts()).toEqual({ expected: 2, scored: 1, anomalous: 1 });
  });

  it('ignores a frame that is not newer', () => {
    const { board, put } = create();
    put('cart', 2000, 0.2);
    put('cart', 2000, 3);
    put('cart', 1000, 3);
    expect(board.get(idOf('cart'))?.score.value).toBe(0.2);
  });

  it('ends a workload without data after the limit and keeps its past for a while', () => {
    const { board, put, forgotten } = create();
    put('cart', 1000);
    put('web', 1000);
    put('web', 152_000);
    expect(board.sweep(152_000).vanished.map(({ workload }) => workload)).toEqual(['cart']);
    expect(names(board)).toEqual(['web']);
    expect(board.points(idOf('cart'), 0, 1e9)).toHaveLength(1);
    expect(board.sweep(152_000).vanished).toEqual([]);
    expect(forgotten).toEqual([]);
    board.sweep(3_700_000);
    expect(forgotten).toEqual(['cart']);
    expect(board.get(idOf('cart'))).toBeUndefined();
  });

  it('waits longer for a workload whose frames come more slowly than the limit', () => {
    const { board, put } = create();
    put('slow', 0);
    put('slow', 100_000);
    expect(board.sweep(399_000).vanished).toEqual([]);
    expect(board.sweep(401_000).vanished).toHaveLength(1);
  });

  it('takes a workload back that had gone', () => {
    const { board, put } = create();
    put('cart', 1000);
    board.sweep(400_000);
    put('cart', 400_000);
    expect(names(board)).toEqual(['cart']);
  });

  it('leaves workloads beyond the cap out and lets them in when there is room', () => {
    const { board, put, forgotten } = create({ maxWorkloads: 2 });
    for (const name of ['a', 'b', 'c']) put(name, 1000);
    expect(names(board)).toEqual(['a', 'b']);
    put('b', 200_000);
    board.sweep(200_000);
    put('c', 200_000);
    expect(names(board)).toEqual(['b', 'c']);
    expect(forgotten).toEqual(['a']);
  });

  it('counts the frames of one instant that found no room', () => {
    const { board } = create({ maxWorkloads: 2 });
    const frames = ['a', 'b', 'c', 'd'].map((name) => aFrame({ key: aKey(name) }));
    expect(board.admit(frames)).toMatchObject({ capped: 2, frames: frames.slice(0, 2) });
  });

  it('keeps the cap when several instants are admitted before the first is recorded', () => {
    const { board } = create({ maxWorkloads: 2 });
    const admit = (...keys: string[]) => board.admit(keys.map((name) => aFrame({ key: aKey(name) }))).frames.map(({ key }) => key.workload);
    expect(admit('a')).toEqual(['a']);
    expect(admit('a', 'b', 'c')).toEqual(['a', 'b']);
  });

  it('lets the latest go when the cap is lowered', () => {
    const { board, put, limits } = create();
    for (const name of ['a', 'b', 'c']) put(name, 1000);
    limits.maxWorkloads = 1;
    put('a', 2000);
    expect(names(board)).toEqual(['a']);
  });

  it('takes the newest scores of an earlier run up, and goes on from there', () => {
    const { board, put } = create();
    board.restore(
      [
        {
          key: aKey('cart'),
          recent: [
            [1000, 0.25],
            [3000, 2],
          ],
        },
        { key: aKey('web'), recent: [[2000, 0.5]] },
        { key: aKey('new'), recent: [] },
      ],
      'test-1',
    );
    expect(names(board)).toEqual(['cart', 'web']);
    expect(board.points(idOf('cart'), 0, 1e9)).toEqual([
      { timeMs: 1000, score: 0.25 },
      { timeMs: 3000, score: 2 },
    ]);
    expect(board.get(idOf('cart'))?.score).toMatchObject({ value: 2, ready: true, contributors: [] });
    put('cart', 4000, 0.1);
    expect(board.peakSince(idOf('cart'), 0)).toBe(2);
    expect(board.get(idOf('cart'))?.score.value).toBe(0.1);
  });

  it('begins the past anew after the clock was set back, and keeps the workloads', () => {
    const { board, put, forgotten } = create();
    put('cart', 10_000_000);
    board.clearHistory(1000);
    board.sweep(1000);
    put('cart', 2000, 0.7);
    expect(board.points(idOf('cart'), 0, 1e9)).toHaveLength(1);
    expect(board.get(idOf('cart'))?.score.value).toBe(0.7);
    expect(forgotten).toEqual([]);
  });

  it('remembers scores that carry contributors', () => {
    const { board } = create();
    const score = aScore({ timeMs: 1000, value: 2, contributors: [aContributor()] });
    board.record([aFrame({ timeMs: 1000 })], [score]);
    expect(board.explained(idOf('cart'))).toEqual([score]);
  });

  it('changes its version with every change, and only then', () => {
    const { board, put } = create();
    const before = board.version;
    put('cart', 1000);
    const after = board.version;
    expect(after).toBeGreaterThan(before);
    board.sweep(1000);
    expect(board.version).toBe(after);
  });
});
