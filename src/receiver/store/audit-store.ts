import type { Queryable } from '../../platform/index.ts';

/** One act that changed something, or was refused. */
export interface AuditEntry {
  readonly atMs: number;
  readonly who: string;
  readonly role: string;
  /** `verdict.give`, `verdict.undo`, `silence.make`, `silence.expire`, `store.backup`, ... */
  readonly action: string;
  /** What it was done to. */
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Appends to the audit log; nothing ever changes or removes a line of it but age. */
export const appendAudit = async (tx: Queryable, entry: AuditEntry): Promise<void> => {
  await tx.run(
    'INSERT INTO audit (sequence, at_ms, who, role, action, subject, details) SELECT COALESCE(MAX(sequence), 0) + 1, ?, ?, ?, ?, ?, ? FROM audit',
    [entry.atMs, entry.who, entry.role, entry.action, entry.subject, JSON.stringify(entry.details)],
  );
};

/** Newest first. `before` is a sequence. */
export const findAudit = async (
  tx: Queryable,
  { limit, before }: { readonly limit: number; readonly before?: number },
): Promise<readonly (AuditEntry & { readonly sequence: number })[]> =>
  (await tx.all('SELECT * FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?', [before ?? Number.MAX_SAFE_INTEGER, limit])).map(
    (row) => ({
      sequence: Number(row.sequence),
      atMs: Number(row.at_ms),
      who: String(row.who),
      role: String(row.role),
      action: String(row.action),
      subject: String(row.subject),
      details: JSON.parse(String(row.details)) as AuditEntry['details'],
    }),
  );
