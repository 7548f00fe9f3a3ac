import type { Mitigation } from '../../mitigation/index.ts';
import type { Queryable } from '../../platform/index.ts';

/** What a mitigation did, kept with its alert: the object itself is removed from the cluster after a week. */
export interface MitigationRecord {
  /** `namespace/name`. */
  readonly id: string;
  readonly alertId: string | undefined;
  readonly phase: string;
  readonly updatedMs: number;
  readonly spec: Mitigation['spec'];
  readonly status: Mitigation['status'];
}

export const writeMitigation = async (tx: Queryable, { metadata, spec, status }: Mitigation, nowMs: number): Promise<void> => {
  await tx.run(
    `INSERT INTO mitigations (id, alert_id, phase, updated_ms, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, updated_ms = excluded.updated_ms, body = excluded.body`,
    [
      `${metadata.namespace}/${metadata.name}`,
      spec.alert?.id ?? null,
      status?.phase ?? 'Pending',
      nowMs,
      JSON.stringify({ spec, ...(status === undefined ? {} : { status }) }),
    ],
  );
};

/** What was done about an alert, the newest first. */
export const findMitigationsOf = async (tx: Queryable, alertId: string): Promise<readonly MitigationRecord[]> =>
  (await tx.all('SELECT * FROM mitigations WHERE alert_id = ? ORDER BY updated_ms DESC, id LIMIT 100', [alertId])).map((row) => ({
    id: String(row.id),
    alertId: row.alert_id === null ? undefined : String(row.alert_id),
    phase: String(row.phase),
    updatedMs: Number(row.updated_ms),
    ...(JSON.parse(String(row.body)) as Pick<Mitigation, 'spec' | 'status'>),
  })) as readonly MitigationRecord[];
