import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { FLOW_HEADER, flowCsv, flowLine } from '../../src/testing/flow-builders.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));
const HEADER = [...FLOW_HEADER, 'Family', 'Capture'];

let folder: string;
const path = (name: string): string => join(folder, name);
const time = (second: number): string =>
  `2026-01-01 00:${String(Math.floor(second / 60) % 60).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`;
/** Benign requests with a scan behind them. */
const rows = (benign: number, attacks: number, capture = '0') => [
  ...Array.from({ length: benign }, (_, i) => ({
    Timestamp: time(i),
    'Total Length of Fwd Packet': 300 + (i % 7),
    'Flow Packets/s': 1000 + (i % 3),
    Family: 'benign',
    Capture: capture,
  })),
  ...Array.from({ length: attacks }, (_, i) => ({
    Timestamp: time(benign + i),
    'Src IP': '10.6.6.6',
    'Total Length of Fwd Packet': 9e6,
    'Fwd Packet Length Max': 1400,
    'Flow Packets/s': 90_000,
    'Flow Bytes/s': 1e9,
    Family: 'theft',
    Capture: capture,
  })),
];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-flows-'));
  writeFileSync(path('train.csv'), flowCsv(rows(300, 12), HEADER));
  writeFileSync(path('later.csv.gz'), gzipSync(flowCsv(rows(50, 5), HEADER)));
  writeFileSync(path('examples.csv'), flowCsv(rows(0, 2), HEADER));
  run('train', '--data', path('train.csv'), '--label-column', 'Family', '--out', path('model'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'flows', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};
const lines = (name: string): string[] => readFileSync(path(name), 'utf8').trim().split('\n');

describe('bellwether flows', () => {
  it('trains on benign flows, scores a compressed file and names rows from 0', () => {
    const scored = run(
      'score',
      path('later.csv.gz'),
      '--model',
      path('model'),
      '--scores-out',
      path('scores.csv'),
      '--findings-out',
      path('found.jsonl'),
    );
    expect(scored).toMatchObject({ status: 0, stdout: '55 flows scored, at or above 1: 5 unknown\n' });
    const [header, first, ...rest] = lines('scores.csv');
    expect(header).toBe('row,score,family');
    expect(first).toMatch(/^0,0\.\d{6},benign$/);
    expect(rest.at(-1)).toMatch(/^54,\d+\.\d{6},unknown$/);
    const findings = lines('found.jsonl').map((line) => JSON.parse(line) as { row: number; client: string; reasons: { column: string }[] });
    expect(findings.map(({ row }) => row)).toEqual([50, 51, 52, 53, 54]);
    expect(findings[0]).toMatchObject({ client: '10.6.6.6', service: '10.0.0.2', port: 8080 });
    expect(findings[0]!.reasons).toHaveLength(3);
  });

  it.each(['d', 'g'])('names a family after two examples, by recipe %s', (recipe) => {
    const learnt = run(
      'learn',
      '--examples',
      path('examples.csv'),
      '--label-column',
      'Family',
      '--model',
      path('model'),
      '--out',
      path(recipe),
      '--recipe',
      recipe,
    );
    expect(learnt.stdout).toMatch(/theft: 2 examples; far enough .* recognised from the others: 100.00 % \[34/);
    expect(run('score', path('later.csv.gz'), '--model', path(recipe)).stdout).toBe('55 flows scored, at or above 1: 5 theft\n');
  });

  it('learns attacks, and refuses inputs that leak', () => {
    const args = ['train', '--data', path('train.csv'), '--label-column', 'Family', '--out', path('trees'), '--detector', 'supervised'];
    const trained = run(...args);
    expect(trained.stderr).toContain('audit: the client address alone would tell attacks from benign flows');
    expect(run('score', path('later.csv.gz'), '--model', path('trees')).stdout).toBe('55 flows scored, at or above 1: 5 theft\n');
    expect(run(...args, '--inputs', 'Flow Duration,Src Port')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Src Port cannot be an input'),
    });
  });

  it('exports trees as ONNX, scores by them, and refuses what does not fit', () => {
    run('train', '--data', path('train.csv'), '--label-column', 'Family', '--out', path('trees'), '--detector', 'supervised');
    expect(run('export', '--model', path('trees'), '--out', path('onnx')).stdout).toMatch(/model.onnx, \d+ bytes: 2000 drawn flows score/);
    expect(run('score', path('later.csv.gz'), '--model', path('onnx')).stdout).toBe('55 flows scored, at or above 1: 5 theft\n');
    const manifest = readFileSync(path('onnx/manifest.json'), 'utf8');
    writeFileSync(path('onnx/manifest.json'), manifest.replace('"flows-1"', '"flows-0"'));
    expect(run('score', path('later.csv.gz'), '--model', path('onnx'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('was made for catalogue flows-0'),
    });
    expect(run('export', '--model', path('model'), '--out', path('onnx'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('only trees'),
    });
  });

  it('tells what it could not read and scores the rest', () => {
    const file = flowCsv(rows(3, 0), HEADER);
    writeFileSync(
      path('bad.csv'),
      `${new TextDecoder().decode(file)}1,2,3\n${flowLine({ 'Flow IAT Max': 'many' }, HEADER)}\n${flowLine({ 'Flow Bytes/s': 'NaN' }, HEADER)}\n`,
    );
    const scored = run('score', path('bad.csv'), '--model', path('model'), '--scores-out', path('bad-scores.csv'));
    expect(scored.status).toBe(0);
    expect(scored.stderr).toContain('bad.csv:5: 3 fields, the header has 88');
    expect(scored.stderr).toContain('bad.csv:6: column Flow IAT Max: "many" is not a number');
    expect(scored.stderr).toContain('2 of 6 rows could not be read');
    expect(scored.stderr).toContain('1 rows have no finite number in Flow Bytes/s');
    expect(lines('bad-scores.csv').map((line) => line.split(',')[0])).toEqual(['row', '0', '1', '2', '5']);
  });

  it('scores what a broken download holds, and says where it breaks off', () => {
    const whole = gzipSync(flowCsv(rows(2000, 0), HEADER));
    writeFileSync(path('cut.csv.gz'), whole.subarray(0, whole.length / 2));
    const scored = run('score', path('cut.csv.gz'), '--model', path('model'), '--scores-out', path('cut-scores.csv'));
    expect(scored.stderr).toContain('the compressed file breaks off here');
    expect(lines('cut-scores.csv').length).toBeGreaterThan(100);
  });

  it('draws flows beside the nearest benign one, and two beside each other', () => {
    expect(run('picture', path('train.csv'), '--label-column', 'Family', '--row', '305', '--out', path('pictures')).status).toBe(0);
    expect(readFileSync(path('pictures/row-305.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(readFileSync(path('pictures/row-305.svg'), 'utf8')).toContain('row 305, theft');
    expect(run('compare', `${path('train.csv')}:0`, `${path('train.csv')}:305`, '--out', path('pictures')).status).toBe(0);
    expect(readFileSync(path('pictures/compare.svg'), 'utf8')).toMatch(/Total Length of Fwd Packet: .* against/);
    expect(run('compare', path('train.csv'), 'b.csv:1', '--out', path('pictures'))).toMatchObject({ status: 2 });
  });

  it.each([
    ['a file that is not there', ['score', 'nowhere.csv', '--model', 'model'], /cannot read .*nowhere.csv: no such file/],
    ['a folder without a model', ['score', 'later.csv.gz', '--model', '.'], /flow-model.json: no such file/],
    ['a wrong label column', ['train', '--data', 'train.csv', '--label-column', 'Kind', '--out', 'x'], /there is no column Kind/],
    ['neither file nor folder', ['score', '--model', 'model'], /give a file, or --follow/],
  ])('ends with 2 for %s', (_, args, message) => {
    const inFolder = args.map((arg) => (/\.|model|^x$/.test(arg) && !arg.startsWith('--') ? path(arg) : arg));
    expect(run(...inFolder)).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  });

  it('judges itself on a recording of several captures', () => {
    const recording = [...rows(300, 0), ...rows(40, 12, '1')];
    writeFileSync(path('recording.csv'), flowCsv(recording, HEADER));
    const judged = run(
      'evaluate',
      '--data',
      path('recording.csv'),
      '--label-column',
      'Family',
      '--capture-column',
      'Capture',
      '--effort',
      '0.05',
      '--draws',
      '1',
    );
    expect(judged.stderr).toContain('benign time: capture 0');
    expect(judged.stdout).toMatch(/recipe d +5 +1\.000/);
  });
});

describe('bellwether flows score --follow', () => {
  it('loses nothing and repeats nothing across growth, rotation and kill -9', async () => {
    const live = path('live');
    mkdirSync(live);
    const args = ['score', '--follow', live, '--model', path('model'), '--scores-out', path('live.csv')];
    const line = (i: number): string => `${flowLine({ Timestamp: time(i), 'Total Length of Fwd Packet': 300 }, HEADER)}\n`;
    const start = `${HEADER.join(',')}\n`;
    writeFileSync(join(live, 'flows.csv'), `${start}${line(0)}${line(1)}`);
    const follower = spawn(process.execPath, [PROGRAM, 'flows', ...args, '--interval', '1'], { stdio: 'ignore' });
    const ended = once(follower, 'exit');
    for (let waited = 0; waited < 300 && !existsSync(path('live.csv.state.json')); waited++) await delay(100);
    // Half a line, then the kill; what a dying process wrote beyond its state must go.
    appendFileSync(join(live, 'flows.csv'), line(2).slice(0, 100));
    follower.kill('SIGKILL');
    await ended;
    appendFileSync(path('live.csv'), 'flows.csv,2,0.0');
    appendFileSync(join(live, 'flows.csv'), line(2).slice(100));
    renameSync(join(live, 'flows.csv'), join(live, 'flows.csv.1'));
    writeFileSync(join(live, 'flows.csv'), `${start}${line(3)}`);
    expect(run(...args, '--once').stdout).toBe('2 flows scored\n');
    expect(run(...args, '--once').stdout).toBe('0 flows scored\n');
    expect(lines('live.csv').map((each) => each.split(',').slice(0, 2).join())).toEqual([
      'file,row',
      'flows.csv,0',
      'flows.csv,1',
      'flows.csv.1,2',
      'flows.csv,0',
    ]);
  });
});
