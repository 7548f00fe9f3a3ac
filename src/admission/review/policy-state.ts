import {
  createPolicyChooser,
  type NamespacePoliciesOptions,
  type PodPaths,
  type Policy,
  type PolicyChooser,
  type PolicyConfig,
  type PolicyException,
} from '../../policy/index.ts';

/** What is in force now. Replaced as a whole when a configuration or an exception changes. */
export interface PolicyState {
  readonly chooser: PolicyChooser;
  readonly exceptions: readonly PolicyException[];
  readonly podPaths: PodPaths;
  readonly kubernetesMinor: number | undefined;
  /** Exceptions that could not be read, or that ask for more than is allowed; they are not in force. */
  readonly invalidExceptions: number;
  noteUses(names: readonly string[]): void;
}

export type ExceptionCounts = Readonly<Record<'used' | 'unused' | 'expiring' | 'expired' | 'invalid', number>>;

const WEEK_MS = 7 * 86_400_000;
// Names of exceptions come from users; those that are gone must not stay in memory for ever.
const MAX_REMEMBERED = 10_000;

export interface PolicyStateHolder {
  readonly current: PolicyState;
  /** Throws `invalid_config` where the configuration is wrong; then the last good one stays. */
  configure(config: PolicyConfig): void;
  /** Exceptions that come from the cluster, beside those of the configuration. */
  setExceptions(exceptions: readonly PolicyException[], invalid: number): void;
  countExceptions(nowMs: number): ExceptionCounts;
}

export const createPolicyState = (pack: readonly Policy[], initial: PolicyConfig): PolicyStateHolder => {
  const used = new Set<string>();
  const noteUses = (names: readonly string[]): void => {
    if (used.size < MAX_REMEMBERED) for (const name of names) used.add(name);
  };
  let fromCluster: readonly PolicyException[] = [];
  let invalidExceptions = 0;
  let config = initial;
  let chooser = createPolicyChooser(pack, chooserOptions(initial));
  const make = (): PolicyState => ({
    chooser,
    exceptions: [...config.exceptions, ...fromCluster],
    podPaths: config.podPaths,
    kubernetesMinor: config.kubernetesMinor,
    invalidExceptions,
    noteUses,
  });
  let current = make();
  return {
    get current() {
      return current;
    },
    configure: (next) => {
      chooser = createPolicyChooser(pack, chooserOptions(next));
      config = next;
      current = make();
    },
    setExceptions: (exceptions, invalid) => {
      fromCluster = exceptions;
      invalidExceptions = invalid;
      current = make();
    },
    countExceptions: (nowMs) => {
      const counts = { used: 0, unused: 0, expiring: 0, expired: 0, invalid: invalidExceptions };
      for (const { name, expiresAtMs } of current.exceptions) {
        if (expiresAtMs <= nowMs) {
          counts.expired += 1;
          continue;
        }
        counts[used.has(name) ? 'used' : 'unused'] += 1;
        if (expiresAtMs - nowMs < WEEK_MS) counts.expiring += 1;
      }
      return counts;
    },
  };
};

const chooserOptions = ({ selection, namespaces, podSecurityLabels }: PolicyConfig): NamespacePoliciesOptions => ({
  selection,
  rules: namespaces,
  podSecurityLabels,
});
