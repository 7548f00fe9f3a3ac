import { MITIGATION_ANNOTATIONS } from '../../conventions/index.ts';
import type { KubernetesObject } from '../../platform/index.ts';
import type { BackEnd, ClusterView, FieldValue } from '../back-end.ts';
import {
  INGRESS_CLASS_KIND,
  INGRESS_KIND,
  type IngressController,
  ingressesOf,
  instanceNotes,
  instancesOf,
  isServedBy,
  SERVICE_KIND,
  WORKLOAD_KINDS,
} from '../discovery/index.ts';
import type { MitigationIntent } from '../intent.ts';
import { declarationOf, isMissing, presence, refused, wholeRate } from './support/index.ts';

const declaration = declarationOf('ingress-nginx');
const CONTROLLER: IngressController = { controller: 'k8s.io/ingress-nginx', className: 'nginx' };
const CONTROLLER_LABELS = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' };
const PREFIX = 'nginx.ingress.kubernetes.io/';
/** Where one of them stands somebody limits already; `limit-whitelist` is the old name of the allow list. */
const TAKEN = ['limit-rps', 'limit-rpm', 'limit-connections', 'limit-burst-multiplier', 'limit-allowlist', 'limit-whitelist'];

const annotation = (name: string, value: string | number): FieldValue => ({
  path: ['metadata', 'annotations', `${PREFIX}${name}`],
  value: String(value),
});

/** The burst is a multiple of the rate and never 0 (there is no `limit-burst`; nginx takes no burst of 0). */
const multiplierOf = (burst: number, count: number): number => Math.max(1, Math.ceil(burst / count));

const fieldsOf = ({ requestsPerSecond, burst, connections, allowedClients }: MitigationIntent): readonly FieldValue[] => {
  const { count, per } = wholeRate(requestsPerSecond);
  return [
    annotation(per === 'second' ? 'limit-rps' : 'limit-rpm', count),
    annotation('limit-burst-multiplier', multiplierOf(burst, count)),
    ...(connections === undefined ? [] : [annotation('limit-connections', connections)]),
    ...(allowedClients.length === 0 ? [] : [annotation('limit-allowlist', allowedClients.join(','))]),
  ];
};

const notesOf = ({ requestsPerSecond, burst }: MitigationIntent, view: ClusterView): readonly string[] => {
  const { count } = wholeRate(requestsPerSecond);
  const real = multiplierOf(burst, count) * count;
  return [
    ...(real === burst ? [] : [`The burst is a multiple of the rate here: ${real} instead of ${burst}.`]),
    ...instanceNotes(instancesOf(view, { matchLabels: CONTROLLER_LABELS }), declaration.title, requestsPerSecond),
  ];
};

/** A limit that is on the Ingress already, and not by the same mitigation before. */
const takenBy = ({ metadata: { annotations = {} } }: KubernetesObject): string | undefined =>
  annotations[MITIGATION_ANNOTATIONS.restore] === undefined
    ? TAKEN.find((name) => annotations[`${PREFIX}${name}`] !== undefined)
    : undefined;

/** Annotations of the retired ingress-nginx: only keys that nobody has set are added, and taken away again. */
export const ingressNginx: BackEnd = {
  declaration,
  abilities: [
    {
      action: 'rateLimit',
      targetKinds: ['Ingress'],
      perClient: true,
      nativeDryRun: false,
      connections: true,
      limits: [
        'The project is retired since March 2026: for those who still run it.',
        'Counts per instance of the controller.',
        'Answers 503 unless its ConfigMap sets `limit-req-status-code: "429"`.',
        'The burst is a whole multiple of the rate.',
      ],
    },
  ],
  needs: [INGRESS_KIND],
  reads: [INGRESS_KIND, INGRESS_CLASS_KIND, SERVICE_KIND, ...WORKLOAD_KINDS],
  targetsOf: (workload, view) => ingressesOf(workload, view, CONTROLLER),
  plan: (intent, view) => {
    const { target, perClient } = intent;
    const on = { ...INGRESS_KIND, namespace: target.namespace, name: target.name };
    const ingress = view.find(on);
    if (!ingress) return isMissing(target);
    if (!isServedBy(ingress, CONTROLLER, view)) return refused(`Ingress ${target.name} is not served by ${declaration.title}.`);
    if (!perClient) return refused(`${declaration.title} limits each client by itself only. Plan it per client.`);
    const taken = takenBy(ingress);
    if (taken !== undefined)
      return refused(`Ingress ${target.name} already carries ${PREFIX}${taken}. Change the limit there, or take it away first.`);
    return { state: 'planned', changes: [{ style: 'fields', on, fields: fieldsOf(intent) }], notes: notesOf(intent, view) };
  },
  acceptance: (objects) => presence(objects),
  signals: ({ target: { namespace, name } }) => {
    // Scraped without honorLabels the namespace of the Ingress is `exported_namespace`.
    const all = (more = ''): string =>
      ['namespace', 'exported_namespace']
        .map((label) => `sum(rate(nginx_ingress_controller_requests{ingress="${name}",${label}="${namespace}"${more}}[2m]))`)
        .join(' or ');
    // A limit answers 503 or 429; an overloaded workload behind it says 500, 502 or 504.
    return {
      requestsPerSecond: all(),
      rejectedPerSecond: all(',status=~"429|503"'),
      failureRatio: `(${all(',status=~"500|502|504"')}) / (${all(',status!~"429|503"')})`,
      latencySeconds: ['namespace', 'exported_namespace']
        .map(
          (label) =>
            `histogram_quantile(0.95, sum by (le) (rate(nginx_ingress_controller_request_duration_seconds_bucket{ingress="${name}",${label}="${namespace}",status!~"429|503"}[2m])))`,
        )
        .join(' or '),
    };
  },
};
