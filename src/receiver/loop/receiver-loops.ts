import type { AlertmanagerClient } from '../../alertmanager/index.ts';
import type { Clock, Database, HttpClient, Logger } from '../../platform/index.ts';
import { setTotal } from '../../web/index.ts';
import { createRateLimit } from '../auth/rate-limit.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import { createEvidenceFetcher } from '../evidence/fetch-evidence.ts';
import { createAlertProposer } from '../mitigation/propose-for-alerts.ts';
import { createApprovalTeller } from '../mitigation/tell-approvals.ts';
import type { ChannelDeps } from '../notify/channel.ts';
import { createSendCycle } from '../notify/send-cycle.ts';
import type { ReceiverInstruments } from '../receiver-instruments.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { countEvents, removeOldEvents } from '../store/event-store.ts';
import { type LoopFigures, readFigures } from '../store/figures.ts';
import { applyRetention } from '../store/retention.ts';
import { lastSequence } from '../store/verdict-store.ts';
import { createPropagation } from '../verdicts/propagate.ts';
import { createSilenceReader } from '../watch/silence-reader.ts';
import { createWatchCycle, type WatchResult } from '../watch/watch-cycle.ts';
import { type RoundResult, runLoop } from './run-loop.ts';

const SECOND_MS = 1000;
const EVIDENCE_MS = 2_000;
const NOTIFY_MS = 2_000;
/** Messages that may come at once; beyond it they come at the rate of their channel. */
const MESSAGE_BURST = 10;
const HOUR_SECONDS = 3_600;
const PROPAGATE_MS = 60_000;
const FIGURES_MS = 60_000;
const RETENTION_MS = 600_000;
const DAY_MS = 86_400_000;

export interface ReceiverLoopsDeps {
  readonly config: () => ReceiverConfig;
  readonly database: Database;
  readonly parts: Pick<ReceiverParts, 'commit' | 'book' | 'links' | 'baseUrl' | 'mitigations'>;
  readonly channels: ChannelDeps;
  readonly client: AlertmanagerClient | undefined;
  readonly exporter: HttpClient | undefined;
  readonly instruments: ReceiverInstruments;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isOn: () => boolean;
  /** Sequence up to which an exporter has the log. */
  readonly fedUpTo: () => number;
}

const tell = (m: ReceiverInstruments, log: Logger, result: WatchResult): void => {
  for (const { url, error } of result.replicas) m.alertmanagerUp.set({ instance: url }, error === undefined ? 1 : 0);
  for (const [state, count] of Object.entries(result.silences)) m.silences.set({ state }, count);
  m.unheardAlerts.inc(result.found.length);
  m.endedUnheard.inc(result.ended.length);
  m.bulkSilences.set(result.bulkSilences.length);
  m.verdictsUndone.inc(result.undone.length);
  if (result.given.length > 0) log.info({ verdicts: result.given.length }, 'silences became verdicts');
};

const showFigures = (m: ReceiverInstruments, figures: LoopFigures): void => {
  m.storedAlerts.set({ status: 'firing' }, figures.firing);
  m.storedAlerts.set({ status: 'resolved' }, figures.resolved);
  m.unjudged.set(figures.unjudged);
  m.precision.set(figures.precision);
  m.repeats.set(figures.repeats);
  m.timeToVerdict.set(figures.medianDelaySeconds);
};

/** What the receiver does by itself; resolves when the signal is aborted and all rounds have ended. */
export const runReceiverLoops = async (deps: ReceiverLoopsDeps, signal: AbortSignal): Promise<void> => {
  const { config, database, parts, client, exporter, instruments: m, clock, log } = deps;
  const { commit, book, links, baseUrl } = parts;
  const loops: Promise<void>[] = [];
  const begin = (loop: string, intervalMs: () => number, work: () => Promise<RoundResult>): void => {
    loops.push(runLoop(deps, { loop, intervalMs }, work, signal));
  };

  if (client) {
    const readSilence = createSilenceReader({ book, clock }, { bulkWorkloads: () => config().verdicts.bulkWorkloads });
    const look = createWatchCycle({ client, commit, readSilence, clock });
    begin(
      'watch',
      () => config().alertmanager.pollSeconds * SECOND_MS,
      async () => {
        const result = await look();
        // Where none answered, none is named.
        if (result.replicas.length === 0) for (const instance of config().alertmanager.urls) m.alertmanagerUp.set({ instance }, 0);
        tell(m, log, result);
        // Half a look is no success.
        const error = result.alertsError ?? result.silencesError;
        if (error) throw error;
      },
    );
  }
  const { url } = config().exporter;
  if (exporter && url !== undefined) {
    const fetchEvidence = createEvidenceFetcher(
      { http: exporter, database, commit, clock },
      { url, timeoutMs: config().exporter.timeoutSeconds * SECOND_MS },
    );
    begin(
      'evidence',
      () => EVIDENCE_MS,
      async () => {
        const { asked, waiting, error } = await fetchEvidence();
        m.evidenceWaiting.set(waiting);
        if (error && error.code !== 'not_found') throw error;
        return asked === 0 && waiting > 0 ? 'idle' : undefined;
      },
    );
  }
  const { mitigations: desk } = parts;
  if (desk) {
    const propose = createAlertProposer({ database, desk, clock, log, config });
    const tellApprovals = createApprovalTeller({ commit, clock, config });
    begin(
      'mitigation',
      () => config().mitigation.roundSeconds * SECOND_MS,
      async () => {
        // What has to end does not wait for what begins.
        const { mitigations } = await desk.round();
        await tellApprovals(mitigations);
        const made = await propose();
        if (made > 0) log.info({ mitigations: made }, 'alerts asked for mitigations');
      },
    );
  }
  const limits = new Map<string, { readonly perHour: number; readonly limit: ReturnType<typeof createRateLimit> }>();
  const sendNotices = createSendCycle({
    ...deps.channels,
    database,
    commit,
    clock,
    links,
    baseUrl,
    channels: () => config().notify.channels,
    limit: ({ name, perHour }) => {
      const known = limits.get(name);
      if (known?.perHour === perHour) return known.limit;
      const limit = createRateLimit(
        clock,
        () => perHour / HOUR_SECONDS,
        () => Math.min(MESSAGE_BURST, perHour),
      );
      limits.set(name, { perHour, limit });
      return limit;
    },
  });
  begin(
    'notify',
    () => NOTIFY_MS,
    async () => {
      // So that the first failure is seen as a change.
      for (const { name: channel } of config().notify.channels)
        for (const outcome of ['sent', 'failed', 'dropped']) m.notices.inc({ channel, outcome }, 0);
      const { ended, waiting, error } = await sendNotices();
      for (const { channel, end, count } of ended) m.notices.inc({ channel, outcome: end }, count);
      m.noticesWaiting.reset();
      for (const [channel, count] of waiting) m.noticesWaiting.set({ channel }, count);
      if (error) throw error;
      return ended.length === 0 && waiting.size > 0 ? 'idle' : undefined;
    },
  );
  const propagate = createPropagation({ commit, book, clock });
  begin(
    'propagate',
    () => PROPAGATE_MS,
    async () => {
      const given = await propagate();
      for (const word of ['false_alarm', 'confirmed']) m.verdicts.inc({ word, source: 'propagation' }, 0);
      if (given > 0) log.info({ verdicts: given }, 'verdicts were given to alerts that look the same');
    },
  );
  begin(
    'figures',
    () => FIGURES_MS,
    async () => {
      showFigures(m, await readFigures(database, clock.nowMs()));
      m.storeBytes.set(await database.usedBytes());
      m.verdictBacklog.set(Math.max(0, (await lastSequence(database)) - deps.fedUpTo()));
    },
  );
  const removed = { age: 0, size: 0 };
  const removedEvents = { age: 0, number: 0, size: 0 };
  begin(
    'retention',
    () => RETENTION_MS,
    async () => {
      const { keepDays, maxBytes } = config().store;
      // Events first: they are many, and alerts are to stay where there is room for only one of them.
      const events = { keepMs: config().events.keepDays * DAY_MS, maxStored: config().events.maxStored, maxBytes };
      const gone = await removeOldEvents(database, events, clock.nowMs());
      for (const reason of ['age', 'number', 'size'] as const) removedEvents[reason] += gone[reason];
      setTotal(m.removedEvents, new Map(Object.entries(removedEvents).map(([reason, total]) => [{ reason }, total])));
      m.storedEvents.set(await countEvents(database));
      const { byAge, bySize } = await applyRetention(database, { keepMs: keepDays * DAY_MS, maxBytes }, clock.nowMs());
      removed.age += byAge;
      removed.size += bySize;
      setTotal(m.removedAlerts, new Map(Object.entries(removed).map(([reason, total]) => [{ reason }, total])));
      if (bySize > 0) log.warn({ alerts: bySize }, 'the store is nearly full; the oldest alerts were removed before their time');
    },
  );
  await Promise.all(loops);
};
