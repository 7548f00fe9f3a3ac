import { differs, equals, named, namedLike } from './select.ts';
import type { UserFeature } from './user-catalog.ts';

/** Metrics of others that are only there where their program is. */
export interface FeaturePack {
  readonly about: string;
  readonly features: readonly UserFeature[];
}

const POD = { by: 'pod' } as const;
const NODE = { by: 'node' } as const;
/** Things that happen, as a rate; several series of one pod or node add up. */
const rate = (feature: Pick<UserFeature, 'name' | 'help' | 'selector' | 'entity'>): UserFeature => ({
  ...feature,
  kind: 'counter',
  combine: 'sum',
  unitClass: 'per_second',
  min: 0,
});
const ofPods = differs('pod', '');

/**
 * Features beside a preset, by the name that `features.packs` takes. Metrics as their programs document them: Tetragon 1.7 (`tetragon_*`, port 2112), Falco 0.41
 * (`falcosecurity_*`, with `metrics.enabled` and `webserver.prometheus_metrics_enabled`), Cilium 1.17 (`cilium_*`), Hubble (`hubble_*`, port 9965, each switched on by itself).
 */
export const FEATURE_PACKS = {
  events: {
    about: 'Runtime events that a collector of Bellwether counts by pod.',
    features: [
      rate({
        name: 'runtime_execs_per_second',
        help: 'Processes begun in a pod.',
        selector: named('bellwether_workload_events_total', equals('kind', 'exec'), ofPods),
        entity: POD,
      }),
      rate({
        name: 'runtime_policy_hits_per_second',
        help: 'Hooks of tracing policies reached in a pod.',
        selector: named('bellwether_workload_events_total', equals('kind', 'policy'), ofPods),
        entity: POD,
      }),
      rate({
        name: 'runtime_killed_per_second',
        help: 'Processes of a pod ended by a signal.',
        selector: named('bellwether_workload_events_total', equals('kind', 'signal'), ofPods),
        entity: POD,
      }),
    ],
  },
  tetragon: {
    about:
      "Tetragon's own metrics; their labels `namespace` and `pod` must be those of the workload, so its ServiceMonitor needs `honorLabels: true`.",
    features: [
      rate({
        name: 'tetragon_events_per_second',
        help: 'Events of any type that Tetragon saw in a pod.',
        selector: named('tetragon_events_total', ofPods),
        entity: POD,
      }),
      rate({
        name: 'tetragon_policy_events_per_second',
        help: 'Events of tracing policies in a pod.',
        selector: named('tetragon_policy_events_total', ofPods),
        entity: POD,
      }),
      {
        ...rate({
          name: 'tetragon_syscalls_per_second',
          help: 'System calls of a pod that policies count.',
          selector: named('tetragon_syscalls_total', ofPods),
          entity: POD,
        }),
        unitClass: 'syscalls',
      },
    ],
  },
  falco: {
    about: 'Matches of rules of Falco, which counts them by node.',
    features: [
      rate({
        name: 'falco_matches_per_second',
        help: 'Rules of Falco that matched on a node.',
        selector: named('falcosecurity_falco_rules_matches_total'),
        entity: NODE,
      }),
    ],
  },
  cilium: {
    about: 'Drops and forwards of the agent of Cilium on each node.',
    features: [
      rate({
        name: 'cilium_drops_per_second',
        help: 'Packets that Cilium dropped on a node, for any reason.',
        selector: named('cilium_drop_count_total'),
        entity: NODE,
      }),
      rate({
        name: 'cilium_forwards_per_second',
        help: 'Packets that Cilium forwarded on a node.',
        selector: named('cilium_forward_count_total'),
        entity: NODE,
      }),
      rate({
        name: 'cilium_policy_denied_per_second',
        help: 'Packets that a policy denied on a node.',
        selector: named('cilium_drop_count_total', equals('reason', 'Policy denied')),
        entity: NODE,
      }),
    ],
  },
  hubble: {
    about:
      'Flows as Hubble counts them on each node. Hubble has labels of pods only where `labelsContext` asks for them; then add features of your own.',
    features: [
      rate({ name: 'hubble_flows_per_second', help: 'Flows on a node.', selector: named('hubble_flows_processed_total'), entity: NODE }),
      rate({ name: 'hubble_drops_per_second', help: 'Flows dropped on a node.', selector: named('hubble_drop_total'), entity: NODE }),
      rate({
        name: 'hubble_dns_queries_per_second',
        help: 'DNS queries on a node.',
        selector: named('hubble_dns_queries_total'),
        entity: NODE,
      }),
      rate({
        name: 'hubble_dns_failures_per_second',
        help: 'DNS answers on a node that say that there is no such name, or that the server failed.',
        selector: [...namedLike('hubble_dns_responses_total'), { name: 'rcode', type: '=~', value: 'Non-Existent Domain|Server Failure' }],
        entity: NODE,
      }),
      rate({
        name: 'hubble_syn_to_world_per_second',
        help: 'Connections opened from a node to the outside.',
        selector: named('hubble_flows_to_world_total'),
        entity: NODE,
      }),
    ],
  },
} as const satisfies Readonly<Record<string, FeaturePack>>;

export type FeaturePackName = keyof typeof FEATURE_PACKS;
export const FEATURE_PACK_NAMES = Object.keys(FEATURE_PACKS) as readonly FeaturePackName[];

/** The features of packs, each once. */
export const featuresOfPacks = (packs: readonly FeaturePackName[]): readonly UserFeature[] =>
  [...new Set(packs)].flatMap((name): readonly UserFeature[] => FEATURE_PACKS[name].features);
