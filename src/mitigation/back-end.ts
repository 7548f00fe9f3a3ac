import type { BackEndDeclaration } from '../conventions/index.ts';
import type { KindName, KubernetesObject, ObjectName } from '../platform/index.ts';
import type { MitigationAction, MitigationIntent, MitigationTarget } from './intent.ts';

/** What of the cluster a plan is made from: read before, so that planning is pure. */
export interface ClusterView {
  /** Whether the API server serves this kind. */
  has(kind: KindName): boolean;
  /** Objects of a kind in `reads`; of all namespaces where none is named. Empty where the kind is not served. */
  list(kind: KindName, namespace?: string): readonly KubernetesObject[];
  find(name: ObjectName): KubernetesObject | undefined;
}

/** A field by the names on its way, such as `['metadata', 'annotations', 'a/b']`. Never through a list: its places have no names. */
export interface FieldValue {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * One write. `object`: a separate object, made with `ownedMetadata`; taking it back deletes it. `fields`: values on an object that stays;
 * the engine notes what stood there before (also "absent"), applies server-side under our field manager, and restores exactly that.
 */
export type Change =
  | { readonly style: 'object'; readonly object: KubernetesObject }
  | { readonly style: 'fields'; readonly on: ObjectName; readonly fields: readonly FieldValue[] };

/** `refused`: why this back-end cannot do it, as a sentence that says what would help. */
export type PlanOutcome =
  | { readonly state: 'planned'; readonly changes: readonly Change[]; readonly notes: readonly string[] }
  | { readonly state: 'refused'; readonly reason: string };

/** What the data plane's controller says about the written objects. */
export type Acceptance =
  | { readonly state: 'accepted' }
  | { readonly state: 'pending'; readonly reason: string }
  | { readonly state: 'refused'; readonly reason: string };

/** PromQL, each an instant query with one value (requests or shares per second over the last minutes); absent where nobody measures it. */
export interface SignalQueries {
  /** All requests to the target, turned away or not. */
  readonly requestsPerSecond?: string;
  /** Those that the limit turned away, or in dry run would have. */
  readonly rejectedPerSecond?: string;
  /** Share of 5xx in what was let through, 0 to 1. */
  readonly failureRatio?: string;
  /** 99th percentile over clients. Where absent, the rate of all together bounds each one. */
  readonly clientRequestsPerSecond?: string;
  /** Share of the largest client, 0 to 1: near 1 all clients come through one address. */
  readonly largestClientShare?: string;
  /** How long nineteen of twenty requests that were let through take at most, seconds. */
  readonly latencySeconds?: string;
  /** Share of the clients that stay below the rate of the limit and are turned away all the same, 0 to 1. */
  readonly politeRejectedRatio?: string;
}

/** One thing that a back-end can do. */
export interface Ability {
  readonly action: MitigationAction;
  readonly targetKinds: readonly string[];
  readonly perClient: boolean;
  /** Whether the data plane itself can count without turning away. Where not, a dry run writes nothing. */
  readonly nativeDryRun: boolean;
  readonly connections: boolean;
  /** What people have to know, a sentence each: counted per instance, which status code, what is not limited. */
  readonly limits: readonly string[];
}

/** Turns an intent into objects of one data plane. Pure: the engine does all reading and writing. */
export interface BackEnd {
  /** Name, style, kinds that are written, rights. */
  readonly declaration: BackEndDeclaration;
  readonly abilities: readonly Ability[];
  /** Kinds that must be served for this back-end to be there. */
  readonly needs: readonly KindName[];
  /** Kinds that `plan` and `targetsOf` look at. */
  readonly reads: readonly KindName[];
  /** Routes of this data plane that lead to a workload, or the workload itself; empty where it does not serve it. */
  targetsOf(workload: MitigationTarget, view: ClusterView): readonly MitigationTarget[];
  /** Objects of the same mitigation may be in the view already: a plan is made anew after a crash, and must then be the same. */
  plan(intent: MitigationIntent, view: ClusterView): PlanOutcome;
  /** Objects that the mitigation changed, as they are now, in the order of `declaration.writes`. Never empty. */
  acceptance(objects: readonly KubernetesObject[]): Acceptance;
  signals(intent: MitigationIntent): SignalQueries;
}
