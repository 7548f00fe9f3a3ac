import { createHash } from 'node:crypto';
import type { Clock, GroupCommit, Queryable } from '../../platform/index.ts';
import { findAlert } from '../store/alert-query.ts';
import { type StoredAlert, storedAlertOf } from '../store/stored-alert.ts';
import { findVerdicts, type StoredVerdict } from '../store/verdict-store.ts';
import { cosineOf, type EvidenceVector, vectorOf } from './alike-evidence.ts';
import { type Giver, requestOnAlert, type VerdictBook } from './verdict-book.ts';

const DAY_MS = 86_400_000;
/** Windows this alike are the same thing: labels given to windows found by likeness are what Label-Less (Zhao et al., INFOCOM 2019) lives by. */
const LEAST_COSINE = 0.95;
/** Alerts that one verdict speaks for besides its own, and how many are looked at. */
const MOST_CHILDREN = 20;
const MOST_CANDIDATES = 300;
/** Verdicts of one round, the newest. */
const MOST_PARENTS = 50;
/** Words about what a window is. What is expected, or a new trend, is about one workload and its plans. */
const WORDS: ReadonlySet<string> = new Set(['false_alarm', 'confirmed']);
const GIVER: Giver = { by: 'propagation', role: 'receiver', source: 'propagation' };

export interface PropagateDeps {
  readonly commit: GroupCommit;
  readonly book: Pick<VerdictBook, 'give'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const candidatesOf = async (tx: Queryable, alert: StoredAlert): Promise<readonly StoredAlert[]> =>
  (
    await tx.all(
      `SELECT * FROM alerts WHERE starts_ms >= ? AND starts_ms <= ? AND workload_kind = ? AND verdict IS NULL AND evidence IS NOT NULL AND id <> ?
       ORDER BY starts_ms DESC, received_ms DESC LIMIT ?`,
      [alert.startsMs - DAY_MS, alert.startsMs + DAY_MS, alert.labels.workload_kind ?? '', alert.id, MOST_CANDIDATES],
    )
  ).map(storedAlertOf);

/** The same verdict on the same alert is propagated once; taken back, it does not come again. */
const childId = (parent: string, alertId: string): string =>
  `p-${createHash('sha256')
    .update(JSON.stringify([parent, alertId]))
    .digest('hex')
    .slice(0, 32)}`;

const spread = async (
  { book, clock }: PropagateDeps,
  tx: Queryable,
  { verdict, alertId }: StoredVerdict,
  alert: StoredAlert,
  vector: EvidenceVector,
): Promise<number> => {
  const nowMs = clock.nowMs();
  let given = (await tx.all("SELECT 1 FROM verdict_log WHERE parent = ? AND kind = 'verdict'", [verdict.id])).length;
  const before = given;
  for (const candidate of await candidatesOf(tx, alert)) {
    if (given >= MOST_CHILDREN) break;
    const other = vectorOf(candidate.evidence);
    if (!other || candidate.id === alertId || cosineOf(vector, other) < LEAST_COSINE) continue;
    // Somebody, or another verdict, has spoken of it.
    if ((await findVerdicts(tx, { alertId: candidate.id, inForceMs: nowMs }, { limit: 1 })).length > 0) continue;
    const reason = `looks like the alert of ${verdict.workload.namespace}/${verdict.workload.workload} with the verdict ${verdict.id}`;
    const request = requestOnAlert(candidate, verdict.word, reason, nowMs);
    const origin = { id: childId(verdict.id, candidate.id), alertId: candidate.id, parent: verdict.id };
    if (request && (await book.give(tx, request, GIVER, origin))) given++;
  }
  return given - before;
};

/**
 * Gives full verdicts on alerts to the alerts of a day around them that look the same, on workloads of the same kind, at the weight of a guess. An undo of
 * the verdict takes them along, a word of a person replaces one. Gives how many were given.
 */
export const createPropagation = (deps: PropagateDeps) => async (): Promise<number> => {
  const { commit, clock } = deps;
  const nowMs = clock.nowMs();
  const recent = await commit.write((tx) => findVerdicts(tx, { inForceMs: nowMs, fromMs: nowMs - 2 * DAY_MS }, { limit: 1000 }));
  const parents = recent
    .filter(({ verdict, alertId }) => alertId !== undefined && verdict.weight >= 1 && !verdict.parent && WORDS.has(verdict.word))
    .slice(0, MOST_PARENTS);
  let given = 0;
  for (const parent of parents) {
    given += await commit.write(async (tx) => {
      const alert = await findAlert(tx, parent.alertId ?? '');
      const vector = alert && vectorOf(alert.evidence);
      return alert && vector ? await spread(deps, tx, parent, alert, vector) : 0;
    });
  }
  return given;
};
