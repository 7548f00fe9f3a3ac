import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Evaluation, readPair, runEvaluation } from '../../src/evaluation/index.ts';
import { createFeatureExtractor, defaultCatalog } from '../../src/features/index.ts';
import { BellwetherError, type Clock, systemClock } from '../../src/platform/index.ts';
import type { SeriesSource } from '../../src/prometheus/index.ts';
import { type RecordedFiles, type RecorderOptions, record } from '../../src/recorder/index.ts';
import { describeWith } from './real-program.ts';
import { clusterSeries, createMemorySource, STEP_MS } from './recorder-fixture.ts';
import { loadBlocks, startPrometheus } from './remote-read-fixture.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_704_866_400_000;
const END_MS = START_MS + 5 * HOUR_MS;
const FAULT = { fromMs: START_MS + 4 * HOUR_MS, toMs: START_MS + 4 * HOUR_MS + 600_000 };
const SERIES = clusterSeries(START_MS - HOUR_MS, (7 * HOUR_MS) / STEP_MS, FAULT);
const PHASE = {
  id: 'fault',
  start: FAULT.fromMs / 1000,
  end: FAULT.toMs / 1000,
  namespace: 'shop',
  workload: 'cart',
  kind: 'cpu',
  metrics: ['pod_cpu_usage_cores'],
};

const root = mkdtempSync(join(tmpdir(), 'bellwether-recorder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));

const clockAt = (ms: number): Clock => ({ ...systemClock, nowMs: () => ms });
const optionsFor = (outDir: string, rest: Partial<RecorderOptions> = {}): RecorderOptions => ({
  outDir,
  name: 'recording',
  from: String(START_MS / 1000),
  to: String(END_MS / 1000),
  stepMs: STEP_MS,
  phases: { phases: [PHASE], cleanUntil: undefined, faultFreeSpans: [], notes: [] },
  sourceName: 'memory',
  restart: false,
  ...rest,
});
const recordFrom = (
  source: SeriesSource,
  options: RecorderOptions,
  signal = new AbortController().signal,
  clock = clockAt(END_MS + HOUR_MS),
): Promise<RecordedFiles> => record({ source, catalog: defaultCatalog(), clock }, options, signal);

/** Fails once the reads have come to this time. */
const failingAfter = (ms: number): SeriesSource =>
  createMemorySource(SERIES, (endMs) => {
    if (endMs > ms) throw new BellwetherError('upstream_unavailable', 'gone');
  });

const bytesOf = (folder: string): string[] =>
  ['recording.om.gz', 'recording.events.json'].map((name) => readFileSync(join(folder, name)).toString('base64'));
const textOf = (folder: string): string => gunzipSync(readFileSync(join(folder, 'recording.om.gz'))).toString();

const evaluateFolder = (folder: string): Promise<Evaluation> =>
  runEvaluation(
    { clock: systemClock },
    {
      pairs: [{ data: join(folder, 'recording.om.gz'), events: join(folder, 'recording.events.json') }],
      baselines: false,
      bank: true,
      seed: 1,
    },
  );

const whole = newFolder();
beforeAll(() => recordFrom(createMemorySource(SERIES), optionsFor(whole)));

describe('record', () => {
  it('writes families, series and times in order, nothing else', () => {
    const lines = textOf(whole).split('\n');
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]!);
    expect(families).toEqual(['node_memory_usage_ratio', 'pod_cpu_usage_cores', 'pod_memory_usage_bytes']);
    const samples = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(' '));
    const order = samples.map(
      ([series = '', , time = '']) => `${families.indexOf(series.slice(0, series.indexOf('{')))} ${series} ${time.padStart(12)}`,
    );
    expect(order).toEqual([...order].sort());
    expect(new Set(order).size).toBe(order.length);
    expect(readdirSync(whole)).toEqual(['recording.events.json', 'recording.om.gz']);
  });

  it('holds what an extractor gives that read it all at once, to six digits', async () => {
    const { recording } = await readPair({ data: join(whole, 'recording.om.gz'), events: join(whole, 'recording.events.json') });
    const extractor = createFeatureExtractor(defaultCatalog(), { pace: 'grid', stepMs: STEP_MS });
    extractor.push(await createMemorySource(SERIES).read({ selectors: extractor.selectors, startMs: START_MS - 600_000, endMs: END_MS }));
    const expected = new Map<string, number>();
    for (const frames of extractor.advance(END_MS - 1)) {
      for (const { key, timeMs, layout, values, pods } of frames) {
        if (timeMs < START_MS) continue;
        for (const unit of pods ?? [{ pod: '', values }]) {
          for (const [i, { name }] of layout.features.entries())
            expected.set([name, key.workload, unit.pod, timeMs].join(' '), unit.values[i]!);
        }
      }
    }
    const recorded = recording.series.flatMap(({ labels, timesMs, values }) =>
      Array.from(timesMs, (time, i) => [[labels.__name__, labels.workload, labels.pod ?? '', time].join(' '), values[i]!] as const),
    );
    expect(recorded).toHaveLength(expected.size);
    expect(expected.size).toBe((2 + 3 * 2 + 1) * ((END_MS - START_MS) / STEP_MS));
    for (const [id, value] of recorded) expect(Math.abs(value / expected.get(id)! - 1)).toBeLessThan(1e-5);
  });

  it('lists workloads, pods and phases, and evaluate finds the fault', async () => {
    const events = JSON.parse(readFileSync(join(whole, 'recording.events.json'), 'utf8'));
    expect(events).toMatchObject({ step_seconds: 30, source: 'memory', events: [PHASE] });
    expect(events.entities).toEqual([
      { namespace: 'shop', workload: 'web', workload_kind: 'Deployment', pods: ['web-5d-a', 'web-5d-b', 'web-5d-c'] },
      { namespace: 'shop', workload: 'cart', workload_kind: 'Deployment' },
      { namespace: '', workload: 'node-1', workload_kind: 'Node' },
    ]);
    const { score, naming, warnings } = await evaluateFolder(whole);
    expect(score.summary).toMatchObject({ entities: 3, events: 1, detected: 1 });
    expect(naming.precisionAt1).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('goes on where it was stopped and gives the same bytes', async () => {
    const folder = newFolder();
    for (const hours of [1.5, 2.5, 4.2])
      await expect(recordFrom(failingAfter(START_MS + hours * HOUR_MS), optionsFor(folder))).rejects.toMatchObject({
        code: 'upstream_unavailable',
      });
    expect(readdirSync(folder)).toEqual(['recording.parts', 'recording.state.json']);
    const again: number[] = [];
    await recordFrom(
      createMemorySource(SERIES, (endMs) => again.push(endMs)),
      optionsFor(folder),
    );
    expect(Math.min(...again)).toBeGreaterThan(START_MS + 3.5 * HOUR_MS);
    expect(bytesOf(folder)).toEqual(bytesOf(whole));
  });

  it('gives the same samples however little it holds in memory and however many parts that makes', async () => {
    const folder = newFolder();
    await recordFrom(createMemorySource(SERIES), optionsFor(folder, { maxSamples: 10, windowMs: 600_000 }));
    expect(textOf(folder)).toBe(textOf(whole));
  });

  it('is stopped by the signal and says that it can go on', async () => {
    const folder = newFolder();
    const stop = new AbortController();
    const source = createMemorySource(SERIES, (endMs) => {
      if (endMs > START_MS + 2 * HOUR_MS) stop.abort(new BellwetherError('cancelled', 'stopped'));
    });
    await expect(recordFrom(source, optionsFor(folder), stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
    await recordFrom(createMemorySource(SERIES), optionsFor(folder));
    expect(bytesOf(folder)).toEqual(bytesOf(whole));
  });

  it('does not mix two recordings, nor write over a finished one', async () => {
    const folder = newFolder();
    await expect(recordFrom(failingAfter(START_MS + 2 * HOUR_MS), optionsFor(folder))).rejects.toThrow('gone');
    const other = optionsFor(folder, { stepMs: 60_000 });
    await expect(recordFrom(createMemorySource(SERIES), other)).rejects.toThrow(/--step was 30 s and is 60 s.*--restart/);
    await recordFrom(createMemorySource(SERIES), { ...other, restart: true });
    await expect(recordFrom(createMemorySource(SERIES), other)).rejects.toThrow(/is there already/);
  });

  it('refuses damaged state', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'recording.state.json'), '{"version":1,');
    await expect(recordFrom(createMemorySource(SERIES), optionsFor(folder))).rejects.toThrow(/cannot be continued/);
  });

  it('records live until the signal, then finishes', async () => {
    const folder = newFolder();
    let now = START_MS;
    const stop = new AbortController();
    const clock: Clock = {
      ...systemClock,
      nowMs: () => now,
      sleep: async (ms) => {
        // The operator presses Ctrl-C in the third hour.
        now = Math.min(now + ms, START_MS + 2.5 * HOUR_MS + 10_000);
        if (now >= START_MS + 2.5 * HOUR_MS) stop.abort();
      },
    };
    const { from: _from, to: _to, ...live } = optionsFor(folder);
    const { warnings } = await recordFrom(createMemorySource(SERIES), live, stop.signal, clock);
    const { recording } = await readPair({ data: join(folder, 'recording.om.gz'), events: join(folder, 'recording.events.json') });
    expect([recording.startMs, recording.endMs]).toEqual([START_MS, START_MS + 2.5 * HOUR_MS - STEP_MS]);
    expect(warnings).toEqual(['phase fault lies outside the recorded time']);
  });

  it.each([
    ['a time that is none', { from: 'yesterday' }, '--from is yesterday, but must be a time'],
    ['an end before the begin', { to: '100' }, 'must be later than --from'],
  ])('refuses %s', async (_, options, message) => {
    await expect(recordFrom(createMemorySource(SERIES), optionsFor(newFolder(), options))).rejects.toThrow(message);
  });
});

/** A proxy that makes every read slow, so that a kill meets a recording half done. */
const startSlowProxy = async (upstream: string, delayMs: number): Promise<{ url: string; server: Server }> => {
  const server = createServer(async (incoming, outgoing) => {
    await delay(delayMs);
    const { method, headers } = incoming;
    const forward = request(new URL(incoming.url ?? '/', upstream), { method: method ?? 'GET', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on('error', () => outgoing.destroy());
    incoming.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
};

const COMMAND = `
import { recordCommand } from ${JSON.stringify(fileURLToPath(new URL('../../src/recorder/main.ts', import.meta.url)))};
await recordCommand().parseAsync(process.argv.slice(1), { from: 'user' });
`;
const startCommand = (args: readonly string[]) =>
  spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', COMMAND, '--', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

const runCommand = async (args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> => {
  const child = startCommand(args);
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
};

describeWith(['prometheus', 'promtool'], 'record from a real Prometheus', (prometheus, promtool) => {
  const phasesFile = join(root, 'phases.yaml');
  let stop: () => Promise<void> = async () => undefined;
  let url = '';

  beforeAll(async () => {
    writeFileSync(phasesFile, JSON.stringify([PHASE]));
    const running = await startPrometheus({ binary: prometheus!, config: '{}', load: (folder) => loadBlocks(promtool!, SERIES, folder) });
    ({ url, stop } = running);
  });
  afterAll(() => stop());

  const argsFor = (folder: string, server: string): string[] => [
    ...['--prometheus', server, '--out', folder, '--phases', phasesFile],
    ...['--from', '2024-01-10T06:00:00Z', '--to', '2024-01-10T11:00:00Z', '--step', '30s'],
  ];

  it('records what the fixture holds; promtool takes it, evaluate finds the fault', async () => {
    const folder = newFolder();
    const { code, out } = await runCommand(argsFor(folder, url));
    expect(code).toBe(0);
    expect(out).toMatch(/recording\.om\.gz: 5400 samples of 9 series in 3 families/);
    expect(textOf(folder)).toBe(textOf(whole));
    const text = join(folder, 'recording.om');
    writeFileSync(text, textOf(folder));
    const blocks = execFileSync(promtool!, ['tsdb', 'create-blocks-from', 'openmetrics', text, join(folder, 'blocks')], {
      encoding: 'utf8',
    });
    expect(blocks).toMatch(/NUM SAMPLES/);
    expect((await evaluateFolder(folder)).score.summary).toMatchObject({ events: 1, detected: 1 });
  });

  it('survives kill -9 and gives the same bytes', async () => {
    const folder = newFolder();
    const { url: slow, server } = await startSlowProxy(url, 300);
    const child = startCommand(argsFor(folder, slow));
    const state = join(folder, 'recording.state.json');
    const windows = (): number =>
      existsSync(state) ? (JSON.parse(readFileSync(state, 'utf8')) as { windows: unknown[] }).windows.length : 0;
    for (const end = Date.now() + 60_000; windows() < 2 && Date.now() < end; ) await delay(20);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(existsSync(join(folder, 'recording.om.gz'))).toBe(false);
    server.close();
    server.closeAllConnections();
    const { code, err } = await runCommand(argsFor(folder, url));
    expect(code).toBe(0);
    expect(err).toMatch(/continuing the recording from 2024-01-10T06:00:00Z: done up to 2024-01-10T0[89]:00:00Z/);
    expect(readFileSync(join(folder, 'recording.om.gz'))).toEqual(readFileSync(join(whole, 'recording.om.gz')));
  });
});
