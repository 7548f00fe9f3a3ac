import { MITIGATION_LABELS } from '../../conventions/index.ts';
import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd, FieldValue } from '../back-end.ts';
import { dialOf, instanceNotes, instancesOf, type Reference, SERVICE_KIND, servicesOf, WORKLOAD_KINDS } from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import {
  ACCEPTED,
  byClientOrTogether,
  cannotAllow,
  cannotLimitConnections,
  declarationOf,
  firstOf,
  isMissing,
  nginxRate,
  refused,
} from './support/index.ts';

const declaration = declarationOf('nginx-ingress-controller');
const POLICY: KindName = { apiVersion: 'k8s.nginx.org/v1', kind: 'Policy' };
const VIRTUAL_SERVER: KindName = { apiVersion: 'k8s.nginx.org/v1', kind: 'VirtualServer' };
const LABELS = { 'app.kubernetes.io/name': 'nginx-ingress' };

interface PolicyRef {
  readonly name?: string;
  readonly namespace?: string;
}

interface VirtualServerSpec {
  readonly policies?: readonly PolicyRef[];
  readonly upstreams?: readonly { readonly service?: string }[];
  readonly routes?: readonly { readonly policies?: readonly PolicyRef[] }[];
}

interface PolicySpec {
  readonly rateLimit?: { readonly key?: string };
}

const specOf = (server: KubernetesObject): VirtualServerSpec => (server.spec ?? {}) as VirtualServerSpec;

const referencesOf = (server: KubernetesObject): readonly Reference[] => {
  const { policies = [], routes = [] } = specOf(server);
  const namespace = server.metadata.namespace ?? '';
  return [...policies, ...routes.flatMap((route) => route.policies ?? [])].map(({ name = '', namespace: elsewhere = namespace }) => ({
    namespace: elsewhere,
    name,
  }));
};

const rateLimit = (name: string, value: unknown): FieldValue => ({ path: ['spec', 'rateLimit', name], value });

const fieldsOf = ({ requestsPerSecond, burst, mode, rejectCode }: MitigationIntent): readonly FieldValue[] => [
  rateLimit('rate', nginxRate(requestsPerSecond)),
  ...(burst > 0 ? [rateLimit('burst', burst), rateLimit('noDelay', true)] : []),
  rateLimit('rejectCode', rejectCode),
  rateLimit('dryRun', mode === 'dryRun'),
];

const keyOf = (dial: KubernetesObject): string | undefined => ((dial.spec ?? {}) as PolicySpec).rateLimit?.key;

/** Policy of the F5 NGINX Ingress Controller that VirtualServers refer to already; it runs dry until a mitigation lets it bite. */
export const nginxIngressController: BackEnd = {
  declaration,
  abilities: byClientOrTogether({
    action: 'rateLimit',
    targetKinds: ['VirtualServer'],
    nativeDryRun: true,
    connections: false,
    limits: [
      `Needs a Policy with the label \`${MITIGATION_LABELS.dial}: "true"\` that the VirtualServer refers to, in its namespace.`,
      'Per client or for all together is what the key of that Policy says.',
      'Turning it acts on everything that refers to it; counts per instance unless it has `scale: true`.',
      'Cannot leave addresses out of a limit.',
    ],
  }),
  needs: [POLICY, VIRTUAL_SERVER],
  reads: [POLICY, VIRTUAL_SERVER, SERVICE_KIND, ...WORKLOAD_KINDS],
  targetsOf: (workload, view) => {
    const services = servicesOf(workload, view);
    return view
      .list(VIRTUAL_SERVER, workload.namespace)
      .filter((server) => (specOf(server).upstreams ?? []).some(({ service = '' }) => services.includes(service)))
      .map(({ kind, metadata }) => ({ kind, namespace: workload.namespace, name: metadata.name }));
  },
  plan: (intent, view) => {
    const { target, perClient, requestsPerSecond } = intent;
    const server = view.find({ ...VIRTUAL_SERVER, namespace: target.namespace, name: target.name });
    if (!server) return isMissing(target);
    const dial = dialOf(referencesOf(server), POLICY, target.namespace, view);
    if (!dial)
      return refused(
        `VirtualServer ${target.name} refers to no Policy of its namespace with the label ${MITIGATION_LABELS.dial}. Add one that runs dry: docs/mitigation/back-ends/nginx-ingress-controller.md.`,
      );
    const key = keyOf(dial);
    if (key === undefined) return refused(`Policy ${dial.metadata.name} is no rate limit: a dial has spec.rateLimit.`);
    const isPerClient = key.includes('remote_addr');
    const reason = firstOf(
      isPerClient === perClient
        ? undefined
        : refused(
            `The key of Policy ${dial.metadata.name} (${key}) counts ${isPerClient ? 'each client by itself' : 'all clients together'}. Plan it so, or attach another dial.`,
          ),
      cannotAllow(intent, declaration.title),
      cannotLimitConnections(intent, declaration.title),
    );
    if (reason) return reason;
    const on = { ...POLICY, namespace: dial.metadata.namespace ?? '', name: dial.metadata.name };
    return {
      state: 'planned',
      changes: [{ style: 'fields', on, fields: fieldsOf(intent) }],
      notes: instanceNotes(instancesOf(view, { matchLabels: LABELS }), declaration.title, requestsPerSecond),
    };
  },
  acceptance: ([policy]) => {
    if (!policy) return { state: 'refused', reason: 'The Policy is gone: somebody deleted it.' };
    const { state = '', message = '' } = (policy.status ?? {}) as { readonly state?: string; readonly message?: string };
    if (state === 'Valid') return ACCEPTED;
    return state === '' || state === 'Warning'
      ? { state: 'pending', reason: `${declaration.title} has not said that the Policy is valid. ${message}`.trim() }
      : { state: 'refused', reason: `${declaration.title} calls the Policy ${state}. ${message}`.trim() };
  },
  // Its own metrics tell servers apart only with NGINX Plus.
  signals: () => ({}),
};
