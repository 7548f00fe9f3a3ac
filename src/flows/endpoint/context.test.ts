import { describe, expect, it } from '@jest/globals';
import { makeFlow } from '../../testing/flow-builders.ts';
import { createContextWindow, isFailed, type SeenFlow } from './context.ts';
import { conversationOf } from './service.ts';

const seen = (second: number, client: string, service: string, port = 80, hasFailed = false): SeenFlow => ({
  startMs: second * 1000,
  conversation: { client, service, port },
  isFailed: hasFailed,
});
const plain = (context: Float64Array): number[] => [...context].map((x) => Math.round(Math.expm1(x)));

describe('conversationOf', () => {
  it.each([
    [40_000, 80, { client: 'a', service: 'b', port: 80 }],
    [80, 40_000, { client: 'b', service: 'a', port: 80 }],
    [0, 0, { client: 'a', service: 'b', port: 0 }],
    [5353, 5353, { client: 'a', service: 'b', port: 5353 }],
    [443, 0, { client: 'b', service: 'a', port: 443 }],
  ])('with ports %i and %i', (sourcePort, destinationPort, wanted) => {
    expect(conversationOf({ source: 'a', sourcePort, destination: 'b', destinationPort })).toEqual(wanted);
  });
});

describe('createContextWindow', () => {
  it('counts what began before, in ten seconds and in a minute', () => {
    const window = createContextWindow();
    for (const second of [0, 30, 55, 56]) window.observe(seen(second, 'a', 'b'));
    window.observe(seen(57, 'a', 'b', 443));
    expect(plain(window.observe(seen(60, 'a', 'c', 80, true)))).toEqual([2, 4, 3, 600, 600, 1]);
  });

  it('knows when the client last served, and when the pair last met', () => {
    const window = createContextWindow();
    window.observe(seen(0, 'b', 'a'));
    window.observe(seen(5, 'a', 'b'));
    expect(plain(window.observe(seen(20, 'a', 'b')))).toEqual([0, 1, 0, 20, 15, 0]);
  });

  it('takes a slightly earlier flow for one of now, and begins anew when the clock goes back far', () => {
    const window = createContextWindow();
    window.observe(seen(1000, 'a', 'b'));
    expect(plain(window.observe(seen(998, 'a', 'b')))).toEqual([1, 1, 1, 600, 0, 0]);
    expect(plain(window.observe(seen(10, 'a', 'b')))).toEqual([0, 0, 0, 600, 600, 0]);
  });

  it('remembers less of each client where all have very many, until their minute is over', () => {
    const window = createContextWindow({ maxStored: 3000 });
    const countAt = (second: number): number => {
      for (let i = 0; i < 1000; i++) window.observe(seen(second, 'a', 'b'));
      return plain(window.observe(seen(second, 'a', 'b')))[0]!;
    };
    expect(countAt(5)).toBe(1000);
    for (let i = 0; i < 1500; i++) window.observe(seen(6, `c${i}`, 'b'));
    expect(countAt(7)).toBe(64);
    expect(countAt(100)).toBe(1000);
  });

  it('does not look at the flow itself but for its own failure', () => {
    expect(plain(createContextWindow().observe(seen(5, 'a', 'b', 80, true)))).toEqual([0, 0, 0, 600, 600, 1]);
  });
});

describe('isFailed', () => {
  it.each([
    [{ 'Total Bwd packets': 0 }, true],
    [{ 'RST Flag Count': 1 }, true],
    [{}, false],
  ])('says of %j %p', (statistics, failed) => {
    expect(isFailed(makeFlow({ statistics }).statistics)).toBe(failed);
  });
});
