import { BellwetherError, type Clock, type HttpClient, type Random, toBellwetherError } from '../../platform/index.ts';
import { createLabelTable } from '../series/label-table.ts';
import type { CollectStats } from '../series/series-collector.ts';
import type { ReadRequest, Rung, SeriesSource } from '../series-source.ts';
import { createLadder } from './ladder.ts';
import { callQueryApi } from './query-call.ts';
import { type Answer, type CallContext, type CallMeter, callRemoteRead } from './remote-read-call.ts';
import { createRetrier } from './retry.ts';
import type { Endpoint, SourceListener } from './source-event.ts';
import { type PrometheusSourceOptions, sourceSettings } from './source-options.ts';
import { createSlicer } from './time-slices.ts';

export interface PrometheusSourceDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  /** Called synchronously with everything that metrics are made of; must not throw. */
  readonly onEvent?: SourceListener;
}

// More series than this at a time are unusual for one reader; about 1 KB each.
const MAX_LABEL_ENTRIES = 250_000;
const NO_STATS: CollectStats = { samples: 0, series: 0, staleMarkers: 0, droppedSamples: 0, histogramSamples: 0, duplicateSeries: 0 };

/**
 * Series out of Prometheus, Mimir, Cortex, Thanos, VictoriaMetrics or what speaks like one of them: remote read in its streamed form where the server has it,
 * sampled or by the query API where not. `close` does not close the HTTP client, which may serve others.
 */
export const createPrometheusSource = (deps: PrometheusSourceDeps, options: PrometheusSourceOptions): SeriesSource => {
  const { http, clock, random } = deps;
  const onEvent: SourceListener = deps.onEvent ?? (() => undefined);
  const settings = sourceSettings(options);
  const ladder = createLadder(settings.rung, settings.probeIntervalMs);
  const retrier = createRetrier({
    clock,
    random,
    retries: settings.retries,
    onRetry: (code, delayMs) => onEvent({ type: 'retry', code, delayMs }),
  });
  const labels = createLabelTable({
    strip: settings.externalLabels,
    retentionMs: settings.labelRetentionMs,
    maxEntries: MAX_LABEL_ENTRIES,
    seed: Math.floor(random() * 2 ** 31),
  });

  /** One exchange, told to the listener whatever becomes of it. */
  const measured = async (rung: Rung, endpoint: Endpoint, call: (meter: CallMeter) => Promise<Answer>): Promise<Answer> => {
    const meter = { bytes: 0, frames: 0 };
    const startedMs = clock.monotonicMs();
    const tell = (code: 'ok' | BellwetherError['code'], used: Rung, stats: CollectStats): void =>
      onEvent({ type: 'request', rung: used, endpoint, code, durationMs: clock.monotonicMs() - startedMs, ...meter, stats });
    try {
      const answer = await call(meter);
      tell('ok', answer.rung, answer.stats);
      return answer;
    } catch (thrown) {
      const error = asReadError(thrown);
      tell(error.code, rung, NO_STATS);
      if (error.code === 'corrupt_response') onEvent({ type: 'corrupt', rung, message: error.message });
      throw error;
    }
  };

  const climb = async (request: ReadRequest, resample: boolean, signal: AbortSignal | undefined): Promise<Answer> => {
    const deadlineMs = clock.monotonicMs() + settings.timeoutMs;
    const run = (rung: Rung, endpoint: Endpoint): Promise<Answer> =>
      retrier.run(
        (timeoutMs) =>
          measured(rung, endpoint, (meter) => {
            const context: CallContext = { http, labels, settings, timeoutMs, signal, meter };
            if (endpoint === 'read') return callRemoteRead(request, rung === 'samples' ? 'samples' : 'streamed', context);
            return callQueryApi(request, endpoint === 'query_range', context);
          }),
        deadlineMs,
        signal,
      );
    const tried: Rung[] = [ladder.first(clock.nowMs())];
    for (;;) {
      const rung = tried[tried.length - 1]!;
      try {
        return await run(rung, rung === 'query' ? 'query' : 'read');
      } catch (thrown) {
        const error = toBellwetherError(thrown);
        if (rung === 'query' && error.code === 'limit_exceeded' && resample) {
          onEvent({ type: 'fallback', from: rung, to: 'query_range', reason: 'limit' });
          return await run(rung, 'query_range');
        }
        const step = ladder.next(error, tried);
        if (step === undefined) throw error;
        onEvent({ type: 'fallback', from: rung, ...step });
        tried.push(step.to);
      }
    }
  };

  const readRange = async (request: ReadRequest, resample: boolean, signal: AbortSignal | undefined): Promise<Answer> => {
    labels.beginRead(clock.nowMs());
    try {
      const answer = await climb(request, resample, signal);
      ladder.learn(answer.rung, clock.nowMs());
      onEvent({ type: 'rung', rung: answer.rung });
      return answer;
    } finally {
      labels.endRead();
    }
  };

  const slices = createSlicer(settings, readRange);
  return {
    read: async (request, signal) => (await readRange(request, true, signal)).results,
    readSlices: slices,
    get rung() {
      return ladder.rung;
    },
    close: async () => undefined,
  };
};

/** Reading past a buffer's end throws a RangeError: the bytes made no sense. */
const asReadError = (thrown: unknown): BellwetherError =>
  thrown instanceof RangeError
    ? new BellwetherError('corrupt_response', `corrupt response: ${thrown.message}`, thrown)
    : toBellwetherError(thrown);
