import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCatalog } from '../../src/features/index.ts';
import { currentVersion, readRegistry } from '../../src/learning/index.ts';
import { seededRandom, systemClock } from '../../src/platform/index.ts';
import { recordTrainingData } from '../../src/training/record-training-data.ts';
import { runTraining } from '../../src/training/run-training.ts';
import { clusterSeries, createMemorySource, STEP_MS } from './recorder-fixture.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellwether-training-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Two workloads, 2,000 minutes. */
const recording = (): string => {
  const random = seededRandom(1);
  const lines = ['a', 'b'].flatMap((workload) =>
    Array.from(
      { length: 2000 },
      (_, i) => `load{namespace="n",workload="${workload}"} ${10 + Math.sin(i / 9) + random()} ${1_700_000_000 + 60 * i}`,
    ),
  );
  return ['# TYPE load gauge', ...lines, '# EOF', ''].join('\n');
};

const STEPS = 300;
const train = async (out: string, signal?: AbortSignal) => {
  const told: string[] = [];
  const files = [{ data: join(dir, 'r.om') }];
  const result = await runTraining(
    { clock: systemClock, tell: (line) => void told.push(line) },
    { files, out: join(dir, out), steps: STEPS, seed: 1, licence: 'own' },
    signal,
  );
  return { result, told };
};

/** Aborts as soon as a run has kept its first state. */
const abortAtFirstState = (out: string): AbortSignal => {
  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const [run] = await readdir(join(dir, out, 'runs')).catch(() => []);
      if (run !== undefined && (await readdir(join(dir, out, 'runs', run))).includes('state.bin')) stop.abort();
      await systemClock.sleep(5);
    }
  };
  void watch();
  return stop.signal;
};

describe('runTraining', () => {
  it('ends at the same model when it was stopped and taken up again, and promotes no equal one', async () => {
    await writeFile(join(dir, 'r.om'), recording());
    const whole = await train('whole');
    expect(whole.result).toMatchObject({ isPromoted: true, curve: [{ step: 100 }, { step: 200 }, { step: 300 }] });

    await expect(train('stopped', abortAtFirstState('stopped'))).rejects.toThrow('aborted');
    const resumed = await train('stopped');
    expect(resumed.told.join()).toContain('taken up after step');
    expect(resumed.result).toEqual(whole.result);

    const again = await train('stopped');
    expect(again.result).toMatchObject({ version: whole.result.version, isPromoted: false });
    const registry = await readRegistry(join(dir, 'stopped'));
    expect(currentVersion(registry)).toBe(whole.result.version);
    expect(registry.entries).toHaveLength(1);
    const [run] = await readdir(join(dir, 'stopped', 'runs'));
    expect(JSON.parse(await readFile(join(dir, 'stopped', 'runs', run!, 'run.json'), 'utf8'))).toMatchObject({
      seed: 1,
      steps: STEPS,
      licence: 'own',
    });
  });

  it('says that a recording is too short', async () => {
    await writeFile(
      join(dir, 'r.om'),
      '# TYPE load gauge\nload{namespace="n",workload="a"} 1 1\nload{namespace="n",workload="a"} 2 61\n# EOF\n',
    );
    await expect(train('x')).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('enough usual samples') });
  });
});

describe('recordTrainingData', () => {
  const HOUR_MS = 3_600_000;
  const NOW_MS = 1_704_870_000_000 + 10 * 60_000;
  const HOURS = 8;
  const series = clusterSeries(NOW_MS - 10 * HOUR_MS, (10 * HOUR_MS) / STEP_MS, { fromMs: 0, toMs: 0 });
  const recordAt = async (nowMs: number, onSlice?: () => void) => {
    const told: string[] = [];
    const path = await recordTrainingData(
      {
        source: createMemorySource(series, onSlice),
        catalog: defaultCatalog(),
        clock: { ...systemClock, nowMs: () => nowMs },
        tell: (line) => void told.push(line),
      },
      { out: dir, hours: HOURS, stepMs: 60_000, sourceName: 'memory' },
      new AbortController().signal,
    );
    return { path, told: told.join('; ') };
  };

  it('records the last full hours of a server, goes on after a stop, and uses what is there', async () => {
    let slices = 0;
    const fail = (): void => {
      if (++slices > 20) throw new Error('the server went away');
    };
    await expect(recordAt(NOW_MS, fail)).rejects.toThrow();
    // An hour later the stopped one is finished first.
    const { path, told } = await recordAt(NOW_MS + HOUR_MS);
    expect(path).toBe(join(dir, 'recordings', `prometheus-${1_704_870_000 - HOURS * 3600}-1704870000.om.gz`));
    expect(told).toContain('continuing prometheus-');
    expect((await recordAt(NOW_MS)).told).toContain('is there already');
    const options = { files: [{ data: path }], out: join(dir, 'models'), steps: 100, seed: 1, licence: 'own' };
    const result = await runTraining({ clock: systemClock, tell: () => undefined }, options);
    expect(result.isPromoted).toBe(true);
  });
});
