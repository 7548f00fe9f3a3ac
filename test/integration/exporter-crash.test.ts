import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSnapshotFile, encodeSnapshotFile, type SnapshotInfo } from '../../src/exporter/snapshot/snapshot-format.ts';
import { seededRandom } from '../../src/platform/index.ts';
import type { WorkloadSnapshot } from '../../src/scoring/index.ts';
import { describeWith } from './real-program.ts';
import { sleep } from './remote-read-fixture.ts';
import { agreementOf } from './support/agreement.ts';
import { type ExporterProcess, killExporters, startExporter } from './support/exporter-process.ts';
import { family, total } from './support/exposition.ts';
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts';
import { type Stage, startStage } from './support/stage.ts';
import { until } from './support/until.ts';

const SEED = 20260712;
const WORKLOADS = 120;
const INTERVAL_MS = 2000;
const TOLERANCE = 0.05;
const FILE = 'snapshot.bin';
/** From a cycle's answer to the end of its work, and from the making of a snapshot's temporary file to its new name, roughly. */
const CYCLE_MS = 120;
const WRITE_MS = 8;

interface Decoded {
  readonly info: SnapshotInfo;
  readonly workloads: readonly WorkloadSnapshot[];
}

const decode = async (bytes: Uint8Array): Promise<Decoded> => {
  const workloads: WorkloadSnapshot[] = [];
  let info: SnapshotInfo | undefined;
  await decodeSnapshotFile(
    (async function* () {
      yield bytes;
    })(),
    (found) => {
      info = found;
      return true;
    },
    (workload) => workloads.push(workload),
    async () => undefined,
  );
  if (!info) throw new Error('a snapshot without a beginning');
  return { info, workloads };
};

const encode = async ({ info, workloads }: Decoded): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSnapshotFile(info, workloads, async () => undefined)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describeWith(['prometheus', 'promtool'], 'exporter that is killed', (prometheus, promtool) => {
  const random = seededRandom(SEED);
  const folders: string[] = [];
  let stage: Stage;
  let proxy: FaultyProxy;
  let reference: ExporterProcess;

  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-crash-'));
    folders.push(folder);
    return folder;
  };
  const configFor = (url: string, folder?: string) => ({
    prometheus: { url },
    intervalSeconds: INTERVAL_MS / 1000,
    backfill: { hours: 0.5, stepSeconds: INTERVAL_MS / 1000 },
    ...(folder === undefined ? {} : { snapshot: { path: join(folder, FILE), intervalSeconds: 10 } }),
  });
  const scored = async (exporter: ExporterProcess): Promise<number> => family(await exporter.scores(), 'anomaly_score').size;
  /** Milliseconds from open ports to the scores of all workloads. */
  const untilScored = async (exporter: ExporterProcess): Promise<number> => {
    await until('all scores', async () => ((await scored(exporter)) === WORKLOADS ? true : undefined), { timeoutMs: 30_000, everyMs: 20 });
    return Date.now() - exporter.listeningMs;
  };
  const expectAgreement = async (exporter: ExporterProcess): Promise<string> => {
    const agreement = await agreementOf(exporter, reference, { instants: 2, timeoutMs: 15_000 });
    expect(agreement).toMatchObject({ instants: 2, missing: 0 });
    expect(agreement.worst).toBeLessThanOrEqual(TOLERANCE);
    return JSON.stringify(agreement);
  };

  beforeAll(async () => {
    console.log(`seed ${SEED}`);
    stage = await startStage({ prometheus, promtool, seed: SEED, workloads: WORKLOADS, stepMs: INTERVAL_MS, pastSteps: 150 });
    proxy = await startFaultyProxy(stage.prometheus.url);
    reference = await startExporter(configFor(stage.prometheus.url));
    await untilScored(reference);
  });
  afterAll(async () => {
    await killExporters();
    await proxy?.close();
    await stage?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** Kills at a random moment of the next cycle. */
  const killInCycle = async (exporter: ExporterProcess): Promise<string> => {
    const delayMs = Math.floor(random() * CYCLE_MS);
    await new Promise<void>((resolve) => {
      proxy.onRead = resolve;
    });
    proxy.onRead = undefined;
    await sleep(delayMs);
    await exporter.kill();
    return `${delayMs} ms after a cycle's answer`;
  };
  /** Kills some time after a snapshot has begun: the one that is due, or the one that a planned stop writes. */
  const killInSnapshot = async (exporter: ExporterProcess, folder: string, planned: boolean, delayMs: number): Promise<string> => {
    const begun = new Promise<void>((resolve) => {
      const watcher = watch(folder, (_, name) => {
        if (!name?.endsWith('.tmp')) return;
        watcher.close();
        resolve();
      });
    });
    if (planned) exporter.signal('SIGTERM');
    await begun;
    if (delayMs > 0) await sleep(delayMs);
    await exporter.kill();
    return `${delayMs} ms after the beginning of a ${planned ? 'last' : 'due'} snapshot`;
  };

  it('gives the scores of one that was not killed, within one interval, whenever it was killed', async () => {
    const folder = newFolder();
    const path = join(folder, FILE);
    const config = configFor(proxy.url, folder);
    const first = await startExporter(config);
    await untilScored(first);
    await first.stop();
    let exporter = await startExporter(config);
    await untilScored(exporter);
    let leftovers = 0;
    const someMs = (): number => Math.floor(random() * WRITE_MS);
    const kills = [
      () => killInSnapshot(exporter, folder, true, WRITE_MS),
      () => killInSnapshot(exporter, folder, false, 0),
      () => killInCycle(exporter),
      () => killInSnapshot(exporter, folder, true, someMs()),
      () => killInCycle(exporter),
      () => killInSnapshot(exporter, folder, true, someMs()),
    ];
    for (const kill of kills) {
      const before = readFileSync(path);
      const when = await kill();
      const after = readFileSync(path);
      const parts = readdirSync(folder).filter((name) => name !== FILE);
      leftovers += parts.length;
      const isNew = !before.equals(after);
      if (isNew) {
        const { info, workloads } = await decode(after);
        expect(workloads).toHaveLength(WORKLOADS);
        expect(info.createdMs).toBeGreaterThan((await decode(before)).info.createdMs);
      }

      exporter = await startExporter(config);
      const upMs = await untilScored(exporter);
      const self = await exporter.self();
      const agreement = await expectAgreement(exporter);
      console.log(
        `killed ${when}: ${parts.length} unfinished, ${isNew ? 'new' : 'old'} snapshot of ${after.length} bytes; all scores ${upMs} ms after its ports were open; ${agreement}`,
      );
      expect(total(self, 'bellwether_snapshot_restored_workloads')).toBe(WORKLOADS);
      expect(total(self, 'bellwether_snapshot_refused_total')).toBe(0);
      expect(upMs).toBeLessThanOrEqual(INTERVAL_MS);
    }
    // At least one landed inside a write.
    expect(leftovers).toBeGreaterThan(0);
    await exporter.stop();
    expect(readdirSync(folder)).toEqual([FILE]);
  });

  const damages: readonly (readonly [reason: string, says: string, damage: (whole: Uint8Array) => Promise<Uint8Array>])[] = [
    [
      'corrupt',
      'with a changed byte',
      async (whole) => {
        const bytes = Uint8Array.from(whole);
        bytes[Math.floor(random() * bytes.length)]! ^= 0x10;
        return bytes;
      },
    ],
    ['corrupt', 'that was cut', async (whole) => whole.subarray(0, Math.floor(random() * whole.length))],
    [
      'other_version',
      'of another version',
      async (whole) => {
        const { info, workloads } = await decode(whole);
        return await encode({ info: { ...info, modelVersion: 'streaming-0' }, workloads });
      },
    ],
    [
      'too_old',
      'of two days ago',
      async (whole) => {
        const { info, workloads } = await decode(whole);
        return await encode({ info: { ...info, createdMs: info.createdMs - 48 * 3_600_000 }, workloads });
      },
    ],
  ];

  it(`refuses a snapshot ${damages.map(([, says]) => says).join(', ')}: the back-fill takes its place`, async () => {
    const folder = newFolder();
    const exporter = await startExporter(configFor(stage.prometheus.url, folder));
    await untilScored(exporter);
    await exporter.stop();
    const whole = readFileSync(join(folder, FILE));
    await Promise.all(
      damages.map(async ([reason, says, damage]) => {
        const own = newFolder();
        writeFileSync(join(own, FILE), await damage(whole));
        const damaged = await startExporter(configFor(stage.prometheus.url, own));
        const upMs = await untilScored(damaged);
        const self = await damaged.self();
        expect(total(self, 'bellwether_snapshot_refused_total', `reason="${reason}"`)).toBe(1);
        expect(total(self, 'bellwether_snapshot_restored_workloads')).toBe(0);
        expect(total(self, 'bellwether_backfill_outcome', 'outcome="complete"')).toBe(1);
        expect(damaged.log).toContainEqual(expect.objectContaining({ msg: 'starting without a snapshot', reason }));
        console.log(`snapshot ${says}: ${reason}; scores ${upMs} ms after its ports were open; ${await expectAgreement(damaged)}`);
        await damaged.stop();
      }),
    );
  });
});
