import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd } from '../back-end.ts';
import { SERVICE_KIND, servicesOf, WORKLOAD_KINDS } from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import { ownedMetadata, ownedName } from '../labels.ts';
import {
  cannotAllow,
  cannotLimitConnections,
  declarationOf,
  firstOf,
  hasConflict,
  isMissing,
  presence,
  refused,
  wholeRate,
} from './support/index.ts';

const declaration = declarationOf('cilium-envoy-config');
const CONFIG: KindName = { apiVersion: 'cilium.io/v2', kind: 'CiliumEnvoyConfig' };
const TYPE = 'type.googleapis.com/envoy';
const INTERVALS = { second: '1s', minute: '60s' } as const;

interface ConfigSpec {
  readonly services?: readonly { readonly name?: string; readonly namespace?: string }[];
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/local_rate_limit_filter */
const filterOf = ({ requestsPerSecond, burst, mode }: MitigationIntent): object => {
  const { count, per } = wholeRate(requestsPerSecond);
  const always = { numerator: 100, denominator: 'HUNDRED' };
  return {
    name: 'envoy.filters.http.local_ratelimit',
    typed_config: {
      '@type': `${TYPE}.extensions.filters.http.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: 'bellwether',
      token_bucket: { max_tokens: count + burst, tokens_per_fill: count, fill_interval: INTERVALS[per] },
      filter_enabled: { default_value: always },
      filter_enforced: { default_value: mode === 'dryRun' ? { ...always, numerator: 0 } : always },
    },
  };
};

const resourcesOf = (intent: MitigationIntent): readonly object[] => {
  const { namespace, name: service } = intent.target;
  const cluster = `${namespace}/${service}`;
  const name = ownedName(intent.mitigation);
  return [
    {
      '@type': `${TYPE}.config.listener.v3.Listener`,
      name,
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.http_connection_manager',
              typed_config: {
                '@type': `${TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
                stat_prefix: name,
                rds: { route_config_name: name },
                http_filters: [
                  filterOf(intent),
                  { name: 'envoy.filters.http.router', typed_config: { '@type': `${TYPE}.extensions.filters.http.router.v3.Router` } },
                ],
              },
            },
          ],
        },
      ],
    },
    {
      '@type': `${TYPE}.config.route.v3.RouteConfiguration`,
      name,
      virtual_hosts: [{ name, domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster } }] }],
    },
    {
      '@type': `${TYPE}.config.cluster.v3.Cluster`,
      name: cluster,
      type: 'EDS',
      connect_timeout: '5s',
      lb_policy: 'ROUND_ROBIN',
    },
  ];
};

const configOf = (intent: MitigationIntent): KubernetesObject => {
  const { namespace, name } = intent.target;
  return {
    ...CONFIG,
    metadata: ownedMetadata(intent, declaration.name, namespace),
    spec: { services: [{ name, namespace }], resources: resourcesOf(intent) },
  };
};

/** CiliumEnvoyConfig: leads a Service through Cilium's Envoy with a local token bucket. Raw Envoy configuration: for emergencies. */
export const ciliumEnvoyConfig: BackEnd = {
  declaration,
  abilities: [
    {
      action: 'rateLimit',
      targetKinds: ['Service'],
      perClient: false,
      nativeDryRun: true,
      connections: false,
      limits: [
        'For HTTP alone: anything else that the Service carries breaks.',
        'Counts all clients together, by each node.',
        'Raw Envoy configuration, which Cilium may change between versions, and which it says nothing about when it does not take it.',
        'Needs Cilium with Envoy configuration switched on (`envoyConfig.enabled`).',
      ],
    },
  ],
  needs: [CONFIG],
  reads: [CONFIG, SERVICE_KIND, ...WORKLOAD_KINDS],
  targetsOf: (workload, view) =>
    servicesOf(workload, view).map((name) => ({ kind: SERVICE_KIND.kind, namespace: workload.namespace, name })),
  plan: (intent, view) => {
    const { target, perClient, mitigation } = intent;
    if (!view.find({ ...SERVICE_KIND, namespace: target.namespace, name: target.name })) return isMissing(target);
    const other = view
      .list(CONFIG, target.namespace)
      .find(
        ({ metadata, spec }) =>
          metadata.name !== ownedName(mitigation) &&
          ((spec ?? {}) as ConfigSpec).services?.some(
            ({ name, namespace = target.namespace }) => name === target.name && namespace === target.namespace,
          ),
      );
    return (
      firstOf(
        other && hasConflict(target, other, 'A Service is led to one listener alone.'),
        perClient ? refused(`${declaration.title} counts all clients together only. Plan it so.`) : undefined,
        cannotAllow(intent, declaration.title),
        cannotLimitConnections(intent, declaration.title),
      ) ?? {
        state: 'planned',
        changes: [{ style: 'object', object: configOf(intent) }],
        notes: ['Each node counts by itself. Everything that the Service carries has to be HTTP.'],
      }
    );
  },
  acceptance: (objects) => presence(objects),
  signals: () => ({}),
};
