import { MITIGATION_ANNOTATIONS, MITIGATION_LABELS } from '../../conventions/index.ts';
import type { KindName, KubernetesObject } from '../../platform/index.ts';
import type { BackEnd, ClusterView, FieldValue } from '../back-end.ts';
import {
  dialOf,
  gatewayRoutesOf,
  HTTP_ROUTE_KIND,
  INGRESS_CLASS_KIND,
  INGRESS_KIND,
  ingressesOf,
  instanceNotes,
  instancesOf,
  type Reference,
  SERVICE_KIND,
  WORKLOAD_KINDS,
} from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import {
  byClientOrTogether,
  cannotAllow,
  cannotLimitConnections,
  conditionAcceptance,
  declarationOf,
  firstOf,
  isMissing,
  refused,
  wholeRate,
} from './support/index.ts';

const declaration = declarationOf('kong');
const PLUGIN: KindName = { apiVersion: 'configuration.konghq.com/v1', kind: 'KongPlugin' };
const ROUTES = [INGRESS_KIND, HTTP_ROUTE_KIND];
const CONTROLLER = { controller: 'ingress-controllers.konghq.com/kong', className: 'kong' };
const GATEWAY_CONTROLLER = 'konghq.com/kic-gateway-controller';
const PLUGINS = 'konghq.com/plugins';
const LABELS = { 'app.kubernetes.io/name': 'kong' };
/** Windows shorter than those of the dial: Kong wants a shorter one to have the lower number. */
const WINDOWS = { second: 'second', minute: 'minute' } as const;

interface Plugin extends KubernetesObject {
  readonly plugin?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Plugins that a route names, of its own namespace; `other:name` is of another. */
const referencesOf = ({ metadata }: KubernetesObject): readonly Reference[] =>
  (metadata.annotations?.[PLUGINS] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [name = '', namespace = metadata.namespace ?? ''] = text.split(':').reverse();
      return { namespace, name };
    });

const fieldsOf = ({ requestsPerSecond }: MitigationIntent): readonly FieldValue[] => {
  const { count, per } = wholeRate(requestsPerSecond);
  return [{ path: ['config', WINDOWS[per]], value: count }];
};

const whyNot = (dial: Plugin, { perClient, requestsPerSecond }: MitigationIntent): string | undefined => {
  const { config = {}, plugin } = dial;
  const { per } = wholeRate(requestsPerSecond);
  if (plugin !== 'rate-limiting') return `KongPlugin ${dial.metadata.name} is ${plugin}, not rate-limiting.`;
  // A note says that a mitigation has set it.
  if (config[WINDOWS[per]] !== undefined && dial.metadata.annotations?.[MITIGATION_ANNOTATIONS.restore] === undefined)
    return `KongPlugin ${dial.metadata.name} sets config.${WINDOWS[per]} already: a dial sets longer windows only.`;
  const isPerClient = config.limit_by === 'ip';
  return isPerClient === perClient
    ? undefined
    : `KongPlugin ${dial.metadata.name} counts by ${String(config.limit_by ?? 'consumer')}. Plan it ${isPerClient ? 'per client' : 'for all together'}, or attach another dial.`;
};

const notesOf = ({ burst, requestsPerSecond }: MitigationIntent, dial: Plugin, view: ClusterView): readonly string[] => [
  ...(burst > 0 ? [`A burst of its own cannot be said: Kong counts whole ${wholeRate(requestsPerSecond).per}s.`] : []),
  ...(dial.config?.policy === 'local' || dial.config?.policy === undefined
    ? instanceNotes(instancesOf(view, { matchLabels: LABELS }), declaration.title, requestsPerSecond)
    : []),
];

/** KongPlugin `rate-limiting` that routes name already, with a window so wide that it never bites; a mitigation adds a short one. */
export const kong: BackEnd = {
  declaration,
  abilities: byClientOrTogether({
    action: 'rateLimit',
    targetKinds: ROUTES.map(({ kind }) => kind),
    nativeDryRun: false,
    connections: false,
    limits: [
      `Needs a KongPlugin with the label \`${MITIGATION_LABELS.dial}: "true"\` that the route names, in its namespace.`,
      'Counts whole seconds or minutes: no burst of its own.',
      'Per client is what `limit_by: ip` of that plugin says; with `policy: local` each node counts by itself.',
      'Turning it acts on every route that names it; cannot leave addresses out of a limit.',
    ],
  }),
  needs: [PLUGIN],
  reads: [PLUGIN, ...ROUTES, INGRESS_CLASS_KIND, SERVICE_KIND, ...WORKLOAD_KINDS],
  targetsOf: (workload, view) => [
    ...ingressesOf(workload, view, CONTROLLER),
    ...gatewayRoutesOf(workload, view, { controller: GATEWAY_CONTROLLER, kinds: [HTTP_ROUTE_KIND] }),
  ],
  plan: (intent, view) => {
    const { target } = intent;
    const kind = ROUTES.find((known) => known.kind === target.kind);
    const route = kind && view.find({ ...kind, namespace: target.namespace, name: target.name });
    if (!route) return isMissing(target);
    const dial = dialOf(referencesOf(route), PLUGIN, target.namespace, view) as Plugin | undefined;
    if (!dial)
      return refused(
        `${target.kind} ${target.name} names no KongPlugin of its namespace with the label ${MITIGATION_LABELS.dial}. Add one: docs/mitigation/back-ends/kong.md.`,
      );
    const why = whyNot(dial, intent);
    const reason = firstOf(
      why === undefined ? undefined : refused(why),
      cannotAllow(intent, declaration.title),
      cannotLimitConnections(intent, declaration.title),
    );
    if (reason) return reason;
    const on = { ...PLUGIN, namespace: dial.metadata.namespace ?? '', name: dial.metadata.name };
    return { state: 'planned', changes: [{ style: 'fields', on, fields: fieldsOf(intent) }], notes: notesOf(intent, dial, view) };
  },
  // Older controllers write no conditions.
  acceptance: ([plugin]) => conditionAcceptance(plugin, 'Programmed', declaration.title, 'accepted'),
  signals: ({ target: { namespace, name } }) => {
    const route = `route=~"(httproute\\\\.)?${namespace}\\\\.${name}\\\\..*"`;
    return {
      requestsPerSecond: `sum(rate(kong_http_requests_total{${route}}[2m]))`,
      rejectedPerSecond: `sum(rate(kong_http_requests_total{${route},code="429"}[2m]))`,
      failureRatio: `sum(rate(kong_http_requests_total{${route},code=~"5.."}[2m])) / sum(rate(kong_http_requests_total{${route},code!="429"}[2m]))`,
    };
  },
};
