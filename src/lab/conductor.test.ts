import type { Clock, KubernetesObject } from '../platform/index.ts';
import { runConductor } from './conductor.ts';
import { deriveSchedule } from './drill-schedule.ts';

/** A clock whose sleeps take no time. */
const quickClock = (): Clock => {
  let now = 1_790_000_000_000;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  return { nowMs: () => now, monotonicMs: () => now, sleep };
};

const setUp = (refuse = false) => {
  const clock = quickClock();
  const done: string[] = [];
  const lines: string[] = [];
  const schedule = deriveSchedule({ startMs: clock.nowMs(), warmUpMs: 5_000, actMs: 3_000, restMs: 2_000 });
  const cluster = {
    apply: async <T extends KubernetesObject>(object: T): Promise<T> => {
      done.push(`apply ${object.metadata.name} ${(object.data as Record<string, string>)['phases.json'] ?? ''}`);
      return object;
    },
    delete: async ({ kind, name }: { kind: string; name: string }): Promise<void> => {
      if (refuse) throw new Error('forbidden');
      done.push(`delete ${kind} ${name}`);
    },
  };
  const run = (signal = new AbortController().signal, inCluster = true): Promise<string> =>
    runConductor(
      { clock, cluster: inCluster ? cluster : undefined, say: (line) => lines.push(line) },
      { schedule, namespace: 'lab', prefix: 'lab' },
      signal,
    );
  return { run, done, lines, clock, schedule };
};

describe('runConductor', () => {
  it('tells begin and end of every act, keeps the phase file, and takes the members away', async () => {
    const { run, done, lines } = setUp();
    const text = await run();
    expect(lines.slice(0, 4)).toEqual(['begin of load', 'end of load', 'begin of miner', 'end of miner']);
    expect(done[0]).toBe(`apply lab-phases ${text}`);
    expect(done.slice(1)).toEqual(['delete Deployment lab-web', 'delete Deployment lab-client', 'delete Deployment lab-batch']);
    expect((JSON.parse(text) as { phases: unknown[] }).phases).toHaveLength(5);
  });

  it('does the same when it is stopped early, with what has ended', async () => {
    const { run, done } = setUp();
    const stop = new AbortController();
    stop.abort();
    expect(JSON.parse(await run(stop.signal))).toMatchObject({ phases: [] });
    expect(done).toHaveLength(4);
  });

  it('touches no cluster where it is told of none', async () => {
    const { run, done } = setUp();
    await run(undefined, false);
    expect(done).toEqual([]);
  });

  it('tries to take all of them away before it says that it could not', async () => {
    const { run, done } = setUp(true);
    await expect(run()).rejects.toThrow('the lab could not be taken away');
    expect(done).toHaveLength(1);
  });
});
