import { describeWith } from './real-program.ts';
import { sleep } from './remote-read-fixture.ts';
import { agreementOf } from './support/agreement.ts';
import { type ExporterProcess, killExporters, startExporter } from './support/exporter-process.ts';
import { family, lintExposition, total } from './support/exposition.ts';
import { originOf, type Stage, startStage } from './support/stage.ts';
import { until } from './support/until.ts';

const SEED = 20260715;
const WORKLOADS = 9;
const STEP_MS = 1000;
const PAST_STEPS = 200;
const INSTANTS = 8;

const isVictim = (text: string): boolean => /"svc-[036]["-]/.test(text);

/** What a broken exporter writes into a scrape: one line of the target's text, as several or none. */
const POISONS: readonly ((head: string, value: string, timeMs: number) => readonly string[])[] = [
  (head, _, timeMs) => [`${head} NaN ${timeMs}`],
  (head, _, timeMs) => [`${head} +Inf ${timeMs}`],
  (head, _, timeMs) => [`${head} -Inf ${timeMs}`],
  (head, _, timeMs) => [`${head} 1e308 ${timeMs}`],
  (head, _, timeMs) => [`${head} 1e300 ${timeMs}`],
  (head, _, timeMs) => [`${head} 0 ${timeMs}`],
  (head, value, timeMs) => [`${head} ${value} ${timeMs}`, `${head} ${value}1 ${timeMs}`],
  // Prometheus takes samples from up to ten minutes ahead, and from then on none that are older.
  (head, value, timeMs) => [`${head} ${value} ${timeMs + 3 * STEP_MS}`],
  (head, value, timeMs) => [`${head} ${value} ${timeMs - 300 * STEP_MS}`],
  () => [],
  (head, value, timeMs) => [`${head.replace('-5d4f-', '-5d4f-x')} ${value} ${timeMs}`],
];

/** Spoils lines of the victims, another poison for each line and scrape. */
const spoil = (text: string, scrape: number): string =>
  text
    .split('\n')
    .flatMap((line, i) => {
      if (!isVictim(line)) return [line];
      const [, head = '', value = '', timeMs = ''] = /^(.*}) (\S+) (\d+)$/.exec(line) ?? [];
      return POISONS[(scrape + i) % POISONS.length]!(head, value, Number(timeMs));
    })
    .join('\n');

describeWith(['prometheus', 'promtool'], 'exporter that reads poison', (prometheus, promtool) => {
  let stages: readonly Stage[] = [];
  let clean: ExporterProcess;
  let poisoned: ExporterProcess;

  beforeAll(async () => {
    console.log(`seed ${SEED}`);
    const stage = { prometheus, promtool, seed: SEED, workloads: WORKLOADS, stepMs: STEP_MS, pastSteps: PAST_STEPS };
    const originMs = originOf(STEP_MS, PAST_STEPS);
    // Scrapes are empty until both stages are there: however long each takes to start, their samples are the same.
    let presentMs = Number.POSITIVE_INFINITY;
    const sinceThen = (text: string): string => (Date.now() < presentMs ? '' : text);
    stages = await Promise.all([
      startStage({ ...stage, originMs, spoil: sinceThen }),
      startStage({ ...stage, originMs, spoil: (text, scrape) => spoil(sinceThen(text), scrape) }),
    ]);
    presentMs = Math.ceil(Date.now() / STEP_MS + 1) * STEP_MS;
    await sleep(presentMs + 2 * STEP_MS - Date.now());
    [clean, poisoned] = (await Promise.all(
      stages.map(({ prometheus: { url } }) =>
        startExporter({ prometheus: { url }, intervalSeconds: STEP_MS / 1000, backfill: { hours: 0.1, stepSeconds: 1 } }),
      ),
    )) as [ExporterProcess, ExporterProcess];
  });
  afterAll(async () => {
    await killExporters();
    await Promise.all(stages.map((stage) => stage.stop()));
  });

  it('scores the workloads without poison as if there were none, and gives numbers for the others', async () => {
    for (const exporter of [clean, poisoned]) {
      await until('readiness', async () => (await exporter.probe('/readyz')).status === 200 || undefined, { timeoutMs: 30_000 });
    }
    const agreement = await agreementOf(clean, poisoned, { instants: INSTANTS, timeoutMs: 60_000, of: (key) => !isVictim(key) });
    console.log(JSON.stringify(agreement));
    expect(agreement.missing).toBe(0);
    // Equal, as the test in process says, unless a scrape of one of the two was lost.
    expect(agreement.worst).toBeLessThanOrEqual(0.05);
    expect(agreement.scores).toBeGreaterThanOrEqual(INSTANTS * (WORKLOADS - 3));
    expect(agreement.spread).toBeGreaterThan(0.1);

    const self = await poisoned.self();
    expect(total(self, 'bellwether_bad_samples_total')).toBeGreaterThan(0);
    expect(total(self, 'bellwether_restarted_counters_total')).toBeGreaterThan(0);
    expect(total(self, 'bellwether_cycle_failures_total')).toBe(0);
    expect(lintExposition(promtool, await poisoned.scoresText())).toBe('');
    const victims = [...family(await poisoned.scores(), 'anomaly_score')].filter(([key]) => isVictim(key));
    expect(victims.length).toBeGreaterThan(0);
    expect(victims.filter(([, value]) => !(value >= 0 && value < Number.POSITIVE_INFINITY))).toEqual([]);
    expect(poisoned.alive()).toBe(true);
  });
});
