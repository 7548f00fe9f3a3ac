import {
  ADMISSION_METRICS,
  type AlertDeclaration,
  admissionGuard,
  CONFIGURATION_KIND,
  type CustomResourceDeclaration,
  EXCEPTION_SCHEMA,
  type HookDeclaration,
  type ModuleDeclaration,
  NAMESPACE_LABELS,
  POLICY_CONFIG_SCHEMA,
  PORTS,
  PROCESS_METRICS,
  type StructuralSchema,
  toStructuralSchema,
} from '../conventions/index.ts';

const MINUTE = 60;
const DAY = 86_400;
const m = ADMISSION_METRICS;

/** Webhooks of ours, as the API server names them in its metrics. */
const OUR_HOOKS = '{name=~".+[.]bellwether[.]dev"}';

const ALERTS: readonly AlertDeclaration[] = [
  {
    name: 'BellwetherAdmissionDown',
    expr: `absent(${m.admissionReady.name} == 1)`,
    forSeconds: 5 * MINUTE,
    severity: 'critical',
    summary: 'No admission webhook is ready',
    description:
      'For five minutes no pod has answered reviews. What the failure policy says happens to every request: with Ignore, all pass.',
  },
  {
    name: 'BellwetherAdmissionFailOpen',
    expr: `sum by (name) (increase(apiserver_admission_webhook_fail_open_count${OUR_HOOKS}[10m])) > 0`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'The API server lets requests pass unjudged by {{ $labels.name }}',
    description:
      'It gets no answer in time, or none at all, from pods that may look healthy. The network between the two is the first suspect.',
  },
  {
    name: 'BellwetherAdmissionFallbacks',
    expr: `sum by (reason) (increase(${m.admissionFallbacks.name}[10m])) > 0`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'Reviews get the fallback instead of a judgement: {{ $labels.reason }}',
    description: 'The webhook answered in time, but could not judge. The log names each request.',
  },
  {
    name: 'BellwetherAdmissionSlow',
    expr: `histogram_quantile(0.99, sum by (le) (rate(${m.admissionDuration.name}_bucket[5m]))) > 0.5`,
    forSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: 'One review in a hundred takes longer than {{ $value | humanizeDuration }}',
    description: 'Everybody who applies a manifest waits that long, and after two seconds there is only the fallback. More replicas help.',
  },
  {
    name: 'BellwetherAdmissionCertificateExpiring',
    expr: `${m.admissionCertificateExpiry.name} - time() < ${7 * DAY}`,
    forSeconds: 60 * MINUTE,
    severity: 'critical',
    summary: 'The {{ $labels.certificate }} certificate of the admission webhook ends in {{ $value | humanizeDuration }}',
    description:
      'It is renewed two weeks ahead, so something keeps it from being renewed. When it ends, the API server gets no answer any more.',
  },
  {
    name: 'BellwetherPolicyExceptionsExpiring',
    expr: `max(${m.admissionExceptions.name}{state="expiring"}) > 0`,
    forSeconds: 60 * MINUTE,
    severity: 'info',
    summary: '{{ $value }} policy exceptions end within a week',
    description: 'What they accept is denied from then on. Their owners have to fix it, or ask anew.',
  },
];

const POD_MAKERS: HookDeclaration['rules'] = [
  {
    apiGroups: [''],
    apiVersions: ['v1'],
    resources: ['pods', 'pods/ephemeralcontainers', 'replicationcontrollers', 'podtemplates'],
    operations: ['CREATE', 'UPDATE'],
    scope: 'Namespaced',
  },
  {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'],
    operations: ['CREATE', 'UPDATE'],
    scope: 'Namespaced',
  },
  { apiGroups: ['batch'], apiVersions: ['v1'], resources: ['jobs', 'cronjobs'], operations: ['CREATE', 'UPDATE'], scope: 'Namespaced' },
];

const written = (
  apiGroup: string,
  resources: readonly string[],
  apiVersions: readonly string[] = ['*'],
): HookDeclaration['rules'][number] => ({
  apiGroups: [apiGroup],
  apiVersions,
  resources,
  operations: ['CREATE', 'UPDATE'],
  scope: '*',
});

/**
 * Everything else that policies are about. Never leases, events, nodes, endpoints or reviews of access: a slow answer about one of those stops
 * the control plane. Webhook configurations are not sent to webhooks by any API server; the scanner judges them.
 */
const OTHERS: HookDeclaration['rules'] = [
  ...POD_MAKERS,
  written(
    '',
    [
      'services',
      'configmaps',
      'secrets',
      'serviceaccounts',
      'namespaces',
      'persistentvolumes',
      'persistentvolumeclaims',
      'replicationcontrollers/scale',
    ],
    ['v1'],
  ),
  written('apps', ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'], ['v1']),
  { apiGroups: [''], apiVersions: ['v1'], resources: ['pods/exec', 'pods/attach'], operations: ['CONNECT'], scope: 'Namespaced' },
  written('networking.k8s.io', ['ingresses', 'networkpolicies'], ['v1']),
  written('rbac.authorization.k8s.io', ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'], ['v1']),
  written('policy', ['poddisruptionbudgets'], ['v1']),
  written('autoscaling', ['horizontalpodautoscalers'], ['v2']),
  written('storage.k8s.io', ['storageclasses'], ['v1']),
  written('gateway.networking.k8s.io', ['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'udproutes']),
  written('argoproj.io', ['rollouts', 'applications', 'applicationsets', 'appprojects']),
  written('source.toolkit.fluxcd.io', ['gitrepositories', 'helmrepositories', 'ocirepositories']),
  written('networking.istio.io', ['virtualservices']),
  written('security.istio.io', ['peerauthentications']),
  written('cert-manager.io', ['certificates']),
  written('monitoring.coreos.com', ['servicemonitors', 'podmonitors']),
  written('keda.sh', ['scaledobjects']),
  written('bellwether.dev', ['policyexceptions']),
];

const HOOK = {
  port: 'reviews',
  // Before timeouts of leader elections, which wait 5 to 10 s; our own deadline is 2 s.
  timeoutSeconds: 3,
  exemptNamespaces: ['kube-system', 'kube-node-lease'],
  namespaceExpressions: [{ key: NAMESPACE_LABELS.ignore, operator: 'DoesNotExist' as const }],
  matchConditions: [
    { name: 'no-leases', expression: "request.resource.group != 'coordination.k8s.io'" },
    // Static pods of nodes are there already when their mirror is written.
    { name: 'no-nodes', expression: "!('system:nodes' in request.userInfo.groups)" },
  ],
};

const HOOKS: readonly HookDeclaration[] = [
  { ...HOOK, name: 'pod-security.bellwether.dev', path: '/validate/pod-security', rules: POD_MAKERS, failurePolicy: 'Ignore' },
  // A cluster can do without advice, but not without being changed.
  { ...HOOK, name: 'policies.bellwether.dev', path: '/validate/others', rules: OTHERS, failurePolicy: 'Ignore', mayFail: false },
];

const spec = (schema: Parameters<typeof toStructuralSchema>[0]): StructuralSchema & { readonly type: 'object' } => ({
  type: 'object',
  required: ['spec'],
  properties: { spec: toStructuralSchema(schema) },
});

const RESOURCES: readonly CustomResourceDeclaration[] = [
  {
    group: 'bellwether.dev',
    kind: 'PolicyException',
    plural: 'policyexceptions',
    singular: 'policyexception',
    shortNames: ['polex'],
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        stored: true,
        schema: spec(EXCEPTION_SCHEMA),
        columns: [
          { name: 'Policies', type: 'string', jsonPath: '.spec.policies' },
          { name: 'Owner', type: 'string', jsonPath: '.spec.owner' },
          { name: 'Expires', type: 'string', jsonPath: '.spec.expiresAt' },
          { name: 'Reason', type: 'string', jsonPath: '.spec.reason', wide: true },
        ],
      },
    ],
  },
  {
    group: 'bellwether.dev',
    kind: CONFIGURATION_KIND.kind,
    plural: 'policyconfigurations',
    singular: 'policyconfiguration',
    scope: 'Cluster',
    versions: [
      {
        name: 'v1alpha1',
        stored: true,
        schema: spec(POLICY_CONFIG_SCHEMA),
        columns: [{ name: 'Profile', type: 'string', jsonPath: '.spec.profile' }],
      },
    ],
  },
];

/**
 * Who may edit a namespace must not be able to take it out of every policy. The API server itself enforces that (Kubernetes 1.30 and above), so
 * it holds while the webhook is down. The right is the verb `ignore` on policyexceptions; administrators have it.
 */
const GUARD_OF_IGNORE_LABEL: NonNullable<ModuleDeclaration['objects']> = ({ fullName }) =>
  admissionGuard({
    name: `${fullName}-guard-ignore-label`,
    resources: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['namespaces'] }],
    objectSelector: { matchExpressions: [{ key: NAMESPACE_LABELS.ignore, operator: 'Exists' }] },
    matchConditions: [
      {
        name: 'label-is-new',
        expression: `oldObject == null || !has(oldObject.metadata.labels) || !('${NAMESPACE_LABELS.ignore}' in oldObject.metadata.labels)`,
      },
    ],
    validations: [
      {
        expression: "authorizer.group('bellwether.dev').resource('policyexceptions').check('ignore').allowed()",
        message: `the label ${NAMESPACE_LABELS.ignore} takes a namespace out of every policy; it needs the right to "ignore" policyexceptions of bellwether.dev`,
      },
    ],
  });

/** What the admission webhook needs from its cluster. It reads and never changes what users own. */
export const ADMISSION_DECLARATION: ModuleDeclaration = {
  name: 'admission',
  args: ['admission', '--config', '/etc/bellwether/bellwether.yaml'],
  replicas: 2,
  ports: [
    { name: 'reviews', port: PORTS.admission, servicePort: 443, purpose: 'Reviews, asked by the API server.', from: ['anywhere'] },
    { name: 'self', port: PORTS.admissionSelf, purpose: 'Own metrics and probes.', scrape: { path: '/metrics', honorLabels: false } },
  ],
  rbac: [
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'], reason: 'Labels of a namespace choose its policies.' },
    {
      apiGroups: ['apps'],
      resources: ['deployments', 'replicasets', 'statefulsets'],
      verbs: ['get'],
      reason: 'To judge what kubectl scale changes: a Scale says only a number.',
    },
    { apiGroups: [''], resources: ['replicationcontrollers'], verbs: ['get'], reason: 'To judge what kubectl scale changes.' },
    {
      apiGroups: ['bellwether.dev'],
      resources: ['policyexceptions', 'policyconfigurations'],
      verbs: ['get', 'list', 'watch'],
      reason: 'What is accepted, and which policies are in force.',
    },
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations'],
      verbs: ['get', 'patch'],
      resourceNames: ['{fullName}-policies'],
      reason: 'To write the own authority into caBundle of the own webhooks, and nothing else.',
    },
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['create'],
      ownNamespace: true,
      reason: 'The Secret with authority and certificate.',
    },
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get', 'update'],
      resourceNames: ['{fullName}-authority'],
      ownNamespace: true,
      reason: 'To renew authority and certificate.',
    },
  ],
  metrics: [PROCESS_METRICS, ADMISSION_METRICS].flatMap((group) => Object.values(group)),
  alerts: ALERTS,
  probes: {
    startup: { port: 'self', path: '/healthz', periodSeconds: 1, failureThreshold: 30 },
    liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 3 },
    readiness: { port: 'self', path: '/readyz', periodSeconds: 2, failureThreshold: 2 },
  },
  volumes: [
    { name: 'config', mountPath: '/etc/bellwether', kind: 'config' },
    { name: 'tls', mountPath: '/etc/bellwether-tls', kind: 'secret', optional: true },
  ],
  certificate: { volume: 'tls' },
  egress: [
    { to: 'kubernetes-api', port: 443 },
    // The port of the API server's pods, which is what a network policy sees on many clusters.
    { to: 'kubernetes-api', port: 6443 },
  ],
  resources: { cpuRequest: '100m', memoryRequest: '192Mi', memoryLimit: '512Mi' },
  customResources: RESOURCES,
  webhooks: [{ kind: 'validating', name: 'policies', hooks: HOOKS }],
  objects: GUARD_OF_IGNORE_LABEL,
};
