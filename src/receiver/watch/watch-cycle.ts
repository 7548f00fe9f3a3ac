import type { AlertmanagerClient, HeldAlert, ReplicaResult } from '../../alertmanager/index.ts';
import { type BellwetherError, type Clock, type GroupCommit, toBellwetherError } from '../../platform/index.ts';
import { endMissingAlerts, writeHeldAlert } from '../store/alert-store.ts';
import type { SilenceReader } from './silence-reader.ts';

/** Written together; more would make webhooks wait. */
const CHUNK = 200;
/**
 * Alertmanager keeps alerts in memory alone: after its restart Prometheus tells it again within about a minute. Only what is missing for longer has
 * ended.
 */
const MISSING_MS = 180_000;

export interface WatchDeps {
  readonly client: AlertmanagerClient;
  readonly commit: GroupCommit;
  readonly readSilence: SilenceReader;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What one look brought. */
export interface WatchResult {
  readonly held: number;
  /** Stored alerts that no webhook had brought, and that ended without a word. */
  readonly found: readonly string[];
  readonly ended: readonly string[];
  readonly silences: Readonly<Record<'pending' | 'active' | 'expired', number>>;
  readonly given: readonly string[];
  readonly undone: readonly string[];
  readonly bulkSilences: readonly string[];
  readonly replicas: readonly ReplicaResult[];
  /** Why one half could not be read; the other half was taken all the same. */
  readonly alertsError: BellwetherError | undefined;
  readonly silencesError: BellwetherError | undefined;
}

const settled = async <T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: BellwetherError }> => {
  try {
    return { value: await promise };
  } catch (error) {
    return { error: toBellwetherError(error) };
  }
};

const chunksOf = <T>(items: readonly T[]): (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK));

/** Looks at alerts and silences once and writes down what has changed. Rejects only where the store fails. */
export const createWatchCycle = ({ client, commit, readSilence, clock }: WatchDeps) => {
  const keepHeld = async (alerts: readonly HeldAlert[]) => {
    const ids = new Map<string, string>();
    const found: string[] = [];
    for (const chunk of chunksOf(alerts)) {
      const written = await commit.write(async (tx) => {
        const nowMs = clock.nowMs();
        const outcomes = [];
        for (const alert of chunk) outcomes.push({ alert, ...(await writeHeldAlert(tx, alert, nowMs)) });
        return outcomes;
      });
      for (const { alert, id, isNew } of written) {
        ids.set(alert.fingerprint, id);
        if (isNew) found.push(id);
      }
    }
    return { ids, found };
  };

  return async (): Promise<WatchResult> => {
    const [alerts, silences] = await Promise.all([settled(client.alerts()), settled(client.silences())]);
    const held = 'value' in alerts ? alerts.value.items : [];
    const { ids, found } = await keepHeld(held);
    const ended = 'value' in alerts ? await commit.write((tx) => endMissingAlerts(tx, clock.nowMs() - MISSING_MS, clock.nowMs())) : [];

    const silenced = new Map<string, string[]>();
    for (const { fingerprint, silencedBy } of held) {
      const id = ids.get(fingerprint);
      for (const silence of id === undefined ? [] : silencedBy) silenced.set(silence, [...(silenced.get(silence) ?? []), String(id)]);
    }
    const states = { pending: 0, active: 0, expired: 0 };
    const [given, undone, bulk]: [string[], string[], string[]] = [[], [], []];
    for (const silence of 'value' in silences ? silences.value.items : []) {
      states[silence.state]++;
      const reading = await commit.write((tx) => readSilence(tx, silence, silenced.get(silence.id) ?? []));
      given.push(...reading.given);
      undone.push(...reading.undone);
      if (reading.isBulk) bulk.push(silence.id);
    }
    return {
      held: held.length,
      found,
      ended,
      silences: states,
      given,
      undone,
      bulkSilences: bulk,
      replicas: 'value' in alerts ? alerts.value.replicas : 'value' in silences ? silences.value.replicas : [],
      alertsError: 'error' in alerts ? alerts.error : undefined,
      silencesError: 'error' in silences ? silences.error : undefined,
    };
  };
};

export type WatchCycle = ReturnType<typeof createWatchCycle>;
