import type { KindName } from '../../../platform/index.ts';
import type { BackEnd } from '../../back-end.ts';
import { isWorkload, WORKLOAD_KINDS } from '../../discovery/index.ts';

/** An address or a range in the form that policies ask for, with its length. */
export const withLength = (address: string): string => (address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`);

/** What all policies that cut a workload off have in common; `limits` is what each cannot do. */
export const isolation = (
  policy: KindName,
  limits: readonly string[],
): Pick<BackEnd, 'abilities' | 'needs' | 'reads' | 'targetsOf' | 'signals'> => ({
  abilities: [
    {
      action: 'isolate',
      targetKinds: WORKLOAD_KINDS.map(({ kind }) => kind),
      perClient: false,
      nativeDryRun: false,
      connections: false,
      limits,
    },
  ],
  needs: [policy],
  reads: [policy, ...WORKLOAD_KINDS],
  targetsOf: (workload) => (isWorkload(workload) ? [workload] : []),
  signals: () => ({}),
});
