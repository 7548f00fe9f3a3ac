import { createExporterApp, type ExporterAddresses, type ExporterApp, type ExporterConfig, loadConfig } from '../../exporter/index.ts';
import { type Clock, configOrThrow, type Listener, type Logger, listen, type Random } from '../../platform/index.ts';
import { createDemoClock } from '../server/demo-clock.ts';
import { createDemoCluster } from '../server/demo-cluster.ts';
import { createPrometheusServer } from '../server/prometheus-server.ts';
import { ENCORE, ENCORE_EVERY_MS, type StoryEvent } from './storyline.ts';
import type { DemoMoment } from './terminal-view.ts';

export interface DemoOptions {
  readonly seed: number;
  readonly workloads: number;
  /** Times real time, until the demo's clock has caught up. */
  readonly speed: number;
  readonly host: string;
  readonly scoresPort: number;
  readonly selfPort: number;
  readonly apiPort: number;
  readonly prometheusPort: number;
  readonly story: readonly StoryEvent[];
}

export interface DemoAddresses extends ExporterAddresses {
  readonly prometheus: string;
}

export interface DemoApp {
  /** Resolves once everything listens; the past is being learnt after that. */
  start(): Promise<DemoAddresses>;
  /** Lets the story go on; call it about once a second. Gives what there is to show. */
  tick(): DemoMoment;
  stop(): Promise<void>;
}

const STEP_MS = 30_000;
const HISTORY_HOURS = 24;
const HOUR_MS = 3_600_000;
/** An hour at 20 times real time is over in three minutes; from then on the demo runs in real time. */
const BEHIND_MS = HOUR_MS;

/** The exporter as it comes, but for the addresses. Deadlines are in the demo's time, which runs fast. */
const demoConfig = ({ host, scoresPort, selfPort, apiPort }: DemoOptions, url: string): ExporterConfig =>
  configOrThrow(
    loadConfig('', {
      prometheus: { url, timeoutSeconds: 600 },
      intervalSeconds: STEP_MS / 1000,
      backfill: { hours: HISTORY_HOURS, stepSeconds: STEP_MS / 1000 },
      listen: { host, scoresPort, selfPort, apiPort },
      log: { level: 'warn' },
    }),
    'the demo',
  );

/** A simulated cluster, its Prometheus, and the exporter on top of it, over HTTP as it would be anywhere. */
export const createDemoApp = (
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Logger },
  options: DemoOptions,
): DemoApp => {
  const { clock: wall, random, log } = deps;
  // At speed 1 there is nothing to catch up with.
  const behindMs = options.speed > 1 ? BEHIND_MS : 0;
  const clock = createDemoClock(wall, { behindMs, speed: options.speed });
  const cluster = createDemoCluster({
    seed: options.seed,
    workloads: options.workloads,
    stepMs: STEP_MS,
    historyMs: HISTORY_HOURS * HOUR_MS,
    nowMs: clock.nowMs(),
  });
  let listener: Listener | undefined;
  let exporter: ExporterApp | undefined;
  let storyBegan = false;
  let encoreMs = Number.POSITIVE_INFINITY;
  let encores = 0;

  const catchUp = (): void => cluster.catchUp(clock.nowMs());
  const tellStory = (): void => {
    const nowMs = clock.nowMs();
    if (!storyBegan) {
      storyBegan = true;
      for (const { kind, workload, atSeconds } of options.story) cluster.begin(kind, workload, nowMs + atSeconds * 1000 * options.speed);
      encoreMs = nowMs + behindMs + ENCORE_EVERY_MS;
    }
    if (nowMs < encoreMs) return;
    encoreMs += ENCORE_EVERY_MS;
    cluster.begin(ENCORE[encores++ % ENCORE.length] as (typeof ENCORE)[number], undefined, nowMs);
  };
  const waitingFor = (app: ExporterApp): string | undefined => {
    const { notReady, backfill } = app.status;
    if (notReady === undefined) return undefined;
    const share = backfill && backfill.toMs > backfill.fromMs ? (backfill.doneMs - backfill.fromMs) / (backfill.toMs - backfill.fromMs) : 0;
    return `learning from the past ${HISTORY_HOURS} hours: ${Math.round(100 * Math.min(1, Math.max(0, share)))} %`;
  };

  return {
    start: async () => {
      const server = createPrometheusServer({
        store: cluster.store,
        catchUp,
        begin: (kind, workload) => cluster.begin(kind, workload, clock.nowMs()),
      });
      listener = await listen(server, { host: options.host, port: options.prometheusPort, name: 'the simulated Prometheus' });
      const config = demoConfig(options, listener.url);
      exporter = createExporterApp({ clock, random, log }, config);
      try {
        return { prometheus: listener.url, ...(await exporter.start()) };
      } catch (error) {
        await listener.close();
        throw error;
      }
    },
    tick: () => {
      const waiting = exporter ? waitingFor(exporter) : 'starting';
      if (waiting === undefined) tellStory();
      catchUp();
      return {
        nowMs: clock.nowMs(),
        behindMs: clock.caughtUp ? 0 : wall.nowMs() - clock.nowMs(),
        speed: options.speed,
        waiting,
        scores: exporter?.board.entries() ?? [],
        truth: cluster.truth.filter(({ startMs }) => storyBegan && startMs > wall.nowMs() - behindMs - HOUR_MS),
      };
    },
    stop: async () => {
      await exporter?.stop();
      await listener?.close();
    },
  };
};
