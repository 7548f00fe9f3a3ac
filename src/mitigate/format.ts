/** A mitigation as the receiver's API gives it, as far as it is printed. */
export interface MitigationView {
  readonly namespace: string;
  readonly name: string;
  readonly spec: {
    readonly target: { readonly kind: string; readonly name: string };
    readonly reason: string;
    readonly requestedBy?: string;
    readonly approval?: { readonly by: string };
  };
  readonly status: {
    readonly phase?: string;
    readonly mode?: string;
    readonly backEnd?: string;
    readonly message?: string;
    readonly expiresAt?: string;
    readonly numbers?: { readonly requestsPerSecond: number; readonly burst: number; readonly from: string };
    readonly changes?: readonly string[];
    readonly notes?: readonly string[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
}

/** What would be done. */
export interface PlanView {
  readonly allowed: boolean;
  readonly guard?: string;
  readonly reason?: string;
  readonly backEnd?: string;
  readonly mode?: string;
  readonly numbers?: {
    readonly requestsPerSecond: number;
    readonly burst: number;
    readonly connections?: number;
    readonly from: string;
  } | null;
  readonly changes?: readonly string[];
  readonly notes?: readonly string[];
  readonly approval?: string;
  readonly askReason?: string;
}

const list = (title: string, lines: readonly string[] = []): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];

export const formatPlan = (plan: PlanView): string => {
  if (!plan.allowed) return `refused (${plan.guard ?? ''}): ${plan.reason ?? ''}\n`;
  const { numbers } = plan;
  return [
    `back-end: ${plan.backEnd ?? ''}, ${plan.mode ?? ''}`,
    ...(numbers
      ? [
          `limit: ${numbers.requestsPerSecond} requests per second, burst ${numbers.burst}${numbers.connections === undefined ? '' : `, ${numbers.connections} connections`}`,
          `from: ${numbers.from}`,
        ]
      : []),
    ...list('would write', plan.changes?.length ? plan.changes : ['nothing']),
    ...list('notes', plan.notes),
    ...(plan.approval === 'ask' ? [`needs an approval: ${plan.askReason ?? ''}`] : []),
    '',
  ].join('\n');
};

const COLUMNS = ['NAMESPACE', 'NAME', 'TARGET', 'PHASE', 'MODE', 'RATE', 'EXPIRES', 'MESSAGE'] as const;

export const formatMitigations = (found: readonly MitigationView[]): string => {
  if (found.length === 0) return 'there is no mitigation\n';
  const rows = found.map(({ namespace, name, spec, status }) => [
    namespace,
    name,
    `${spec.target.kind}/${spec.target.name}`,
    status.phase ?? 'Pending',
    status.mode ?? '',
    status.numbers === undefined ? '' : String(status.numbers.requestsPerSecond),
    status.expiresAt ?? '',
    status.message ?? '',
  ]);
  const widths = COLUMNS.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)));
  return [COLUMNS, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};

export const formatMitigation = ({ namespace, name, spec, status }: MitigationView): string =>
  [
    `${namespace}/${name}: ${status.phase ?? 'Pending'}${status.mode ? `, ${status.mode}` : ''}`,
    status.message ?? '',
    `target: ${spec.target.kind} ${spec.target.name}${status.backEnd ? ` by ${status.backEnd}` : ''}`,
    `why: ${spec.reason}`,
    `who: ${spec.requestedBy ?? 'unknown'}${spec.approval ? `, approved by ${spec.approval.by}` : ''}`,
    ...(status.numbers ? [`limit: ${status.numbers.requestsPerSecond}/s, burst ${status.numbers.burst} (${status.numbers.from})`] : []),
    ...(status.expiresAt ? [`expires: ${status.expiresAt}`] : []),
    ...list('changes', status.changes),
    ...list('notes', status.notes),
    ...list(
      'conditions',
      status.conditions?.map(({ type, status: state, reason }) => `${type} ${state} (${reason})`),
    ),
    '',
  ].join('\n');
