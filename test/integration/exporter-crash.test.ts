import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { soak } from '../../bench/soak-exporter-crash.ts';
import { seededRandom } from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { agreementOf } from './support/agreement.ts';
import { CRASH_STAGE, type CrashStage, startCrashStage } from './support/crash-stage.ts';
import { killExporters, startExporter } from './support/exporter-process.ts';
import { total } from './support/exposition.ts';
import { decodeSnapshot, encodeSnapshot } from './support/snapshot-bytes.ts';

const SEED = 20260712;
const FILE = CRASH_STAGE.snapshotFile;

describeWith(['prometheus', 'promtool'], 'exporter that is killed', (prometheus, promtool) => {
  const random = seededRandom(SEED);
  const folders: string[] = [];
  let stage: CrashStage;

  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-damage-'));
    folders.push(folder);
    return folder;
  };

  beforeAll(async () => {
    console.log(`seed ${SEED}`);
    stage = await startCrashStage({ prometheus, promtool, seed: SEED });
  });
  afterAll(async () => {
    await killExporters();
    await stage?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  // A sample of the soak, always the same; the whole run: npm run soak -- exporter-crash.
  it('gives the scores of one that was not killed, within one interval, whenever it was killed', async () => {
    const figures = await soak.run(stage, SEED, 3, (line) => console.log(line));
    expect(figures.kills).toBeGreaterThanOrEqual(3);
    expect(figures.inWrites).toBeGreaterThan(0);
    // Where all scores are alike, agreement says nothing.
    expect(figures.spread).toBeGreaterThan(0.2);
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
        const { info, workloads } = await decodeSnapshot(whole);
        return await encodeSnapshot({ info: { ...info, modelVersion: 'streaming-0' }, workloads });
      },
    ],
    [
      'too_old',
      'of two days ago',
      async (whole) => {
        const { info, workloads } = await decodeSnapshot(whole);
        return await encodeSnapshot({ info: { ...info, createdMs: info.createdMs - 48 * 3_600_000 }, workloads });
      },
    ],
  ];

  it(`refuses a snapshot ${damages.map(([, says]) => says).join(', ')}: the back-fill takes its place`, async () => {
    const folder = newFolder();
    const exporter = await startExporter(stage.configFor(stage.prometheusUrl, folder));
    await stage.untilScored(exporter);
    await exporter.stop();
    const whole = readFileSync(join(folder, FILE));
    await Promise.all(
      damages.map(async ([reason, says, damage]) => {
        const own = newFolder();
        writeFileSync(join(own, FILE), await damage(whole));
        const damaged = await startExporter(stage.configFor(stage.prometheusUrl, own));
        const upMs = await stage.untilScored(damaged);
        const self = await damaged.self();
        expect(total(self, 'bellwether_snapshot_refused_total', `reason="${reason}"`)).toBe(1);
        expect(total(self, 'bellwether_snapshot_restored_workloads')).toBe(0);
        expect(total(self, 'bellwether_backfill_outcome', 'outcome="complete"')).toBe(1);
        expect(damaged.log).toContainEqual(expect.objectContaining({ msg: 'starting without a snapshot', reason }));
        const agreement = await agreementOf(damaged, stage.reference, { instants: 1, timeoutMs: 20_000 });
        console.log(`snapshot ${says}: ${reason}; scores ${upMs} ms after its ports were open; ${JSON.stringify(agreement)}`);
        expect(agreement.instants).toBeGreaterThan(0);
        expect(agreement.missing).toBe(0);
        expect(agreement.worst).toBeLessThanOrEqual(0.05);
        await damaged.stop();
      }),
    );
  });
});
