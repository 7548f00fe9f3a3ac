import type { Database } from '../../platform/index.ts';

export interface RetentionLimits {
  readonly keepMs: number;
  readonly maxBytes: number;
}

export interface RetentionResult {
  readonly byAge: number;
  readonly bySize: number;
}

/** One delete holds the store for about this many rows, tens of milliseconds. */
const CHUNK = 500;
/** Above this share of the limit the oldest go before their time, down to the second share. */
const HIGH_SHARE = 0.9;
const LOW_SHARE = 0.8;

/**
 * Removes resolved alerts that are too old, and the oldest ones where the store is nearly full. Alerts that fire, verdicts and the audit log
 * of the kept time stay: a verdict counts for as long as its own expiry says.
 */
export const applyRetention = async (
  database: Database,
  { keepMs, maxBytes }: RetentionLimits,
  nowMs: number,
): Promise<RetentionResult> => {
  const remove = (condition: string, values: readonly number[]): Promise<number> =>
    database.transaction(async (tx) => {
      const rows = await tx.all(`SELECT id FROM alerts WHERE status = 'resolved' ${condition} LIMIT ${CHUNK}`, values);
      for (const { id } of rows) {
        await tx.run('DELETE FROM silenced_alerts WHERE alert_id = ?', [String(id)]);
        await tx.run('DELETE FROM alerts WHERE id = ?', [String(id)]);
      }
      return rows.length;
    });
  let byAge = 0;
  for (let removed = CHUNK; removed === CHUNK; byAge += removed)
    removed = await remove('AND ends_ms < ? ORDER BY ends_ms', [nowMs - keepMs]);
  await database.run('DELETE FROM used_links WHERE expires_ms < ?', [nowMs]);
  await database.run('DELETE FROM audit WHERE at_ms < ?', [nowMs - keepMs]);
  await database.run(
    "DELETE FROM silences WHERE state = 'expired' AND ends_ms < ? AND NOT EXISTS (SELECT 1 FROM silenced_alerts WHERE silence_id = silences.id)",
    [nowMs - keepMs],
  );
  await database.run("DELETE FROM notices WHERE state <> 'waiting' AND made_ms < ?", [nowMs - keepMs]);
  let bySize = 0;
  // PostgreSQL gives no room back when rows go; there the age is the limit.
  if (database.kind === 'sqlite' && (await database.usedBytes()) > HIGH_SHARE * maxBytes) {
    for (let removed = CHUNK; removed === CHUNK && (await database.usedBytes()) > LOW_SHARE * maxBytes; bySize += removed)
      removed = await remove('ORDER BY starts_ms', []);
  }
  return { byAge, bySize };
};
