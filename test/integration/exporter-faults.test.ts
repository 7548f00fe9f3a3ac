import { describeWith } from './real-program.ts';
import { sleep } from './remote-read-fixture.ts';
import { agreementOf } from './support/agreement.ts';
import { type ExporterProcess, killExporters, startExporter } from './support/exporter-process.ts';
import { type Exposition, family, total } from './support/exposition.ts';
import { type FaultMode, type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts';
import { type Stage, startStage } from './support/stage.ts';
import { until } from './support/until.ts';

const SEED = 20260711;
const WORKLOADS = 20;
const INTERVAL_MS = 1000;
// Long enough that a slow machine looks more than once before scores are withdrawn.
const MISSED_CYCLES = 8;
const AGE_LIMIT_MS = MISSED_CYCLES * INTERVAL_MS;
/** Cycles after the end of a fault in which scores have to be back. */
const RECOVERY_CYCLES = 5;

interface FaultCase {
  readonly mode: FaultMode;
  readonly says: string;
  /** Reason of the failed cycles, and code of the failed exchanges. */
  readonly code: string;
  /** Another counter that has to rise. */
  readonly also?: readonly [name: string, ...labels: string[]];
}

const CORRUPT = ['bellwether_remote_read_corrupt_answers_total', 'rung="streamed"'] as const;
const FALLBACK = ['bellwether_remote_read_fallbacks_total', 'from="streamed"', 'to="query"', 'reason="unsupported"'] as const;
const RETRIES = ['bellwether_remote_read_retries_total', 'code="upstream_unavailable"'] as const;

const FAULTS: readonly FaultCase[] = [
  { mode: 'refuse', says: 'is down', code: 'upstream_unavailable', also: RETRIES },
  { mode: 'stall', says: 'answers too late', code: 'timeout' },
  { mode: 'unavailable', says: 'answers 503', code: 'upstream_unavailable' },
  { mode: 'login', says: 'hides behind a login page', code: 'upstream_unsupported', also: FALLBACK },
  { mode: 'redirect', says: 'hides behind a redirect', code: 'upstream_unsupported', also: FALLBACK },
  { mode: 'cut', says: 'breaks off inside a frame', code: 'upstream_unavailable' },
  { mode: 'truncate', says: 'ends its answer inside a frame', code: 'corrupt_response', also: CORRUPT },
  { mode: 'error-text', says: 'fails after half of the frames', code: 'corrupt_response', also: CORRUPT },
];

/** What both ports say within a few milliseconds, and between which times they were asked. */
interface View {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lastSuccessMs: number;
  readonly self: Exposition;
  /** Score series and their values as text. */
  readonly scores: readonly string[];
  readonly stale: number;
}

const linesOf = (scores: Exposition, name: string): string[] => [...family(scores, name)].map(([labels, value]) => `${labels} ${value}`);

const look = async (exporter: ExporterProcess): Promise<View> => {
  const fromMs = Date.now();
  const self = await exporter.self();
  const scores = await exporter.scores();
  const toMs = Date.now();
  expect(await exporter.probe('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  return {
    fromMs,
    toMs,
    lastSuccessMs: total(self, 'bellwether_last_successful_score_timestamp_seconds') * 1000,
    self,
    scores: linesOf(scores, 'anomaly_score'),
    stale: linesOf(scores, 'anomaly_score_not_ready').filter((line) => line.includes('reason="stale_data"')).length,
  };
};

const failures = (self: Exposition, code: string): number =>
  total(self, 'bellwether_cycle_failures_total', 'loop="tick"', `reason="${code}"`);

/** Exporters that go through the faults side by side, each behind a proxy of its own: most of the time is waiting. */
const LANES = 3;

interface Lane {
  readonly proxy: FaultyProxy;
  readonly exporter: ExporterProcess;
}

describeWith(['prometheus', 'promtool'], 'exporter behind a Prometheus in trouble', (prometheus, promtool) => {
  let stage: Stage;
  let reference: ExporterProcess;
  let lanes: readonly Lane[] = [];

  const configFor = (url: string) => ({
    prometheus: { url, timeoutSeconds: 1 },
    intervalSeconds: INTERVAL_MS / 1000,
    backfill: { hours: 0.2, stepSeconds: 1 },
    freshness: { missedCycles: MISSED_CYCLES },
  });

  beforeAll(async () => {
    console.log(`seed ${SEED}`);
    stage = await startStage({ prometheus, promtool, seed: SEED, workloads: WORKLOADS, stepMs: INTERVAL_MS, pastSteps: 300 });
    reference = await startExporter(configFor(stage.prometheus.url));
    lanes = await Promise.all(
      Array.from({ length: LANES }, async (): Promise<Lane> => {
        const proxy = await startFaultyProxy(stage.prometheus.url);
        await proxy.set('refuse');
        return { proxy, exporter: await startExporter(configFor(proxy.url)) };
      }),
    );
  });
  afterAll(async () => {
    await killExporters();
    await Promise.all(lanes.map(({ proxy }) => proxy.close()));
    await stage?.stop();
  });

  const allScores = (exporter: ExporterProcess, timeoutMs: number): Promise<View> =>
    until(
      `scores of ${WORKLOADS} workloads`,
      async () => {
        const view = await look(exporter);
        return view.scores.length === WORKLOADS ? view : undefined;
      },
      { timeoutMs },
    );
  const expectAgreement = async (exporter: ExporterProcess, what: string): Promise<void> => {
    const agreement = await agreementOf(exporter, reference, { instants: 2, timeoutMs: 20_000 });
    console.log(`${what}; ${JSON.stringify(agreement)}`);
    expect(agreement.instants).toBeGreaterThanOrEqual(2);
    expect(agreement.missing).toBe(0);
    expect(agreement.worst).toBeLessThanOrEqual(0.05);
  };

  /** One fault from its beginning to the scores after its end. */
  const suffer = async ({ proxy, exporter }: Lane, { mode, code, also }: FaultCase): Promise<void> => {
    const before = await allScores(exporter, 30_000);
    await proxy.set(mode);
    const failed = await until(
      'failed cycle',
      async () => {
        const view = await look(exporter);
        return failures(view.self, code) > failures(before.self, code) ? view : undefined;
      },
      { timeoutMs: 10_000 },
    );

    const views: View[] = [failed];
    await until(
      'withdrawal',
      async () => {
        const view = await look(exporter);
        views.push(view);
        return view.fromMs - view.lastSuccessMs > AGE_LIMIT_MS + INTERVAL_MS || undefined;
      },
      { timeoutMs: 40_000 },
    );
    const kept = views.filter(({ toMs, lastSuccessMs }) => toMs - lastSuccessMs <= AGE_LIMIT_MS);
    const withdrawn = views.filter(({ fromMs, lastSuccessMs }) => fromMs - lastSuccessMs > AGE_LIMIT_MS);
    expect(kept.length).toBeGreaterThan(0);
    // To the last digit: nothing was scored from a part of an answer.
    for (const view of kept) expect(view.scores).toEqual(failed.scores);
    expect(failed.scores).toHaveLength(WORKLOADS);
    for (const view of withdrawn) {
      expect(view).toMatchObject({ scores: [], stale: WORKLOADS });
      expect(total(view.self, 'bellwether_scores_withdrawn')).toBe(1);
      expect(total(view.self, 'bellwether_source_up')).toBe(0);
    }
    const last = withdrawn.at(-1)!;
    const rise = (name: string, ...labels: readonly string[]): number =>
      total(last.self, name, ...labels) - total(before.self, name, ...labels);
    // Nothing fails for another reason, but that a slow machine may miss the deadline as well.
    const ofCodes = [...new Set([code, 'timeout'])].map((each) => failures(last.self, each) - failures(before.self, each));
    expect(rise('bellwether_cycle_failures_total', 'loop="tick"')).toBe(ofCodes.reduce((sum, count) => sum + count, 0));
    expect(rise('bellwether_cycle_failures_total', 'loop="tick"')).toBeGreaterThanOrEqual(2);
    expect(rise('bellwether_remote_read_requests_total', `code="${code}"`)).toBeGreaterThanOrEqual(2);
    if (also) expect(rise(...also)).toBeGreaterThanOrEqual(1);
    expect(total(last.self, 'bellwether_remote_read_samples_total')).toBe(total(failed.self, 'bellwether_remote_read_samples_total'));

    const endedMs = Date.now();
    await proxy.set('pass');
    const back = await until(
      'scores',
      async () => {
        const view = await look(exporter);
        return view.scores.length > 0 ? view : undefined;
      },
      { timeoutMs: 20_000 },
    );
    const backMs = back.toMs - endedMs;
    expect(backMs).toBeLessThan(RECOVERY_CYCLES * INTERVAL_MS);
    expect(back).toMatchObject({ stale: 0 });
    expect(back.scores).toHaveLength(WORKLOADS);
    expect(total(await exporter.self(), 'bellwether_scores_withdrawn')).toBe(0);
    expect(exporter.log.at(-1)?.msg).toBe('reading works again');
    // What happened meanwhile was read afterwards: the states are those of an exporter that saw no fault.
    await expectAgreement(exporter, `${mode}: back after ${backMs} ms`);
  };

  const outcomes = new Map<FaultMode, Promise<void>>();
  const startLanes = (): void => {
    if (outcomes.size > 0) return;
    const freeFrom: Promise<void>[] = lanes.map(({ proxy }) => proxy.set('pass'));
    for (const [i, fault] of FAULTS.entries()) {
      const lane = lanes[i % LANES]!;
      const outcome = freeFrom[i % LANES]!.then(() => suffer(lane, fault));
      outcomes.set(fault.mode, outcome);
      // A fault that fails its test must not keep the next one from its own.
      freeFrom[i % LANES] = outcome.catch(() => undefined).then(() => lane.proxy.set('pass'));
    }
  };

  it('waits for a Prometheus that is down at its start, says so, and becomes ready by itself', async () => {
    const { exporter } = lanes[0]!;
    await until('word of waiting', async () => (await exporter.probe('/readyz')).text.includes('backfill_waiting') || undefined, {
      timeoutMs: 10_000,
    });
    expect(await exporter.probe('/readyz')).toEqual({ status: 503, text: 'not ready: backfill_waiting\n' });
    expect(await look(exporter)).toMatchObject({ scores: [], stale: 0 });
    expect(
      total(await exporter.self(), 'bellwether_cycle_failures_total', 'loop="backfill"', 'reason="upstream_unavailable"'),
    ).toBeGreaterThan(0);
    await Promise.all(lanes.map((lane) => lane.proxy.set('pass')));
    await until('readiness', async () => (await exporter.probe('/readyz')).status === 200 || undefined, { timeoutMs: 30_000 });
    expect((await allScores(exporter, 10_000)).scores).toHaveLength(WORKLOADS);
  });

  it.each(FAULTS)('keeps scores until their age limit, withdraws them and comes back, when Prometheus $says', async ({ mode }) => {
    startLanes();
    await outcomes.get(mode);
  });

  it('goes on by the query API when remote read is taken away, without a gap', async () => {
    const { proxy, exporter } = lanes.at(-1)!;
    await proxy.set('pass');
    await allScores(exporter, 30_000);
    await proxy.set('no-remote-read');
    await until(
      'the query rung',
      async () => family(await exporter.self(), 'bellwether_remote_read_rung').get('{rung="query"}') === 1 || undefined,
      { timeoutMs: 10_000 },
    );
    for (let i = 0; i < 10; i++) {
      expect((await look(exporter)).scores).toHaveLength(WORKLOADS);
      await sleep(200);
    }
    await expectAgreement(exporter, 'no remote read');
  });
});
