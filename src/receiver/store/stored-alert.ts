import type { SqlRow } from '../../platform/index.ts';

/** One stretch of firing of one alert, as it is kept. */
export interface StoredAlert {
  /** `fingerprint-start`, for ever. */
  readonly id: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly startsMs: number;
  readonly endsMs: number | undefined;
  /** `resolved` (Alertmanager said so), `gone` (it no longer holds it) or `superseded` (it fired anew). */
  readonly endReason: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorUrl: string;
  readonly receiver: string;
  readonly externalUrl: string;
  readonly silencedBy: readonly string[];
  /** When it was first received, and when it was last heard of. */
  readonly receivedMs: number;
  readonly seenMs: number;
  /** How often it was delivered: repeats and the copies of replicas. */
  readonly deliveries: number;
  /** The verdict in force; undefined while nobody has judged. */
  readonly verdict: string | undefined;
  readonly judgedMs: number | undefined;
  /** What the exporter explained about it, as it was then. */
  readonly evidence: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => Number(value ?? 0);
const optional = <T>(value: unknown, read: (value: unknown) => T): T | undefined =>
  value === null || value === undefined ? undefined : read(value);
const json = <T>(value: unknown): T => JSON.parse(text(value)) as T;

/** A row of the table. What is in it we wrote ourselves, so it is not checked again. */
export const storedAlertOf = (row: SqlRow): StoredAlert => ({
  id: text(row.id),
  fingerprint: text(row.fingerprint),
  status: row.status === 'firing' ? 'firing' : 'resolved',
  startsMs: number(row.starts_ms),
  endsMs: optional(row.ends_ms, number),
  endReason: optional(row.end_reason, text),
  labels: json(row.labels),
  annotations: json(row.annotations),
  generatorUrl: text(row.generator_url),
  receiver: text(row.receiver),
  externalUrl: text(row.external_url),
  silencedBy: json(row.silenced_by),
  receivedMs: number(row.received_ms),
  seenMs: number(row.seen_ms),
  deliveries: number(row.deliveries),
  verdict: optional(row.verdict, text),
  judgedMs: optional(row.judged_ms, number),
  evidence: optional(row.evidence, (value) => json<unknown>(value)),
});

/** The workload that an alert is about; undefined where its labels name none. */
export const workloadOfLabels = (
  labels: Readonly<Record<string, string>>,
): { readonly namespace: string; readonly workload: string; readonly workloadKind: string } | undefined => {
  const { namespace = '', workload, workload_kind: workloadKind = '' } = labels;
  return workload ? { namespace, workload, workloadKind } : undefined;
};
