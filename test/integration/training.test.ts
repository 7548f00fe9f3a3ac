import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateCommand } from '../../src/evaluation/main.ts';
import { defaultCatalog } from '../../src/features/index.ts';
import { currentVersion, readRegistry } from '../../src/learning/index.ts';
import { seededRandom, systemClock } from '../../src/platform/index.ts';
import { recordTrainingData } from '../../src/training/record-training-data.ts';
import { retrainCommand } from '../../src/training/retrain/retrain-command.ts';
import { runTraining } from '../../src/training/run-training.ts';
import { STAGES, type StageRecord } from '../../src/training/stages.ts';
import { runSupervised } from '../../src/training/supervised/run-supervised.ts';
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

  it('ends at the same model when it was killed at each of its stages', async () => {
    await writeFile(join(dir, 'r.om'), recording());
    const whole = await train('whole');
    const args = [
      '--import',
      'tsx',
      'src/main.ts',
      'train',
      '--from',
      join(dir, 'r.om'),
      '--out',
      join(dir, 'killed'),
      '--steps',
      `${STEPS}`,
    ];
    /** Runs the command until it tells of a stage, then kills it as hard as it can be. */
    const killAt = (stage: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes(`stage ${stage}:`)) child.kill('SIGKILL');
        });
        child.on('error', reject);
        child.on('exit', (code) =>
          code === null ? resolve() : reject(new Error(`ended by itself with ${code} before ${stage}: ${text}`)),
        );
      });
    for (const stage of STAGES.filter((name) => name !== 'register')) await killAt(stage);
    const { result } = await train('killed');
    expect(result).toEqual(whole.result);
    const [run] = await readdir(join(dir, 'killed', 'runs'));
    const { stages } = JSON.parse(await readFile(join(dir, 'killed', 'runs', run!, 'run.json'), 'utf8')) as { stages: StageRecord[] };
    expect(stages.map(({ stage }) => stage)).toEqual([...STAGES]);
    expect(stages[0]!.rows).toBe(4000);
    expect((await readRegistry(join(dir, 'killed'))).history).toHaveLength(1);
  }, 180_000);

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
  const recordAt = async (nowMs: number, onSlice?: () => void, stepMs = 60_000) => {
    const told: string[] = [];
    const path = await recordTrainingData(
      {
        source: createMemorySource(series, onSlice),
        catalog: defaultCatalog(),
        clock: { ...systemClock, nowMs: () => nowMs },
        tell: (line) => void told.push(line),
      },
      { out: dir, hours: HOURS, stepMs, sourceName: 'memory' },
      new AbortController().signal,
    );
    return { path, told: told.join('; ') };
  };

  it('records the last full hours of a server, goes on after a stop, and uses what is there', async () => {
    let slices = 0;
    const fail = (): void => {
      if (++slices > 20) throw new Error('the server went away');
    };
    // One with other options is thrown away, because nobody is there to do so.
    await expect(recordAt(NOW_MS, fail, 120_000)).rejects.toThrow();
    slices = 0;
    await expect(recordAt(NOW_MS, fail)).rejects.not.toMatchObject({ code: 'conflict' });
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

describe('runSupervised', () => {
  /** 1,000 minutes with two kinds of fault, each seen three times. */
  const write = async (): Promise<void> => {
    const random = seededRandom(4);
    const events = Array.from({ length: 6 }, (_, i) => ({
      namespace: 'n',
      workload: 'a',
      start: 60 * (100 + 150 * i),
      end: 60 * (140 + 150 * i),
      kind: i % 2 ? 'flood' : 'miner',
    }));
    const kindAt = (time: number): string | undefined => events.find(({ start, end }) => time >= start && time < end)?.kind;
    const lines = (name: string, of: (kind: string | undefined) => number): string[] =>
      Array.from({ length: 1000 }, (_, i) => `${name}{namespace="n",workload="a"} ${random() + of(kindAt(60 * i))} ${60 * i}`);
    const text = [
      '# TYPE cpu gauge',
      ...lines('cpu', (kind) => (kind ? 3 : 0)),
      '# TYPE net gauge',
      ...lines('net', (kind) => (kind === 'flood' ? 3 : 0)),
    ];
    await writeFile(join(dir, 'k.om'), `${text.join('\n')}\n# EOF\n`);
    const entities = [{ namespace: 'n', workload: 'a' }];
    await writeFile(join(dir, 'k.events.json'), JSON.stringify({ step_seconds: 60, entities, events }));
  };

  it('learns kinds that evaluate then names, and promotes no equal model', async () => {
    await write();
    const files = [{ data: join(dir, 'k.om'), events: join(dir, 'k.events.json') }];
    const options = { files, out: join(dir, 'kinds'), steps: 200, seed: 1, licence: 'own' };
    const deps = { clock: systemClock, tell: () => undefined };
    const first = await runSupervised(deps, options);
    expect(first.verdict.isBetter).toBe(true);
    expect(first.figures.macro.f1).toBeGreaterThan(0.9);
    expect(first.text).toContain('Leakage audit');
    const again = await runSupervised(deps, options);
    expect([again.version, again.verdict.isBetter]).toEqual([first.version, false]);
    await expect(runTraining(deps, { ...options, steps: 100 })).rejects.toThrow('give encoders a folder of their own');

    const command = evaluateCommand();
    const out = join(dir, 'scores.csv');
    const args = ['--data', files[0]!.data, '--events', files[0]!.events, '--model', options.out, '--scores-out', out, '--no-baselines'];
    await command.parseAsync(args, { from: 'user' });
    const rows = (await readFile(out, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(rows[0]!.at(-1)).toBe('kind');
    const within = rows.filter(([time]) => Number(time) >= 60 * 710 && Number(time) < 60 * 738).map((row) => row.at(-1));
    expect(within.filter((kind) => kind === 'miner').length).toBeGreaterThan(25);
  });
});

describe('bellwether retrain', () => {
  it('refuses a challenger that has learned nothing, with the reason, and leaves the model at work', async () => {
    await writeFile(join(dir, 'r.om'), recording());
    const window = (id: string, word: string, minute: number) => ({
      id,
      word,
      workload: { namespace: 'n', workload: 'a', workloadKind: '' },
      fromSeconds: 1_700_000_000 + 60 * minute,
      toSeconds: 1_700_000_000 + 60 * minute + 600,
      givenSeconds: 1_700_000_000 + 60 * minute + 900,
      expiresSeconds: null,
      by: 'ann',
      source: 'file',
      weight: 1,
    });
    const entries = [window('f', 'false_alarm', 1500), window('c', 'confirmed', 1700)].map((verdict, i) => ({ sequence: i + 1, verdict }));
    await writeFile(join(dir, 'verdicts.json'), JSON.stringify({ entries }));
    const models = join(dir, 'models');
    const options = ['--from', join(dir, 'r.om'), '--verdicts', join(dir, 'verdicts.json'), '--out', models, '--steps', '1'];
    const said: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((text: string) => said.push(text) > 0) as typeof process.stdout.write;
    try {
      await retrainCommand().parseAsync(options, { from: 'user' });
      await retrainCommand().parseAsync([...options, '--force'], { from: 'user' });
    } finally {
      process.stdout.write = write;
    }
    expect(said[0]).toBe('nothing to do: 2 new full verdicts of 20, and no drift\n');
    expect(said[1]).toMatch(/^model [0-9a-f]{12} refused: it repeats \d of 1 false alarms, the current one \d \(challenger: /);
    expect(currentVersion(await readRegistry(models))).toBeUndefined();
    expect(await readdir(join(models, 'models'))).toHaveLength(1);
  });
});
