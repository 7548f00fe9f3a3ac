import { describe, expect, it } from '@jest/globals';
import { createTerminal } from './terminal.ts';
import type { DemoMoment } from './terminal-view.ts';

const written = (isTTY: boolean) => {
  const parts: string[] = [];
  const terminal = createTerminal({ write: (text: string) => parts.push(text), isTTY, columns: 100 });
  return { terminal, parts };
};
const moment = (value: number): DemoMoment => {
  const key = { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' };
  return {
    nowMs: 60_000,
    behindMs: 0,
    speed: 1,
    waiting: undefined,
    truth: [],
    scores: [
      {
        key,
        score: { key, timeMs: 60_000, value, ready: true, margin: value, contributors: [], detector: '', damped: false, modelVersion: '' },
      },
    ],
  };
};

describe('createTerminal', () => {
  it('draws the table over the one before on a terminal', () => {
    const { terminal, parts } = written(true);
    terminal.show(moment(0.2));
    const lines = (parts.at(-1) as string).split('\n').length - 1;
    terminal.show(moment(0.3));
    expect(parts).toContain(`\u001b[${lines}F\u001b[0J`);
  });

  it('writes one line per change, and nothing else, into a pipe', () => {
    const { terminal, parts } = written(false);
    for (const value of [0.2, 1.4, 1.5, 0.4, 0.3]) terminal.show(moment(value));
    expect(parts).toEqual(['00:01:00 shop/cart is anomalous: score 1.40\n', '00:01:00 shop/cart is back below 1\n']);
  });
});
