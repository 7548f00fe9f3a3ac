// Kills the exporter in cycles and in snapshots, again and again: it has to give the scores of one that was never killed. [--seed N] [--kills N]
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Random, seededRandom } from '../src/platform/index.ts';
import { realProgram } from '../test/integration/real-program.ts';
import { sleep } from '../test/integration/remote-read-fixture.ts';
import { agreementOf } from '../test/integration/support/agreement.ts';
import { CRASH_STAGE, type CrashStage, startCrashStage } from '../test/integration/support/crash-stage.ts';
import { type ExporterProcess, killExporters, startExporter } from '../test/integration/support/exporter-process.ts';
import { total } from '../test/integration/support/exposition.ts';
import { decodeSnapshot } from '../test/integration/support/snapshot-bytes.ts';

/** In the middle of a cycle, of a snapshot that is due, or of the one that a planned stop writes. */
const MOMENTS = ['cycle', 'due snapshot', 'last snapshot'] as const;
type Moment = (typeof MOMENTS)[number];

export interface CrashFigures {
  readonly kills: number;
  /** Kills that left an unfinished file: they came in the middle of a write. */
  readonly inWrites: number;
  /** Longest time from open ports to the scores of all workloads, milliseconds. */
  readonly slowestMs: number;
  /** Largest difference to the exporter that was not killed, and how far apart the compared scores lie. */
  readonly worst: number;
  readonly spread: number;
}

/** Largest difference of two scores. */
const TOLERANCE = 0.05;
/** From open ports to all scores: half of the default interval, as the short one of the stage says more of the machine's load than of the exporter. */
const LATEST_MS = 15_000;
/** From a cycle's answer to the end of its work, and from the making of a snapshot's temporary file to its new name, roughly. */
const CYCLE_MS = 120;
const WRITE_MS = 8;
const MOST_TRIES = 3;
/** A minute more than any of the moments takes to come. */
const MOMENT_TIMEOUT_MS = 70_000;

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

const within = async (promise: Promise<void>, what: string): Promise<void> => {
  const late = new AbortController();
  const timer = new Promise<never>((_, reject) => {
    const id = setTimeout(() => reject(new Error(`no ${what}`)), MOMENT_TIMEOUT_MS);
    late.signal.addEventListener('abort', () => clearTimeout(id));
  });
  await Promise.race([promise, timer]).finally(() => late.abort());
};

/** Waits for the moment, then a random while, then kills. Gives back when it was, in words. */
const killAt = async (moment: Moment, exporter: ExporterProcess, stage: CrashStage, folder: string, random: Random): Promise<string> => {
  const begun = new Promise<void>((resolve) => {
    if (moment === 'cycle') {
      stage.proxy.onRead = resolve;
      return;
    }
    const watcher = watch(folder, (_, name) => {
      if (!name?.endsWith('.tmp')) return;
      watcher.close();
      resolve();
    });
  });
  if (moment === 'last snapshot') exporter.signal('SIGTERM');
  await within(begun, moment);
  stage.proxy.onRead = undefined;
  const delayMs = Math.floor(random() * (moment === 'cycle' ? CYCLE_MS : WRITE_MS));
  if (delayMs > 0) await sleep(delayMs);
  await exporter.kill();
  return `${delayMs} ms into a ${moment}`;
};

/** The file on disk is whole, whatever happened: the old one or a newer one. */
const checkFile = async (before: Uint8Array, after: Uint8Array): Promise<void> => {
  if (Buffer.compare(before, after) === 0) return;
  const { info, workloads } = await decodeSnapshot(after);
  demand(workloads.length === CRASH_STAGE.workloads, `the new snapshot holds ${workloads.length} workloads`);
  demand(info.createdMs > (await decodeSnapshot(before)).info.createdMs, 'the snapshot has become older');
};

const run = async (
  stage: CrashStage,
  seed: number,
  kills: number,
  say: (line: string) => void = () => undefined,
): Promise<CrashFigures> => {
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-crash-'));
  const config = stage.configFor(stage.proxy.url, folder);
  const path = config.snapshot?.path ?? '';
  let [done, inWrites, slowestMs, worst, spread] = [0, 0, 0, 0, 0];
  try {
    const first = await startExporter(config);
    await stage.untilScored(first);
    await first.stop();
    let exporter = await startExporter(config);
    await stage.untilScored(exporter);
    // On a busy machine a kill may come after the write it was meant for: then there are more, as one inside a write is the point.
    for (; done < kills || (inWrites === 0 && done < MOST_TRIES * kills); done++) {
      const moment = MOMENTS[done % MOMENTS.length] ?? 'cycle';
      const before = readFileSync(path);
      const when = await killAt(moment, exporter, stage, folder, random);
      const parts = readdirSync(folder).length - 1;
      demand(parts <= 1, `${parts} unfinished files`);
      inWrites += moment === 'cycle' ? 0 : parts;
      await checkFile(before, readFileSync(path));

      exporter = await startExporter(config);
      const upMs = await stage.untilScored(exporter);
      const self = await exporter.self();
      const agreement = await agreementOf(exporter, stage.reference, { instants: 1, timeoutMs: 20_000 });
      say(`killed ${when}: all scores ${upMs} ms after its ports were open; ${JSON.stringify(agreement)}`);
      demand(total(self, 'bellwether_snapshot_restored_workloads') === CRASH_STAGE.workloads, 'not every workload came back');
      demand(total(self, 'bellwether_snapshot_refused_total') === 0, 'the snapshot was refused');
      demand(upMs <= LATEST_MS, `scores came ${upMs} ms after the ports were open`);
      demand(agreement.instants > 0 && agreement.missing === 0, 'the scores are not those of the same workloads and instants');
      demand(agreement.worst <= TOLERANCE, `a score is ${agreement.worst} off`);
      slowestMs = Math.max(slowestMs, upMs);
      worst = Math.max(worst, agreement.worst);
      spread = Math.max(spread, agreement.spread);
    }
    await exporter.stop();
    demand(readdirSync(folder).length === 1, 'an unfinished file has stayed');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { kills: done, inWrites, slowestMs, worst, spread };
};

export const soak = { name: 'exporter-crash', run };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, kills: { type: 'string', default: '120' } } });
  const [prometheus, promtool] = [realProgram('prometheus'), realProgram('promtool')];
  if (!prometheus || !promtool) throw new Error('needs prometheus and promtool: npm run tools -- prometheus promtool');
  const stage = await startCrashStage({ prometheus, promtool, seed: Number(values.seed) });
  try {
    const figures = await soak.run(stage, Number(values.seed), Number(values.kills), (line) => console.log(line));
    console.log(
      `seed ${values.seed}: ${figures.kills} kills, ${figures.inWrites} of them in the middle of a write; scores at the latest ` +
        `${figures.slowestMs} ms after open ports; largest difference ${figures.worst} of scores that spread over ${figures.spread.toFixed(2)}`,
    );
  } finally {
    await killExporters();
    await stage.stop();
  }
}
