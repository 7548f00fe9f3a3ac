import type { LabelMatcher, Selector, UnitClass } from '../conventions/index.ts';

/** How several series of one pod, node or entity (containers, devices, paths) become one number. */
export type Combine = 'sum' | 'max' | 'mean';

/** How a series names what it belongs to. */
export type EntityRule =
  /** Labels `namespace` and `pod`; the workload comes from the identity inputs, else from the fallback. */
  | { readonly by: 'pod' }
  /** Label `node`, else `instance` looked up among the `node_name` inputs, else the host part of `instance`. */
  | { readonly by: 'node' }
  /** The series names its workload itself: labels `namespace`, `workload` and, where present, `workload_kind` and `pod`. */
  | { readonly by: 'workload' }
  /** An entity of exactly these labels. */
  | { readonly by: 'labels'; readonly labels: readonly string[] };

/** Series that carry numbers: gauges as they are, counters and histogram buckets as rates per second. */
export interface SampleInput {
  readonly id: string;
  readonly selector: Selector;
  readonly kind: 'gauge' | 'counter' | 'bucket';
  readonly entity: EntityRule;
  /** A value that rarely changes (a limit): its last sample holds for `SLOW_HOLD_MS` instead of one and a half steps. */
  readonly slow?: boolean;
}

/** Series whose labels say who owns whom; their values do not matter. */
export interface IdentityInput {
  readonly id: string;
  readonly selector: Selector;
  readonly kind: 'pod_owner' | 'replicaset_owner' | 'job_owner' | 'pod_workload' | 'node_name';
}

/** Series about the life of containers, labels `namespace`, `pod` and, where not summed away, `container`. */
export interface LifecycleInput {
  readonly id: string;
  readonly selector: Selector;
  readonly kind: 'restarts' | 'oom_killed' | 'waiting';
  /** Of restarts; a pod where absent. */
  readonly entity?: EntityRule;
}

/** What is read from Prometheus. One selector each, in the order of the read. */
export type CatalogInput = SampleInput | IdentityInput | LifecycleInput;

/** The series of an input (all, or those for which one matcher of `anyOf` holds) as one number per pod, node or entity. */
export interface Term {
  readonly input: string;
  readonly combine: Combine;
  /** Checked once per series, on its labels. Regular expressions are anchored; keep to what RE2 and JavaScript share. */
  readonly anyOf?: readonly LabelMatcher[];
}

/** How a feature is made from inputs. `complement` gives 1 - x, held inside 0..1. */
export type Formula =
  | { readonly kind: 'value'; readonly of: Term; readonly complement?: boolean }
  /** Sums before the division, never a mean of ratios. A part of the same input that has no series yet counts as 0; x/0 is missing. */
  | { readonly kind: 'ratio'; readonly of: Term; readonly over: Term; readonly complement?: boolean }
  /** Usage of the containers that have a limit over the sum of their limits; a container without one counts on neither side. */
  | { readonly kind: 'share_of_limit'; readonly usage: string; readonly limit: string; readonly by: string }
  /** Quantile of a classic histogram's buckets, as PromQL's `histogram_quantile` does it. */
  | { readonly kind: 'quantile'; readonly of: string; readonly q: number };

/** One column of a frame. */
export interface CatalogFeature {
  readonly name: string;
  readonly help: string;
  readonly unit: string;
  readonly unitClass: UnitClass;
  /** Physical bounds. */
  readonly min?: number;
  readonly max?: number;
  /** `pod`: worked out per pod, a workload's value is the median. `node` and `entity`: one value. */
  readonly level: 'pod' | 'node' | 'entity';
  readonly formula: Formula;
  /** Used where `formula` has no series. */
  readonly otherwise?: Formula;
}

/** How a pod that no identity input knows finds its workload. */
export interface IdentityFallback {
  /** Labels on the pod's own series that name the workload, tried in this order, before the pattern of the pod's name. */
  readonly labels: readonly { readonly label: string; readonly workloadKind: string }[];
}

/** What is read, and the features made from it, as data. The version changes with the content. */
export interface FeatureCatalog {
  readonly name: string;
  readonly version: string;
  readonly inputs: readonly CatalogInput[];
  readonly features: readonly CatalogFeature[];
  readonly fallback: IdentityFallback;
}

/** Prometheus's own lookback: a constant such as a limit is still the limit while its series is not stale. */
export const SLOW_HOLD_MS = 300_000;

/** FNV-1a, 32 bits: tells two catalogues apart, nothing more. */
const fnv1a = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
};

const formulaInputs = (formula: Formula): readonly string[] => {
  switch (formula.kind) {
    case 'value':
      return [formula.of.input];
    case 'ratio':
      return [formula.of.input, formula.over.input];
    case 'share_of_limit':
      return [formula.usage, formula.limit];
    case 'quantile':
      return [formula.of];
  }
};

/** The inputs a feature reads. */
export const inputsOf = (feature: CatalogFeature): readonly string[] => [
  ...new Set([feature.formula, ...(feature.otherwise ? [feature.otherwise] : [])].flatMap(formulaInputs)),
];

/** Names the version. Throws on a doubled name or a formula that reads an input that is not there: a catalogue is code or checked configuration. */
export const defineCatalog = (
  name: string,
  parts: Pick<FeatureCatalog, 'inputs' | 'features'> & { readonly fallback?: IdentityFallback },
): FeatureCatalog => {
  const ids = new Set<string>();
  for (const { id } of parts.inputs) {
    if (ids.has(id)) throw new Error(`catalogue ${name}: two inputs are called ${id}`);
    ids.add(id);
  }
  const names = new Set<string>();
  for (const feature of parts.features) {
    if (names.has(feature.name)) throw new Error(`catalogue ${name}: two features are called ${feature.name}`);
    names.add(feature.name);
    for (const id of inputsOf(feature))
      if (!ids.has(id)) throw new Error(`catalogue ${name}: ${feature.name} reads ${id}, which is no input`);
  }
  const fallback = parts.fallback ?? DEFAULT_FALLBACK;
  const content = { inputs: parts.inputs, features: parts.features, fallback };
  return { name, version: `${name}-${fnv1a(JSON.stringify(content))}`, ...content };
};

/** Labels that scrape configurations and recording rules commonly put on pod series. */
export const DEFAULT_FALLBACK: IdentityFallback = {
  labels: [
    { label: 'deployment', workloadKind: 'Deployment' },
    { label: 'statefulset', workloadKind: 'StatefulSet' },
    { label: 'daemonset', workloadKind: 'DaemonSet' },
  ],
};
