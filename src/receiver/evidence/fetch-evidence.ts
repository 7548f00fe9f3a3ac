import { workloadSlug } from '../../conventions/index.ts';
import {
  BellwetherError,
  type Clock,
  type Database,
  type GroupCommit,
  type HttpClient,
  readBody,
  toBellwetherError,
} from '../../platform/index.ts';
import { storedAlertOf, workloadOfLabels } from '../store/stored-alert.ts';

/** Alerts of one round; the next round follows at once while there are more. */
const MOST_AT_ONCE = 20;
const MOST_TRIES = 8;
const FIRST_DELAY_MS = 5_000;
/** An explanation of one instant has a few kilobytes. */
const MAX_BYTES = 1_048_576;

export interface EvidenceDeps {
  readonly http: HttpClient;
  readonly database: Database;
  readonly commit: GroupCommit;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface EvidenceOptions {
  /** API of the exporter. */
  readonly url: string;
  readonly timeoutMs: number;
}

export interface EvidenceRound {
  readonly asked: number;
  readonly failed: number;
  readonly waiting: number;
  readonly error: BellwetherError | undefined;
}

/**
 * Joins alerts to the score, the contributors and the window that caused them, by asking the exporter to explain the start of the alert. What the
 * exporter does not know is not asked for again; while it is away, it is asked again later and later.
 */
export const createEvidenceFetcher = ({ http, database, commit, clock }: EvidenceDeps, { url, timeoutMs }: EvidenceOptions) => {
  const base = url.replace(/\/+$/, '');
  const explain = async (labels: Readonly<Record<string, string>>, startsMs: number): Promise<string> => {
    const workload = workloadOfLabels(labels);
    if (!workload) throw new BellwetherError('not_found', 'the alert names no workload');
    const response = await http.request({
      method: 'GET',
      url: `${base}/api/v1/workloads/${encodeURIComponent(workloadSlug(workload))}/explain?time=${startsMs / 1000}`,
      timeoutMs,
    });
    const text = Buffer.from(await readBody(response.body, MAX_BYTES)).toString('utf8');
    if (response.status === 404 || response.status === 400) throw new BellwetherError('not_found', 'the exporter does not know it');
    if (response.status !== 200) throw new BellwetherError('upstream_unavailable', `the exporter says ${response.status}`);
    const { rule: _, ...evidence } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return JSON.stringify(evidence);
  };

  return async (): Promise<EvidenceRound> => {
    const rows = await database.all('SELECT * FROM alerts WHERE evidence_due_ms <= ? ORDER BY evidence_due_ms LIMIT ?', [
      clock.nowMs(),
      MOST_AT_ONCE,
    ]);
    let failed = 0;
    let lastError: BellwetherError | undefined;
    for (const row of rows) {
      const alert = storedAlertOf(row);
      const tries = Number(row.evidence_tries) + 1;
      try {
        const evidence = await explain(alert.labels, alert.startsMs);
        await commit.write((tx) => tx.run('UPDATE alerts SET evidence = ?, evidence_due_ms = NULL WHERE id = ?', [evidence, alert.id]));
      } catch (thrown) {
        lastError = toBellwetherError(thrown);
        failed++;
        const over = lastError.code === 'not_found' || tries >= MOST_TRIES;
        const dueMs = over ? null : clock.nowMs() + FIRST_DELAY_MS * 2 ** tries;
        await commit.write((tx) =>
          tx.run('UPDATE alerts SET evidence_tries = ?, evidence_due_ms = ? WHERE id = ?', [tries, dueMs, alert.id]),
        );
      }
    }
    const [left] = await database.all('SELECT COUNT(*) AS count FROM alerts WHERE evidence_due_ms IS NOT NULL');
    return { asked: rows.length, failed, waiting: Number(left?.count), error: lastError };
  };
};
