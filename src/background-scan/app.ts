import {
  type Clock,
  createLeaseElection,
  type KubernetesClient,
  type LeaseElection,
  type Listener,
  type Logger,
  listen,
  toBellwetherError,
} from '../platform/index.ts';
import type { Policy } from '../policy/index.ts';
import { createSelfApp, type ProcessMetrics, registerProcessMetrics } from '../web/index.ts';
import type { BackgroundScanConfig } from './config/schema.ts';
import { createScanRun } from './scan/run-scan.ts';
import { createScanMetrics, hideScan } from './scan/scan-metrics.ts';

const SECOND_MS = 1000;
const LOOP = { loop: 'background_scan' } as const;
/** A scan that failed is not left for the whole interval. */
const RETRY_MS = 60_000;
const WAIT_FOR_LEAD_MS = 500;

export interface BackgroundScanDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly client: KubernetesClient;
  readonly pack: readonly Policy[];
  /** Who this is among replicas, and where the Lease lies. */
  readonly identity: string;
  readonly namespace: string;
}

export interface BackgroundScanApp {
  start(): Promise<{ readonly self: string }>;
  /** May be called twice. */
  stop(): Promise<void>;
}

/** Scans the cluster again and again, on the replica that holds the Lease. */
export const createBackgroundScanApp = (deps: BackgroundScanDeps, config: BackgroundScanConfig): BackgroundScanApp => {
  const { clock, log, client, identity, namespace } = deps;
  const { registry, instruments: m } = createScanMetrics(process.version);
  const run = createScanRun({ ...deps, instruments: m }, config);
  const intervalMs = config.scan.intervalSeconds * SECOND_MS;
  const stopping = new AbortController();
  /** Of the scan that runs; aborted with the lead. */
  let scanning: AbortController | undefined;
  let listener: Listener | undefined;
  let processMetrics: ProcessMetrics | undefined;
  let work: Promise<unknown> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  const election: LeaseElection = createLeaseElection(
    {
      client,
      clock,
      log,
      onChange: (leads) => {
        m.backgroundScanLeader.set(leads ? 1 : 0);
        if (leads) return;
        scanning?.abort();
        hideScan(m);
      },
    },
    { name: config.cluster.lease, namespace, identity, leaseMs: config.cluster.leaseSeconds * SECOND_MS },
  );

  const scanOnce = async (): Promise<boolean> => {
    scanning = new AbortController();
    const signal = AbortSignal.any([stopping.signal, scanning.signal]);
    m.cycles.inc(LOOP);
    try {
      await run(signal);
      if (signal.aborted) return false;
      m.cycleLastSuccess.set(LOOP, clock.nowMs() / SECOND_MS);
      return true;
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      if (signal.aborted) return false;
      m.cycleFailures.inc({ ...LOOP, reason: error.code });
      log.error({ err: error }, 'the scan failed and is begun again');
      return false;
    }
  };

  const loop = async (signal: AbortSignal): Promise<void> => {
    m.cycleInterval.set(LOOP, config.scan.intervalSeconds);
    while (!signal.aborted) {
      if (!election.isLeader) {
        await clock.sleep(WAIT_FOR_LEAD_MS, signal);
        continue;
      }
      const startedMs = clock.monotonicMs();
      const succeeded = await scanOnce();
      const restMs = Math.max(0, intervalMs - (clock.monotonicMs() - startedMs));
      await waitWhileLeading(succeeded ? restMs : Math.min(restMs, RETRY_MS), signal);
    }
  };
  /** Whoever comes to lead again after another one scans at once. */
  const waitWhileLeading = async (ms: number, signal: AbortSignal): Promise<void> => {
    const untilMs = clock.monotonicMs() + ms;
    while (!signal.aborted && election.isLeader && clock.monotonicMs() < untilMs)
      await clock.sleep(Math.min(WAIT_FOR_LEAD_MS, untilMs - clock.monotonicMs()), signal);
  };

  const stop = async (): Promise<void> => {
    stopping.abort();
    await work;
    await listener?.close();
    processMetrics?.stop();
    await client.close();
  };

  return {
    start: async () => {
      processMetrics = registerProcessMetrics(registry);
      const render = (): Promise<string> => {
        m.eventLoopBlock.set(processMetrics?.takeLongestBlockSeconds() ?? 0);
        return registry.metrics();
      };
      const notReady = (): string | undefined => (stopping.signal.aborted ? 'stopping' : undefined);
      const app = createSelfApp({ instruments: m, clock, broken: () => undefined, notReady, render });
      listener = await listen(app, { host: config.listen.host, port: config.listen.selfPort, name: 'self' });
      log.info({ self: listener.url, identity }, 'scanning in the background');
      work = Promise.all([election.run(stopping.signal), loop(stopping.signal)]);
      return { self: listener.url };
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
