import type { Mask } from '../store/silence-store.ts';
import type { StoredAlert } from '../store/stored-alert.ts';
import type { StoredVerdict } from '../store/verdict-store.ts';

const seconds = (ms: number | undefined): number | null => (ms === undefined ? null : ms / 1000);

/** An alert as the API gives it; times are unix seconds. */
export const alertView = (alert: StoredAlert) => ({
  id: alert.id,
  fingerprint: alert.fingerprint,
  status: alert.status,
  startsSeconds: alert.startsMs / 1000,
  endsSeconds: seconds(alert.endsMs),
  endReason: alert.endReason ?? null,
  labels: alert.labels,
  annotations: alert.annotations,
  generatorUrl: alert.generatorUrl,
  silencedBy: alert.silencedBy,
  receivedSeconds: alert.receivedMs / 1000,
  seenSeconds: alert.seenMs / 1000,
  deliveries: alert.deliveries,
  verdict: alert.verdict ?? null,
  judgedSeconds: seconds(alert.judgedMs),
  evidence: alert.evidence ?? null,
});

/** A verdict as the API gives it. */
export const verdictView = ({ sequence, verdict, alertId, silenceId, undone }: StoredVerdict) => ({
  ...verdict,
  sequence,
  alertId: alertId ?? null,
  silenceId: silenceId ?? null,
  undone: undone ? { givenSeconds: undone.givenSeconds, by: undone.by, reason: undone.reason ?? '' } : null,
});

/** Masks in the form of a recording's labelled events: training leaves their time out. */
export const maskEvents = (masks: readonly Mask[], stepSeconds: number) => ({
  set: 'masks',
  step_seconds: stepSeconds,
  entities: [],
  events: masks.map(({ id, namespace, workload, fromMs, toMs }) => ({
    id,
    namespace,
    workload,
    start: fromMs / 1000,
    end: toMs / 1000,
    kind: 'mask',
  })),
});

const CSV_COLUMNS = [
  'id',
  'word',
  'namespace',
  'workload',
  'workloadKind',
  'fromSeconds',
  'toSeconds',
  'givenSeconds',
  'expiresSeconds',
  'by',
  'source',
  'weight',
  'alertId',
  'undone',
  'reason',
] as const;

// A spreadsheet takes a cell that begins so for a formula.
const FORMULA = /^[=+\-@\t\r]/;
const cell = (value: unknown): string => {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Verdicts as CSV (RFC 4180), with a head line. */
export const verdictsCsv = (verdicts: readonly StoredVerdict[]): string =>
  [
    CSV_COLUMNS.join(','),
    ...verdicts.map((stored) => {
      const { verdict, alertId, undone } = stored;
      const row: Readonly<Record<(typeof CSV_COLUMNS)[number], unknown>> = {
        ...verdict,
        ...verdict.workload,
        alertId: alertId ?? '',
        undone: undone ? 'yes' : 'no',
        reason: verdict.reason ?? '',
      };
      return CSV_COLUMNS.map((column) => cell(row[column])).join(',');
    }),
  ].join('\r\n') + '\r\n';
