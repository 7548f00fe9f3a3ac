import {
  type AlertDeclaration,
  admissionGuard,
  type DeclaredObject,
  MITIGATION_ANNOTATIONS,
  MITIGATION_BACK_ENDS,
  MITIGATION_LABELS,
  MITIGATION_METRICS,
  MITIGATION_NAME_PREFIX,
  MITIGATION_RESOURCE,
  type ModuleDeclaration,
  PROTECTED_NAMESPACES,
  type ProcessPlace,
  type RbacRule,
} from '../conventions/index.ts';

const MINUTE = 60;
const m = MITIGATION_METRICS;

/** What a person has to know about mitigations. They are silent where mitigations are off. */
export const MITIGATION_ALERTS: readonly AlertDeclaration[] = [
  {
    name: 'BellwetherMitigationBudgetExhausted',
    expr: `sum by (guard) (increase(${m.mitigationsBlocked.name}{guard=~"budget_.+"}[15m])) > 0`,
    severity: 'warning',
    summary: 'A mitigation was held back by {{ $labels.guard }}',
    description: 'As many limits are in force as may be. More trouble than one limit can answer is an incident for people.',
  },
  {
    name: 'BellwetherMitigationRevertFailed',
    expr: `${m.mitigationsOverdue.name} > 0`,
    forSeconds: MINUTE,
    severity: 'critical',
    summary: '{{ $value }} mitigations are past their end and still there',
    description:
      'They could not be taken back for more than two minutes. Requests are turned away that nobody means to turn away any more.',
  },
  {
    name: 'BellwetherMitigationIneffective',
    expr: `${m.mitigationsIneffective.name} > 0`,
    forSeconds: MINUTE,
    severity: 'warning',
    summary: '{{ $value }} mitigations are in force and turn nothing away',
    description: 'The limit is too high, is not on the way of the traffic, or the trouble is over.',
  },
  {
    name: 'BellwetherMitigationBreakerOpen',
    expr: `${m.mitigationBreaker.name} > 0`,
    forSeconds: MINUTE,
    severity: 'warning',
    summary: 'The circuit breaker keeps mitigations from beginning',
    description: 'A limit did harm, calls to the Kubernetes API fail, or far more alerts come than usual.',
  },
  {
    name: 'BellwetherMitigationReaperLate',
    expr: 'time() - max by (cronjob) (kube_cronjob_status_last_successful_time{cronjob=~".+-(reaper|decoy-expiry)"}) > 300',
    forSeconds: 2 * MINUTE,
    severity: 'warning',
    summary: '{{ $labels.cronjob }} has not run for {{ $value | humanizeDuration }}',
    description:
      'It takes limits, or routes to decoys, back when nobody else does. Without it a limit may outlive its end by as long as the receiver is away.',
  },
  {
    name: 'WorkloadMitigated',
    expr: `max by (namespace, workload, workload_kind) (label_replace(${m.mitigatedWorkload.name}, "namespace", "$1", "target_namespace", "(.+)")) == 1`,
    severity: 'info',
    summary: '{{ $labels.workload_kind }} {{ $labels.namespace }}/{{ $labels.workload }} is under a limit',
    description: 'Requests to it are turned away because of an alert. Further alerts about it are held back until the limit ends.',
  },
];

/** A back-end of the options, and how far it may go. */
export interface SwitchedOn {
  readonly name: string;
  readonly mode: 'dryRun' | 'enforce';
}

export interface MitigationScope {
  readonly backEnds: readonly SwitchedOn[];
  /** Namespaces in which mitigations may act; the whole cluster where empty. */
  readonly namespaces: readonly string[];
}

/** Kinds without a namespace among those that back-ends look at. */
const CLUSTER_WIDE: readonly string[] = ['namespaces', 'ingressclasses'];

/** The same rights in these namespaces alone, save for kinds that have none. */
const inNamespaces = (rules: readonly RbacRule[], namespaces: readonly string[]): readonly RbacRule[] =>
  namespaces.length === 0
    ? rules
    : rules.flatMap((rule): readonly RbacRule[] => {
        if (rule.ownNamespace) return [rule];
        const wide = rule.resources.filter((one) => CLUSTER_WIDE.includes(one));
        const inside = rule.resources.filter((one) => !CLUSTER_WIDE.includes(one));
        return [
          ...(inside.length === 0 ? [] : [{ ...rule, resources: inside, namespaces }]),
          ...(wide.length === 0
            ? []
            : [{ ...rule, resources: wide, ...(wide.includes('namespaces') ? { resourceNames: namespaces } : {}) }]),
        ];
      });

const declarationsOf = (on: readonly SwitchedOn[]) => on.flatMap(({ name }) => MITIGATION_BACK_ENDS[name] ?? []);

/** The same rule twice says nothing more. */
const distinct = (rules: readonly RbacRule[]): readonly RbacRule[] => {
  const seen = new Map(rules.map((rule) => [JSON.stringify([rule.apiGroups, rule.resources, rule.verbs, rule.resourceNames]), rule]));
  return [...seen.values()];
};

const OWN_KIND: readonly RbacRule[] = [
  {
    apiGroups: [MITIGATION_RESOURCE.group],
    resources: [MITIGATION_RESOURCE.plural],
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
    reason: 'To ask for mitigations, and to remove those that ended long ago.',
  },
  {
    apiGroups: [MITIGATION_RESOURCE.group],
    resources: [`${MITIGATION_RESOURCE.plural}/status`],
    verbs: ['update', 'patch'],
    reason: 'To say what became of them.',
  },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'], reason: 'The label of a namespace says whether a limit may bite there.' },
  { apiGroups: [''], resources: ['events'], verbs: ['create'], reason: 'What is done stands in the events of the target.' },
  // The name of what is created cannot be restricted.
  { apiGroups: [''], resources: ['configmaps'], verbs: ['create'], ownNamespace: true, reason: 'To make the emergency switch.' },
  {
    apiGroups: [''],
    resources: ['configmaps'],
    verbs: ['get', 'patch'],
    resourceNames: ['bellwether-mitigation'],
    ownNamespace: true,
    reason: 'The emergency switch.',
  },
];

/** What taking back needs, and nothing that could make a limit. */
const reaperRules = (on: readonly SwitchedOn[]): readonly RbacRule[] =>
  distinct(
    declarationsOf(on).flatMap(({ attach, writes }) =>
      writes.map(({ group, resource, kind }) => ({
        apiGroups: [group],
        resources: [resource],
        verbs: attach === 'object' ? ['get', 'list', 'delete'] : ['get', 'list', 'patch'],
        reason: attach === 'object' ? `To delete objects of kind ${kind} past their end.` : `To restore fields of objects of kind ${kind}.`,
      })),
    ),
  );

const text = (value: string): string => JSON.stringify(value);

/**
 * What our accounts may never do, enforced by the API server (Kubernetes 1.30 and above) even if the receiver were taken over: act in protected
 * namespaces, write what does not carry its end, touch what is not ours.
 */
const guardOf = (on: readonly SwitchedOn[], { namespace, bundle, fullName }: ProcessPlace): readonly DeclaredObject[] => {
  const name = `${fullName}-guard-mitigation`;
  const declared = declarationsOf(on);
  const resourcesOf = (kinds: readonly { readonly group: string; readonly resource: string }[]): string =>
    `[${kinds.map(({ group, resource }) => text(`${group}/${resource}`)).join(', ')}]`;
  const own = resourcesOf(declared.filter(({ attach }) => attach === 'object').flatMap(({ writes }) => writes));
  const accounts = [`${bundle}-receiver`, `${bundle}-reaper`].map((account) => text(`system:serviceaccount:${namespace}:${account}`));
  const exact = [...PROTECTED_NAMESPACES.filter((one) => !one.endsWith('*')), namespace];
  const prefixes = PROTECTED_NAMESPACES.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  const key = text(MITIGATION_LABELS.managed);
  const isMarked = (object: string): string =>
    `has(${object}.metadata.labels) && ${key} in ${object}.metadata.labels && ${object}.metadata.labels[${key}] == "true"`;
  const kinds = [...new Map(declared.flatMap(({ writes }) => writes).map((kind) => [`${kind.group}/${kind.resource}`, kind])).values()];
  return admissionGuard({
    name,
    resources: kinds.map(({ group, resource }) => ({
      apiGroups: [group],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: [resource],
    })),
    matchConditions: [{ name: 'our-accounts', expression: `request.userInfo.username in [${accounts.join(', ')}]` }],
    variables: [
      { name: 'ownKind', expression: `(request.resource.group + "/" + request.resource.resource) in ${own}` },
      { name: 'isMarked', expression: `object != null && ${isMarked('object')}` },
      { name: 'wasMarked', expression: `oldObject != null && ${isMarked('oldObject')}` },
      { name: 'name', expression: 'object != null ? object.metadata.name : oldObject.metadata.name' },
      {
        name: 'hasEnd',
        expression: `object != null && has(object.metadata.annotations) && ${text(MITIGATION_ANNOTATIONS.expiresAt)} in object.metadata.annotations`,
      },
    ],
    validations: [
      {
        expression: `!(request.namespace in [${exact.map(text).join(', ')}])${prefixes.map((prefix) => ` && !request.namespace.startsWith(${text(prefix)})`).join('')}`,
        message: 'this namespace is protected from mitigations',
      },
      {
        expression: `!variables.ownKind || (variables.name.startsWith(${text(MITIGATION_NAME_PREFIX)}) && (request.operation == "CREATE" || variables.wasMarked))`,
        message: `mitigations touch only objects called ${MITIGATION_NAME_PREFIX}* that carry their label`,
      },
      {
        expression: '!variables.ownKind || request.operation == "DELETE" || variables.isMarked',
        message: 'what a mitigation writes carries its label',
      },
      {
        expression: 'variables.ownKind || (request.operation == "UPDATE" && (variables.isMarked || variables.wasMarked))',
        message: 'mitigations change objects of users only under their label, and never make or delete them',
      },
      {
        expression: 'request.resource.resource != "pods" || object.spec == oldObject.spec',
        message: 'mitigations change labels and annotations of pods, and never what runs in them',
      },
      {
        expression: '!variables.isMarked || variables.hasEnd',
        message: 'what a mitigation writes carries its end',
      },
    ],
  });
};

/** Who approves or takes back with kubectl does so by their own name; the receiver says the names of those who asked it. */
const guardOfNames = ({ namespace, bundle, fullName }: ProcessPlace): readonly DeclaredObject[] => {
  const ownName = (field: string) => ({
    expression: `!has(object.spec.${field}) || (oldObject != null && has(oldObject.spec.${field})) || object.spec.${field}.by == request.userInfo.username`,
    messageExpression: `"spec.${field}.by must be the name of who writes it: " + request.userInfo.username`,
  });
  return admissionGuard({
    name: `${fullName}-guard-mitigation-names`,
    resources: [{ apiGroups: [MITIGATION_RESOURCE.group], operations: ['CREATE', 'UPDATE'], resources: [MITIGATION_RESOURCE.plural] }],
    matchConditions: [
      {
        name: 'not-the-receiver',
        expression: `request.userInfo.username != ${text(`system:serviceaccount:${namespace}:${bundle}-receiver`)}`,
      },
    ],
    validations: [ownName('approval'), ownName('revoked')],
  });
};

/** The receiver where mitigations are switched on: the rights of these back-ends, and the guard over them. */
export const withMitigation = (receiver: ModuleDeclaration, { backEnds: on, namespaces }: MitigationScope): ModuleDeclaration => ({
  ...receiver,
  rbac: [...receiver.rbac, ...inNamespaces([...OWN_KIND, ...distinct(declarationsOf(on).flatMap(({ rbac }) => rbac))], namespaces)],
  egress: [...receiver.egress, { to: 'prometheus', port: 9090 }],
  objects: (place) => [...(receiver.objects?.(place) ?? []), ...guardOf(on, place), ...guardOfNames(place)],
});

/** The dead man's hand: takes back what is past its end when everything else is down. Only where mitigations are switched on. */
export const reaperDeclaration = ({ backEnds: on, namespaces }: MitigationScope): ModuleDeclaration => ({
  name: 'reaper',
  // Nearly the whole minute between two runs: what ends meanwhile is late by seconds.
  args: [
    'mitigate',
    'reap',
    '--ahead',
    '50',
    '--back-ends',
    on.map(({ name }) => name).join(','),
    ...(namespaces.length === 0 ? [] : ['--namespaces', namespaces.join(',')]),
  ],
  workload: { kind: 'CronJob', schedule: '* * * * *', deadlineSeconds: 110, retries: 1 },
  ports: [],
  rbac: inNamespaces(reaperRules(on), namespaces),
  metrics: [],
  alerts: [],
  volumes: [],
  egress: [
    { to: 'kubernetes-api', port: 443 },
    { to: 'kubernetes-api', port: 6443 },
  ],
  resources: { cpuRequest: '10m', memoryRequest: '96Mi', memoryLimit: '192Mi' },
});
