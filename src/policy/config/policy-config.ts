import { POLICY_CONFIG_SCHEMA } from '../../conventions/index.ts';
import { BellwetherError, type Problem, validate } from '../../platform/index.ts';
import { type PolicyException, parseException } from '../exceptions/policy-exception.ts';
import type { Action, Severity } from '../model/finding.ts';
import { DEFAULT_POD_PATHS, type PodPaths } from '../pods/pod-view.ts';
import type { NamespaceRule } from '../select/namespace-policies.ts';
import type { Selection } from '../select/policy-set.ts';
import { type ProfileName, parseMinor } from '../select/profile.ts';

/** A configuration, checked and ready to be used. */
export interface PolicyConfig {
  readonly selection: Selection;
  readonly exceptions: readonly PolicyException[];
  readonly podPaths: PodPaths;
  readonly kubernetesMinor: number | undefined;
  readonly namespaces: readonly NamespaceRule[];
  readonly podSecurityLabels: boolean;
}

interface PolicyOverride {
  readonly action?: Action;
  readonly severity?: Severity;
  readonly params?: object;
}

/** Throws `invalid_config` with all that is wrong; `source` names the file. Unknown policy ids are told by `createPolicySet`. */
export const parsePolicyConfig = (content: unknown, source: string, nowMs: number): PolicyConfig => {
  const checked = validate(POLICY_CONFIG_SCHEMA, content ?? {});
  if (!checked.ok) throw refused(source, checked.problems);
  const { kubernetesVersion, podPaths = {}, exceptions = [], namespaces = [], podSecurityLabels = true } = checked.value;
  return {
    selection: selectionOf(checked.value as Chosen),
    exceptions: exceptions.map((entry, i) => parseException(entry, `${source}: exceptions[${i}]`, { nowMs })),
    podPaths: { ...DEFAULT_POD_PATHS, ...podPaths },
    kubernetesMinor: kubernetesVersion === undefined ? undefined : parseMinor(kubernetesVersion),
    namespaces: namespaces.map(({ names, labels, mode, ...chosen }) => ({
      ...(names === undefined ? {} : { names }),
      ...(labels === undefined ? {} : { labels }),
      ...(mode === undefined ? {} : { mode }),
      selection: selectionOf(chosen as Chosen),
    })),
    podSecurityLabels,
  };
};

interface Chosen {
  readonly profile?: ProfileName;
  readonly pssVersion?: string;
  readonly policies?: Readonly<Record<string, PolicyOverride>>;
}

const selectionOf = ({ profile, pssVersion, policies = {} }: Chosen): Selection => {
  const overrides = Object.entries(policies);
  const pick = <K extends keyof PolicyOverride>(key: K): Record<string, NonNullable<PolicyOverride[K]>> =>
    Object.fromEntries(overrides.flatMap(([id, override]) => (override[key] === undefined ? [] : [[id, override[key]]])));
  const pssMinor = pssVersion === undefined ? undefined : parseMinor(pssVersion);
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(pssMinor === undefined ? {} : { pssMinor }),
    actions: pick('action'),
    severities: pick('severity'),
    params: pick('params'),
  };
};

const refused = (source: string, problems: readonly Problem[]): BellwetherError =>
  new BellwetherError('invalid_config', `${source} is wrong:\n${problems.map(({ message }) => `  - ${message}`).join('\n')}`);
