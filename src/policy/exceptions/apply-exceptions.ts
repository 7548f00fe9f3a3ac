import type { Finding } from '../model/finding.ts';
import type { PolicyException } from './policy-exception.ts';

export type ExceptionState = 'used' | 'unused' | 'expired';

/** What became of one exception. */
export interface ExceptionUse {
  readonly exception: PolicyException;
  readonly state: ExceptionState;
  /** Findings that it took away; for an expired one, those that it would have. */
  readonly findings: number;
}

export interface Judged<F extends Finding> {
  /** What remains. */
  readonly findings: readonly F[];
  readonly excepted: readonly { readonly finding: F; readonly exception: PolicyException }[];
  readonly uses: readonly ExceptionUse[];
}

/** Takes away findings that an exception in force accepts. The one function for webhook, scanner and background scan. */
export const applyExceptions = <F extends Finding>(
  findings: readonly F[],
  exceptions: readonly PolicyException[],
  nowMs: number,
): Judged<F> => {
  if (exceptions.length === 0) return { findings, excepted: [], uses: [] };
  const counts = new Map<PolicyException, number>();
  const kept: F[] = [];
  const excepted: { finding: F; exception: PolicyException }[] = [];
  for (const finding of findings) {
    const fitting = exceptions.filter((exception) => exception.fits(finding));
    for (const exception of fitting) counts.set(exception, (counts.get(exception) ?? 0) + 1);
    const exception = fitting.find(({ expiresAtMs }) => nowMs < expiresAtMs);
    if (exception) excepted.push({ finding, exception });
    else kept.push(finding);
  }
  return {
    findings: kept,
    excepted,
    uses: exceptions.map((exception) => {
      const count = counts.get(exception) ?? 0;
      return { exception, state: nowMs >= exception.expiresAtMs ? 'expired' : count > 0 ? 'used' : 'unused', findings: count };
    }),
  };
};
