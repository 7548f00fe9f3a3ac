import type { ClusterIndex } from '../cluster/cluster-index.ts';
import type { ContainerView, PodView } from '../pods/pod-view.ts';
import type { PatchStep, Severity } from './finding.ts';
import type { JsonRecord } from './value.ts';

/** Folders of `policies/`, in the order of lists and pages. */
export const GROUPS = [
  'pod-security',
  'images',
  'resources',
  'reliability',
  'rbac',
  'network',
  'ingress',
  'secrets',
  'cluster',
  'api',
] as const;
export type PolicyGroup = (typeof GROUPS)[number];

/** What a rule is called with: the whole object, its pods, or each container. */
export type Target = 'object' | 'pod' | 'container';

export const PSS_LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type PssLevel = (typeof PSS_LEVELS)[number];

/** The newest version of the Pod Security Standards that is known here: 1.37. Newer ones are judged by it, as the API server does. */
export const LATEST_PSS_MINOR = 37;

/** Pod Security Standards in force: `minor` is the 24 of version 1.24. */
export interface PssTarget {
  readonly level: PssLevel;
  readonly minor: number;
}

export type Params = JsonRecord;

/** Who asks, in an admission review. */
export interface RequestInfo {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly user: string;
  readonly groups: readonly string[];
  /** `ephemeralcontainers`, `scale`, `exec`; empty for the object itself. */
  readonly subResource: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What a rule may look at besides its target. */
export interface RuleInput {
  readonly object: JsonRecord;
  /** JSON Pointer of the object in its document: empty but inside a List. Paths of violations are made from it. */
  readonly base: string;
  /** Checked by the policy's schema, defaults filled in. */
  readonly params: Params;
  readonly pods: PodView | undefined;
  readonly pss: PssTarget;
  /** Minor version of the cluster that the object is meant for: 33 of 1.33. */
  readonly kubernetesMinor: number;
  /** Undefined outside an admission review. */
  readonly request: RequestInfo | undefined;
  readonly oldObject: JsonRecord | undefined;
  readonly namespaceObject: JsonRecord | undefined;
  /** Always there for policies with `needs: cluster`. */
  readonly cluster: ClusterIndex | undefined;
  readonly nowMs: number;
  /** JSON Pointers in the document of keys that stand twice; known for files only. */
  readonly duplicateKeys: readonly string[];
}

/** One place where a rule is broken. */
export interface Violation {
  /** JSON Pointer in the document; where a field is missing, the place where it belongs. */
  readonly path: string;
  readonly value?: unknown;
  /** In place of the policy's message, where one text cannot say it. */
  readonly message?: string;
  readonly expected?: string;
  readonly fix?: string;
  readonly patch?: readonly PatchStep[];
  /** Filled in for container rules. */
  readonly container?: string;
}

export type ObjectRule = (object: JsonRecord, input: RuleInput) => readonly Violation[];
export type PodRule = (pod: PodView, input: RuleInput) => readonly Violation[];
export type ContainerRule = (container: ContainerView, input: RuleInput) => readonly Violation[];

/** A rule made from one of the three bodies. Pure, synchronous, never throws for odd input. */
export type Rule =
  | { readonly target: 'object'; readonly check: ObjectRule }
  | { readonly target: 'pod'; readonly check: PodRule }
  | { readonly target: 'container'; readonly check: ContainerRule };

export const objectRule = (check: ObjectRule): Rule => ({ target: 'object', check });
export const podRule = (check: PodRule): Rule => ({ target: 'pod', check });
export const containerRule = (check: ContainerRule): Rule => ({ target: 'container', check });

/** No violation; shared, because this is nearly every answer. */
export const FINE: readonly Violation[] = Object.freeze([]);

/** What a policy file says about itself. */
export interface PolicyInfo {
  /** Kebab-case, stable; also the file's name. */
  readonly id: string;
  readonly group: PolicyGroup;
  readonly title: string;
  readonly severity: Severity;
  readonly pss?: { readonly level: 'baseline' | 'restricted'; readonly since: string };
  /** Ids of the same check in other scanners. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly why: string;
  readonly fix: string;
  readonly links: readonly string[];
  /** In no profile: only where it is named. */
  readonly optIn: boolean;
  readonly params: Readonly<Record<string, ParamSchema>>;
  readonly match: PolicyMatch;
  /** The one value that is right at the path of a finding; only for paths that end in `at` where that is given. */
  readonly patch?: { readonly value: unknown; readonly at?: string };
  readonly message: string;
  /** The same rule with its default params as CEL expressions, for `exportVap`; absent where CEL cannot say it. */
  readonly vap?: readonly string[];
  readonly examples: { readonly good: readonly GoodExample[]; readonly bad: readonly BadExample[] };
}

/** JSON Schema of one parameter. One without `default` is required: the policy is off until it is set. */
export type ParamSchema = JsonRecord & { readonly description: string };

export interface PolicyMatch {
  readonly target: Target;
  /** `group/Kind`, `Kind` for the core group, `*` for all; for pods and containers everything that makes pods. */
  readonly kinds: readonly string[] | undefined;
  /**
   * `cluster`: looks at other objects, so it is skipped where they are not at hand. `cluster-if-known`: judges better with them, and the
   * object alone without.
   */
  readonly needs: 'nothing' | 'cluster-if-known' | 'cluster';
}

/** One of `object`, `pod` (a pod spec), `container` (a container, in a pod of its own); `objects` are others that it needs. */
export interface Example {
  readonly name: string;
  readonly object?: JsonRecord;
  readonly pod?: JsonRecord;
  readonly container?: JsonRecord;
  readonly objects?: readonly JsonRecord[];
  readonly oldObject?: JsonRecord;
  readonly request?: Partial<RequestInfo>;
  readonly params?: Params;
  readonly pss?: { readonly level?: PssLevel; readonly version?: string };
  readonly kubernetes?: string;
  /** JSON Pointers of keys that stand twice, which an example cannot write. */
  readonly duplicateKeys?: readonly string[];
}
export type GoodExample = Example;
export interface BadExample extends Example {
  /** All paths that must be found, no other. */
  readonly paths: readonly string[];
  /** A part of the message, where the text matters. */
  readonly says?: string;
}

/** A policy, ready to be evaluated. */
export interface Policy extends PolicyInfo {
  readonly rule: Rule;
  /** Parameters without a default. */
  readonly requiredParams: readonly string[];
  readonly defaultParams: Params;
  /** Params given by a user on top of the defaults; throws `invalid_config` that lists all that is wrong. */
  readonly parseParams: (given: unknown) => Params;
}
