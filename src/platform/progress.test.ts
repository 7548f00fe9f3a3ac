import { PassThrough } from 'node:stream';
import { createProgress } from './progress.ts';

const capture = (isTTY: boolean) => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const read = (): string => String(stream.read() ?? '');
  return { stream, read };
};

describe('createProgress', () => {
  it('writes a line every ten seconds where there is no terminal', () => {
    let nowMs = 0;
    const { stream, read } = capture(false);
    const progress = createProgress({ label: 'scoring', total: 200, stream, clock: { monotonicMs: () => nowMs } });
    for (const [atMs, done] of [
      [4_000, 20],
      [10_000, 50],
      [15_000, 60],
      [20_000, 100],
    ] as const) {
      nowMs = atMs;
      progress.update(done);
    }
    progress.stop();
    expect(read()).toBe('scoring: 25 % after 10 s, about 30 s left\nscoring: 50 % after 20 s, about 20 s left\n');
  });

  it('draws a bar on a terminal and clears it at the end', () => {
    const { stream, read } = capture(true);
    const progress = createProgress({ label: 'reading', total: 10, stream });
    progress.update(5);
    progress.stop();
    expect(read()).toContain('reading');
  });
});
