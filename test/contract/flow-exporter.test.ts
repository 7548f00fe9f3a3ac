import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createExporterApp, type ExporterAddresses } from '../../src/exporter/app.ts';
import { loadConfig } from '../../src/exporter/config/load-config.ts';
import { openFlowMode } from '../../src/exporter/flows/flow-mode.ts';
import { createTableBuilder, SIZE_FEATURES, saveFlowModel, trainFlowModel } from '../../src/flows/index.ts';
import { createLogger, seededRandom, systemClock, systemRandom } from '../../src/platform/index.ts';
import { flowCsv, makeFlow } from '../../src/testing/flow-builders.ts';

const log = createLogger({ level: 'silent', name: 'test' });
const THEFT = { 'Total Length of Fwd Packet': 9e6, 'Fwd Packet Length Max': 1400, 'Flow Packets/s': 9e4, 'Flow Bytes/s': 1e9 };

let folder: string;
let addresses: ExporterAddresses;
let stop: () => Promise<void>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-flow-exporter-'));
  mkdirSync(join(folder, 'flows'));
  writeFileSync(join(folder, 'token'), 'secret');
  writeFileSync(join(folder, 'addresses.yaml'), '- {address: 10.0.0.1, namespace: shop, kind: Deployment, workload: cart}\n');
  const builder = createTableBuilder();
  for (let i = 0; i < 200; i++) builder.add(makeFlow({ startMs: i, statistics: { 'Total Length of Fwd Packet': 300 + (i % 5) } }));
  const open = async () => Promise.reject(new Error('no session is needed'));
  const model = await trainFlowModel({ random: seededRandom(1), open }, builder.table(), 'benign');
  await saveFlowModel(join(folder, 'model'), {
    version: 'benign-1',
    training: { dataSha256: '', files: [], benignFlows: 200, attackFlows: {}, seed: 1, audit: [] },
    model,
  });
  const loaded = loadConfig('', {
    listen: { scoresPort: 0, selfPort: 0, apiPort: 0 },
    ingest: { enabled: true },
    api: { tokenFile: join(folder, 'token') },
    flows: { model: join(folder, 'model'), folder: join(folder, 'flows'), workloads: join(folder, 'addresses.yaml'), intervalSeconds: 0.1 },
  });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join());
  const flows = await openFlowMode(loaded.value.flows, systemClock, log);
  const app = createExporterApp({ clock: systemClock, random: systemRandom, log, flows }, loaded.value);
  addresses = await app.start();
  stop = app.stop;
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

const post = async (body: unknown) => {
  const answer = await fetch(`${addresses.api}/api/v1/predict/flow`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const sizes = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...Object.fromEntries(SIZE_FEATURES.map(({ name }) => [name, 0])),
  'Total Length of Fwd Packet': 300,
  ...changes,
});

describe('POST /api/v1/predict/flow', () => {
  it('gives class, score, reasons and model of each flow', async () => {
    const { status, body } = await post({ flows: [sizes(), sizes(THEFT)] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ modelVersion: 'benign-1', results: [{ class: 'benign', reasons: [] }, { class: 'unknown' }] });
    const results = body.results as { score: number; reasons: { column: string; observed: number; expected: number }[] }[];
    expect(results[1]!.score).toBeGreaterThanOrEqual(1);
    expect(results[1]!.reasons.map(({ column }) => column)).toContain('Flow Bytes/s');
  });

  const incomplete = (): Record<string, unknown> => {
    const { 'Flow Bytes/s': _, ...rest } = sizes();
    return rest;
  };
  it.each([
    ['no flows', () => ({}), 'flows'],
    ['an empty list', () => ({ flows: [] }), 'flows'],
    ['a missing column', () => ({ flows: [sizes(), incomplete()] }), 'flows[1].Flow Bytes/s'],
    ['a wrong type', () => ({ flows: [sizes({ 'Flow Bytes/s': 'many' })] }), 'flows[0].Flow Bytes/s'],
    ['an object for a number', () => ({ flows: [sizes({ 'Flow Bytes/s': {} })] }), 'flows[0].Flow Bytes/s'],
    ['an unknown column', () => ({ flows: [sizes({ Shoes: 1 })] }), 'flows[0].Shoes'],
    ['two styles of one column', () => ({ flows: [sizes({ 'Flow Byts/s': 1 })] }), 'flows[0].Flow Byts/s'],
    ['a wrong port', () => ({ flows: [sizes({ 'Dst Port': 70_000 })] }), 'flows[0].Dst Port'],
    ['a wrong time', () => ({ flows: [sizes({ Timestamp: 'noon' })] }), 'flows[0].Timestamp'],
    ['too many', () => ({ flows: Array.from({ length: 1001 }, () => ({ a: 1 })) }), 'flows'],
  ])('answers 400 with the field for %s', async (_, body, field) => {
    expect(await post(body())).toMatchObject({ status: 400, body: { code: 'invalid_input', field } });
  });

  it('takes null for what is not known, and any style', async () => {
    const { 'Flow Bytes/s': _, ...rest } = sizes();
    expect((await post({ flows: [{ ...rest, 'Flow Byts/s': null, 'Src Port': 5, 'Source IP': '10.0.0.1' }] })).status).toBe(200);
  });
});

describe('flows of a watched folder', () => {
  it('are scored and counted as they come, unreadable rows too', async () => {
    const file = new TextDecoder().decode(flowCsv([THEFT, { 'Total Length of Fwd Packet': 300 }, THEFT]));
    writeFileSync(join(folder, 'flows', 'a.csv'), `${file}1,2\n`);
    const metrics = async (): Promise<string> => (await fetch(`${addresses.self}/metrics`)).text();
    let text = await metrics();
    for (let i = 0; i < 200 && !text.includes('bellwether_flows_total 3'); i++) {
      await delay(50);
      text = await metrics();
    }
    expect(text).toContain('bellwether_flows_total 3');
    expect(text).toContain('bellwether_flow_findings_total{family="unknown"} 2');
    expect(text).toContain('bellwether_flow_unreadable_rows_total 1');
    expect(text).toContain('bellwether_flow_unmapped_ends_total 3');
    expect(text).toContain('bellwether_flow_model_info{version="benign-1"} 1');
  });
});

describe('openFlowMode', () => {
  it.each([
    [{ model: '/nowhere' }, /flow-model.json: no such file/],
    [{ workloads: '/nowhere/list.yaml' }, /list.yaml: no such file/],
  ])('refuses %j', async (change, message) => {
    const config = { model: join(folder, 'model'), intervalSeconds: 5, holdSeconds: 300, maxFindings: 10, ...change };
    await expect(openFlowMode(config, systemClock, log)).rejects.toThrow(message);
  });
});
