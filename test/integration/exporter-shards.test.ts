import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from './real-program.ts';
import { agreementOf } from './support/agreement.ts';
import { CRASH_STAGE, type CrashStage, startCrashStage } from './support/crash-stage.ts';
import { type ExporterProcess, killExporters, startExporter } from './support/exporter-process.ts';
import { family, total } from './support/exposition.ts';
import { until } from './support/until.ts';

const SEED = 20261121;
/** As many namespaces as make it all but impossible that a shard has none. */
const NAMESPACES = 24;
const WAIT = { timeoutMs: 90_000, everyMs: 100 };

describeWith(['prometheus', 'promtool'], 'exporters that share the workloads', (prometheus, promtool) => {
  let stage: CrashStage;
  let folder: string;
  const shards: ExporterProcess[] = [];

  const start = (index: number, count: number): Promise<ExporterProcess> => {
    const config = stage.configFor(stage.prometheusUrl, folder);
    const snapshot = { ...config.snapshot, path: join(folder, `snapshot-${index}`) };
    return startExporter({ ...config, snapshot, sharding: { shards: count, index } });
  };
  const scored = async (exporter: ExporterProcess): Promise<ReadonlySet<string>> =>
    new Set(family(await exporter.scores(), 'anomaly_score').keys());
  const all = async (): Promise<readonly string[]> => (await Promise.all(shards.map(scored))).flatMap((keys) => [...keys]);
  const untilAllScored = () =>
    until('scores of all workloads', async () => ((await all()).length >= CRASH_STAGE.workloads ? true : undefined), WAIT);
  const worstAgainstReference = async (exporter: ExporterProcess): Promise<number> => {
    const own = await scored(exporter);
    const { worst, missing, scores } = await agreementOf(exporter, stage.reference, {
      instants: 2,
      timeoutMs: 30_000,
      of: (key) => own.has(key),
    });
    expect({ missing, any: scores > 0 }).toEqual({ missing: 0, any: true });
    return worst;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-shards-'));
    stage = await startCrashStage({ prometheus, promtool, seed: SEED, namespaces: NAMESPACES });
  });
  afterAll(async () => {
    await killExporters();
    await stage?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('score every workload once, as a single exporter does, and each reads only its part', async () => {
    shards.push(...(await Promise.all([0, 1, 2].map((index) => start(index, 3)))));
    await untilAllScored();
    const keys = await all();
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(CRASH_STAGE.workloads);
    for (const shard of shards) expect(await worstAgainstReference(shard)).toBe(0);

    const series = async (exporter: ExporterProcess): Promise<number> => total(await exporter.self(), 'bellwether_source_series');
    const whole = await series(stage.reference);
    const parts = await Promise.all(shards.map(series));
    for (const part of parts) expect(part).toBeLessThan(0.7 * whole);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(whole);
  });

  it('become fewer without a gap: the others learn what they win while the last one goes on', async () => {
    const last = shards[2]!;
    const moving = [...(await scored(last))];
    let unscored = 0;
    const look = async (): Promise<ReadonlySet<string>> => {
      const there = new Set((await Promise.all(shards.map((shard) => scored(shard).catch(() => [])))).flatMap((keys) => [...keys]));
      unscored += moving.filter((key) => !there.has(key)).length;
      return there;
    };
    for (const index of [0, 1]) {
      await shards[index]!.stop();
      shards[index] = await start(index, 2);
      await until(`scores of shard ${index}`, async () => ((await look()).size === CRASH_STAGE.workloads ? true : undefined), WAIT);
    }
    const taken = async (): Promise<true | undefined> => {
      await look();
      const others = new Set((await Promise.all([shards[0]!, shards[1]!].map(scored))).flatMap((keys) => [...keys]));
      return moving.every((key) => others.has(key)) ? true : undefined;
    };
    await until('workloads taken over', taken, WAIT);
    expect(unscored).toBe(0);
    expect(moving.length).toBeGreaterThan(0);

    await last.stop();
    shards.pop();
    await untilAllScored();
    for (const shard of shards) {
      expect(total(await shard.self(), 'bellwether_shard_adopting')).toBe(0);
      const worst = await worstAgainstReference(shard);
      console.log(`worst difference to an exporter that nothing happened to: ${worst}`);
      expect(worst).toBeLessThan(0.01);
    }
  });
});
