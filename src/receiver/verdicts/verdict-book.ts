import {
  parseVerdictRequest,
  VERDICT_SOURCES,
  type Verdict,
  type VerdictRequest,
  type VerdictSource,
  type VerdictWord,
} from '../../feedback/index.ts';
import { BellwetherError, type Clock, type GroupCommit, type Queryable, randomId } from '../../platform/index.ts';
import { FieldError } from '../../web/index.ts';
import { findAlert, findByFingerprint } from '../store/alert-query.ts';
import { appendAudit } from '../store/audit-store.ts';
import { type StoredAlert, workloadOfLabels } from '../store/stored-alert.ts';
import { appendUndo, appendVerdict, findVerdicts, weightSince } from '../store/verdict-store.ts';

const DAY_MS = 86_400_000;
/** The rule of an alert looks this far back: what it fired for lies before its start. */
const LOOK_BACK_SECONDS = 300;
/** An alert that goes on for days is judged by its beginning, which is what made it fire. */
const LONGEST_SECONDS = 6 * 3600;
/** An expected stretch without an end of its own ends after a week: what is expected for longer is a new trend. */
const EXPECTED_SECONDS = 7 * 86_400;

/** Who says something, and how it came. */
export interface Giver {
  readonly by: string;
  readonly role: string;
  readonly source: VerdictSource;
}

export interface VerdictBookOptions {
  /** Most weight that one identity may give within a day. */
  readonly maxWeightPerDay: () => number;
}

/** Takes verdicts and takes them back; each with a line in the audit log, in the same commit. */
export interface VerdictBook {
  /** A body of the API: a `VerdictRequest`, or the id or fingerprint of an alert with a word. Rejects with `invalid_input`, `not_found`, `overloaded` (cap). */
  giveRequest(body: unknown, giver: Giver): Promise<Verdict>;
  /** Inside a transaction: for silences. Undefined where it was known before. */
  give(tx: Queryable, request: VerdictRequest, giver: Giver, origin: GivenOrigin): Promise<Verdict | undefined>;
  /** Takes back a verdict and what was propagated from it. Rejects with `not_found`. */
  undo(id: string, giver: Giver, reason: string): Promise<readonly string[]>;
  undoIn(tx: Queryable, id: string, giver: Giver, reason: string): Promise<readonly string[]>;
}

export interface GivenOrigin {
  readonly id?: string;
  readonly alertId?: string | undefined;
  readonly silenceId?: string | undefined;
  readonly parent?: string;
  /** 0 where the word is kept but must not count. */
  readonly factor?: number;
}

/** The stretch that a verdict on an alert speaks of. */
export const stretchOf = (alert: StoredAlert, nowMs: number): { readonly fromSeconds: number; readonly toSeconds: number } => {
  const fromSeconds = alert.startsMs / 1000 - LOOK_BACK_SECONDS;
  const endSeconds = (alert.endsMs ?? Math.max(nowMs, alert.startsMs)) / 1000;
  return { fromSeconds, toSeconds: Math.min(endSeconds, fromSeconds + LONGEST_SECONDS) };
};

/** A request about a stored alert; undefined where the alert names no workload. */
export const requestOnAlert = (
  alert: StoredAlert,
  word: VerdictWord,
  reason: string | undefined,
  nowMs: number,
): VerdictRequest | undefined => {
  const workload = workloadOfLabels(alert.labels);
  if (!workload) return undefined;
  return { word, workload, ...stretchOf(alert, nowMs), alert: alert.fingerprint, ...(reason ? { reason: reason.slice(0, 1000) } : {}) };
};

const expiryOf = ({ word, expiresSeconds, toSeconds }: VerdictRequest): number | null =>
  expiresSeconds ?? (word === 'expected' ? toSeconds + EXPECTED_SECONDS : null);

export const createVerdictBook = (
  { commit, clock }: { readonly commit: GroupCommit; readonly clock: Pick<Clock, 'nowMs'> },
  { maxWeightPerDay }: VerdictBookOptions,
): VerdictBook => {
  const audit = (tx: Queryable, giver: Giver, action: string, subject: string, details: Readonly<Record<string, unknown>>): Promise<void> =>
    appendAudit(tx, { atMs: clock.nowMs(), who: giver.by, role: giver.role, action, subject, details });

  const give: VerdictBook['give'] = async (tx, request, giver, origin) => {
    const nowMs = clock.nowMs();
    const { expiresSeconds: _, ...said } = request;
    const wanted = VERDICT_SOURCES[giver.source].weight * (origin.factor ?? 1);
    const room = Math.max(0, maxWeightPerDay() - (await weightSince(tx, giver.by, nowMs - DAY_MS)));
    const verdict: Verdict = {
      ...said,
      id: origin.id ?? randomId(),
      givenSeconds: nowMs / 1000,
      expiresSeconds: expiryOf(request),
      by: giver.by,
      source: giver.source,
      weight: Math.min(wanted, room),
      ...(origin.parent === undefined ? {} : { parent: origin.parent }),
    };
    if (!(await appendVerdict(tx, verdict, origin))) return undefined;
    const { namespace, workload } = verdict.workload;
    await audit(tx, giver, 'verdict.give', verdict.id, {
      word: verdict.word,
      workload: `${namespace}/${workload}`,
      weight: verdict.weight,
      source: verdict.source,
      ...(origin.silenceId === undefined ? {} : { silence: origin.silenceId }),
    });
    return verdict;
  };

  const undoIn: VerdictBook['undoIn'] = async (tx, id, giver, reason) => {
    const undone = await appendUndo(tx, { id, givenSeconds: clock.nowMs() / 1000, by: giver.by, ...(reason ? { reason } : {}) });
    if (undone.length > 0) await audit(tx, giver, 'verdict.undo', id, { reason, undone });
    return undone;
  };

  /** What a caller may leave out is taken from the alert. */
  const completed = async (tx: Queryable, body: unknown): Promise<{ readonly body: unknown; readonly alert: StoredAlert | undefined }> => {
    if (typeof body !== 'object' || body === null || !('alert' in body) || typeof body.alert !== 'string')
      return { body, alert: undefined };
    const alert = body.alert.includes('-') ? await findAlert(tx, body.alert) : await findByFingerprint(tx, body.alert);
    if (!alert) {
      if ('workload' in body) return { body, alert: undefined };
      throw new BellwetherError('not_found', `there is no alert ${body.alert}`);
    }
    const workload = workloadOfLabels(alert.labels);
    return { body: { ...(workload ? { workload } : {}), ...stretchOf(alert, clock.nowMs()), ...body, alert: alert.fingerprint }, alert };
  };

  return {
    give,
    undoIn,
    giveRequest: (body, giver) =>
      commit.write(async (tx) => {
        const { body: whole, alert } = await completed(tx, body);
        const checked = parseVerdictRequest(whole);
        if (!checked.ok) throw new FieldError(checked.problems);
        if (maxWeightPerDay() - (await weightSince(tx, giver.by, clock.nowMs() - DAY_MS)) < VERDICT_SOURCES[giver.source].weight)
          throw new BellwetherError('overloaded', `${giver.by} has given as many verdicts as count within a day`);
        // The same word on the same alert again is one verdict.
        if (alert) {
          const [same] = await findVerdicts(
            tx,
            { alertId: alert.id, word: checked.value.word, by: giver.by, inForceMs: clock.nowMs() },
            { limit: 1 },
          );
          if (same) return same.verdict;
        }
        // The word of a person replaces what was only propagated to the alert.
        if (alert)
          for (const { verdict: guess } of await findVerdicts(tx, { alertId: alert.id, inForceMs: clock.nowMs() }, { limit: 100 }))
            if (guess.parent !== undefined) await undoIn(tx, guess.id, giver, 'somebody has judged it');
        const verdict = await give(tx, checked.value, giver, { alertId: alert?.id });
        if (!verdict) throw new BellwetherError('conflict', 'this verdict is there already');
        return verdict;
      }),
    undo: (id, giver, reason) =>
      commit.write(async (tx) => {
        const undone = await undoIn(tx, id, giver, reason);
        if (undone.length > 0) return undone;
        const [known] = await findVerdicts(tx, { id }, { limit: 1 });
        throw new BellwetherError(
          known ? 'conflict' : 'not_found',
          known ? 'this verdict was taken back before' : 'there is no such verdict',
        );
      }),
  };
};
