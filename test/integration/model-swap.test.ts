import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addModel,
  buildEncoder,
  buildEncoderTraining,
  currentVersion,
  defaultEncoder,
  initialWeights,
  promoteModel,
  readRegistry,
} from '../../src/learning/index.ts';
import { seededRandom } from '../../src/platform/index.ts';
import { type ExporterProcess, startExporter } from './support/exporter-process.ts';
import { keyText } from './support/live-cluster.ts';
import { pushUntil } from './support/pushed-workload.ts';
import { until } from './support/until.ts';

const TOKEN = 'a-token-of-the-test';
const PUSHED = { namespace: 'push', workload: 'ledger', kind: 'StatefulSet' } as const;
/** As many scrapers as two Prometheus servers and somebody who looks. */
const SCRAPERS = 3;
const WAIT = { timeoutMs: 90_000, everyMs: 200 };

describe('another model under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-swap-'));
  const models = join(folder, 'models');
  let exporter: ExporterProcess;
  afterAll(async () => {
    await exporter?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes its place, and gives it back, without a lost scrape', async () => {
    const first = defaultEncoder();
    const { parameters } = buildEncoderTraining(1);
    const training = { dataSha256: '0'.repeat(64), licence: 'own', windows: 1, seed: 1, steps: 1, metrics: {} };
    const second = buildEncoder(initialWeights(parameters, seededRandom(3)), 'second', training);
    await addModel(models, { ...first, manifest: { ...first.manifest, version: 'first' } }, 1);
    await addModel(models, second, 2);
    const put = (version: string, action: 'promote' | 'rollback') =>
      promoteModel(models, version, { action, reason: 'test', nowMs: Date.now() });
    await put('first', 'promote');
    writeFileSync(join(folder, 'token'), TOKEN);
    exporter = await startExporter({
      intervalSeconds: 1,
      api: { tokenFile: join(folder, 'token') },
      ingest: { enabled: true },
      scoring: { learned: 'on', models },
    });

    let done = false;
    const series = `anomaly_score${keyText(PUSHED.namespace, PUSHED.workload, PUSHED.kind)}`;
    const pushing = pushUntil(exporter.api, TOKEN, PUSHED, async () => done, 200_000);
    const hasScore = async (): Promise<boolean> => (await exporter.scoresText()).includes(series);
    await until('a score', async () => ((await hasScore()) ? true : undefined), WAIT);

    let scrapes = 0;
    const lost: string[] = [];
    const scrape = async (): Promise<void> => {
      while (!done) {
        await hasScore().then(
          (has) => (has ? scrapes++ : lost.push('no score')),
          (error: unknown) => lost.push(String(error)),
        );
      }
    };
    const scraping = Promise.all(Array.from({ length: SCRAPERS }, scrape));
    const accepted = async (): Promise<number> =>
      Number(/^bellwether_learned_model_changes_total\{outcome="accepted"\} (\d+)$/m.exec(await exporter.selfText())?.[1] ?? 0);
    try {
      await put('second', 'promote');
      await until('the other model', async () => ((await accepted()) === 1 ? true : undefined), WAIT);
      await put('first', 'rollback');
      await until('the model of before', async () => ((await accepted()) === 2 ? true : undefined), WAIT);
    } finally {
      done = true;
      await Promise.all([scraping, pushing]);
    }
    expect(lost).toEqual([]);
    expect(scrapes).toBeGreaterThan(100);
    expect(currentVersion(await readRegistry(models))).toBe('first');
  }, 300_000);
});
