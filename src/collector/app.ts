import { Registry } from 'prom-client';
import { COLLECTOR_METRICS, PROCESS_METRICS, VERSION, WORKLOAD_EVENT_METRICS } from '../conventions/index.ts';
import {
  type Clock,
  createHttpClient,
  type KubernetesClient,
  type Listener,
  type Logger,
  listen,
  type Random,
  toBellwetherError,
} from '../platform/index.ts';
import { createShipper, type RuntimeEvent, type Shipper } from '../runtime-events/index.ts';
import { bareApp, createInstruments, createSelfApp, METRICS_TYPE, type ProcessMetrics, registerProcessMetrics } from '../web/index.ts';
import type { CollectorInstruments } from './collector-instruments.ts';
import type { CollectorConfig } from './config/schema.ts';
import { createPodCounts } from './counts/pod-counts.ts';
import { createKubernetesSource } from './sources/kubernetes-source.ts';
import type { CollectorSource } from './sources/node-source.ts';
import { createTetragonSource } from './sources/tetragon-source.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** Well below the ten minutes after which the receiver's alert calls a sender silent. */
const SIGN_OF_LIFE_MS = 60_000;

export interface CollectorDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  /** Needed where Kubernetes Events are watched. */
  readonly client?: KubernetesClient;
}

export interface CollectorApp {
  start(): Promise<{ readonly self: string; readonly counts: string }>;
  /** May be called twice. */
  stop(): Promise<void>;
}

/** Reads events on a node, counts them by pod, and brings them to a receiver. */
export const createCollectorApp = ({ clock, log, random, client }: CollectorDeps, node: string, config: CollectorConfig): CollectorApp => {
  const registry = new Registry();
  const counted = new Registry();
  const m: CollectorInstruments = { ...createInstruments(PROCESS_METRICS, registry), ...createInstruments(COLLECTOR_METRICS, registry) };
  const counts = createPodCounts(
    { ...createInstruments(WORKLOAD_EVENT_METRICS, counted), untoldPods: m.untoldPods },
    {
      maxPods: config.counts.maxPods,
      idleMs: config.counts.idleMinutes * MINUTE_MS,
    },
  );
  const { receiver, tetragon, kubernetes } = config;
  const http = createHttpClient({
    ...(receiver.tokenFile === undefined ? {} : { bearerTokenFile: receiver.tokenFile }),
    ...(receiver.caFile === undefined ? {} : { tls: { caFile: receiver.caFile } }),
  });
  let failing = false;
  const shipper: Shipper = createShipper(
    {
      http,
      clock,
      random,
      onFailure: (source, error) => {
        m.failedBatches.inc({ source, reason: error.code });
        if (!failing) log.warn({ err: error, source }, 'the receiver does not take events; they are sent again until it does');
        failing = true;
      },
      onRefused: (source, event, error) => {
        m.droppedEvents.inc({ source, reason: 'refused' });
        log.error({ id: event.id, reason: error.message, source }, 'the receiver refuses an event for good');
      },
      onShipped: (source, events) => {
        failing = false;
        m.shipped.inc({ source }, events);
        m.lastShipped.set(clock.nowMs() / SECOND_MS);
      },
    },
    { url: receiver.url, sender: node, timeoutMs: receiver.timeoutSeconds * SECOND_MS },
  );
  const onEvents = (events: readonly RuntimeEvent[]): void => counts.add(events, clock.nowMs());
  const deps = { clock, log, instruments: m, shipper, onEvents };
  // A further source is a section of the configuration and a line here.
  const sources: readonly CollectorSource[] = [
    ...(tetragon.enabled ? [createTetragonSource(deps, { ...tetragon, node, intervalMs: tetragon.intervalSeconds * SECOND_MS })] : []),
    ...(kubernetes.enabled && client ? [createKubernetesSource(deps, client, kubernetes)] : []),
  ];

  const stopping = new AbortController();
  const listeners: Listener[] = [];
  let processMetrics: ProcessMetrics | undefined;
  let broken: string | undefined;
  let work: Promise<unknown> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  const report = async (signal: AbortSignal): Promise<void> => {
    m.cycleInterval.set({ loop: 'report' }, SIGN_OF_LIFE_MS / SECOND_MS);
    while (!signal.aborted) {
      counts.sweep(clock.nowMs());
      m.cycles.inc({ loop: 'report' });
      await shipper.ship('report', [], signal).then(
        () => m.cycleLastSuccess.set({ loop: 'report' }, clock.nowMs() / SECOND_MS),
        () => undefined,
      );
      await clock.sleep(SIGN_OF_LIFE_MS, signal);
    }
  };
  const watch = async (source: CollectorSource): Promise<void> => {
    try {
      await source.run(stopping.signal);
    } catch (thrown) {
      if (stopping.signal.aborted) return;
      broken = `the source ${source.name} has ended`;
      log.fatal({ err: toBellwetherError(thrown), source: source.name }, 'a source cannot work');
    }
  };
  const open = async (name: string, port: number, handler: Parameters<typeof listen>[0]): Promise<string> => {
    const listener = await listen(handler, { host: config.listen.host, port, name });
    listeners.push(listener);
    return listener.url;
  };
  const stop = async (): Promise<void> => {
    stopping.abort();
    await work;
    await Promise.all(listeners.map((listener) => listener.close()));
    processMetrics?.stop();
    await http.close();
  };

  return {
    start: async () => {
      processMetrics = registerProcessMetrics(registry);
      m.buildInfo.set({ version: VERSION, nodeversion: process.version }, 1);
      const render = (): Promise<string> => {
        m.eventLoopBlock.set(processMetrics?.takeLongestBlockSeconds() ?? 0);
        return registry.metrics();
      };
      const countsApp = bareApp();
      countsApp.get('/metrics', async (_request, response) => {
        response.set('Content-Type', METRICS_TYPE).send(await counted.metrics());
      });
      try {
        const self = await open(
          'self',
          config.listen.selfPort,
          createSelfApp({ instruments: m, clock, broken: () => broken, notReady: () => broken, render }),
        );
        const told = await open('counts', config.listen.countsPort, countsApp);
        log.info({ self, counts: told, node, sources: sources.map(({ name }) => name) }, 'collecting');
        work = Promise.all([...sources.map(watch), report(stopping.signal)]);
        return { self, counts: told };
      } catch (error) {
        await Promise.all(listeners.map((listener) => listener.close()));
        throw error;
      }
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
