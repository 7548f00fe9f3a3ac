import { Registry } from 'prom-client';
import { PROCESS_METRICS, RECEIVER_METRICS } from '../../conventions/index.ts';
import { createSkippingClock } from '../../testing/skipping-clock.ts';
import { createInstruments } from '../../web/index.ts';
import { type RoundResult, runLoop } from './run-loop.ts';

/** Plays rounds: `fails` throws, `idle` says so, `works` does neither. Gives how often something was said. */
const saidOver = async (...rounds: readonly ('fails' | 'idle' | 'works')[]): Promise<readonly number[]> => {
  const registry = new Registry();
  const instruments = { ...createInstruments(PROCESS_METRICS, registry), ...createInstruments(RECEIVER_METRICS, registry) };
  const stop = new AbortController();
  const said: number[] = [];
  let round = -1;
  const work = async (): Promise<RoundResult> => {
    const what = rounds[++round];
    if (round >= rounds.length) stop.abort();
    if (what === 'fails') throw new Error('away');
    return what === 'idle' ? 'idle' : undefined;
  };
  await runLoop(
    { clock: createSkippingClock(0), log: { warn: () => void said.push(round) }, instruments, isOn: () => true },
    { loop: 'test', intervalMs: () => 1000 },
    work,
    stop.signal,
  );
  return said;
};

describe('runLoop', () => {
  it('says a failure once, and again after a round that worked', async () => {
    expect(await saidOver('fails', 'fails', 'works', 'fails')).toEqual([0, 3]);
  });

  it('does not take a round that tried nothing for the end of a failure', async () => {
    expect(await saidOver('fails', 'idle', 'fails', 'idle', 'works', 'idle', 'fails')).toEqual([0, 6]);
  });
});
