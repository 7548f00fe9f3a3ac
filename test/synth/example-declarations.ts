import type { CustomResourceDeclaration, ModuleDeclaration } from '../../src/conventions/index.ts';
import { PROCESSES } from '../../src/synth/index.ts';
import { RECEIVER_DECLARATION } from './receiver-declaration.ts';

const RESOURCES = { cpuRequest: '50m', memoryRequest: '64Mi', memoryLimit: '128Mi' } as const;
const PROBES: ModuleDeclaration['probes'] = {
  liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 3 },
  readiness: { port: 'self', path: '/readyz', periodSeconds: 5, failureThreshold: 2 },
};
const SELF_PORT = {
  name: 'self',
  port: 9600,
  purpose: 'Own metrics and probes.',
  scrape: { path: '/metrics', honorLabels: false },
} as const;
const NOTHING = { rbac: [], metrics: [], alerts: [], volumes: [], egress: [], resources: RESOURCES } as const;

/** A kind of ours with everything that a declaration can say of one. */
export const PARCEL: CustomResourceDeclaration = {
  group: 'example.bellwether.dev',
  kind: 'Parcel',
  plural: 'parcels',
  singular: 'parcel',
  shortNames: ['pcl'],
  scope: 'Namespaced',
  versions: [
    {
      name: 'v1alpha1',
      stored: true,
      hasStatus: true,
      columns: [
        { name: 'Owner', type: 'string', jsonPath: '.spec.owner', description: 'Who answers for it.' },
        { name: 'Expires', type: 'date', jsonPath: '.spec.expiresAt', wide: true },
      ],
      schema: {
        type: 'object',
        required: ['spec'],
        properties: {
          spec: {
            type: 'object',
            required: ['owner', 'expiresAt'],
            properties: {
              owner: { type: 'string', minLength: 1, maxLength: 100 },
              expiresAt: { type: 'string', format: 'date-time' },
              limits: {
                type: 'array',
                maxItems: 10,
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['name'],
                items: {
                  type: 'object',
                  required: ['name'],
                  properties: { name: { type: 'string', maxLength: 63 }, share: { type: 'number', minimum: 0, maximum: 1 } },
                },
              },
            },
            'x-kubernetes-validations': [
              { rule: "self.owner != 'nobody'", message: 'somebody has to answer for it', fieldPath: '.owner' },
              { rule: '!has(self.limits) || self.limits.all(l, !has(l.share) || l.share < 1.0)', message: 'a share is below 1' },
            ],
          },
          status: { type: 'object', properties: { phase: { type: 'string', enum: ['Waiting', 'Sent'] } } },
        },
      },
    },
  ],
};

/** Answers the API server: webhook, certificate, kind, guard, more than one replica. */
export const GATE: ModuleDeclaration = {
  ...NOTHING,
  name: 'gate',
  args: ['gate'],
  replicas: 2,
  ports: [{ name: 'webhook', port: 9443, servicePort: 443, purpose: 'Asked by the API server.', from: ['anywhere'] }, SELF_PORT],
  probes: { startup: { port: 'self', path: '/healthz', periodSeconds: 1, failureThreshold: 30 }, ...PROBES },
  volumes: [{ name: 'tls', mountPath: '/etc/tls', kind: 'secret', optional: true }],
  environment: [
    { name: 'POD_NAME', field: 'metadata.name' },
    { name: 'POD_NAMESPACE', field: 'metadata.namespace' },
  ],
  certificate: { volume: 'tls' },
  customResources: [PARCEL],
  rbac: [{ apiGroups: ['example.bellwether.dev'], resources: ['parcels'], verbs: ['get', 'list', 'watch'], reason: 'To know them.' }],
  egress: [{ to: 'kubernetes-api', port: 443 }],
  webhooks: (['validating', 'mutating'] as const).map((kind) => ({
    kind,
    name: kind === 'validating' ? 'check' : 'mark',
    hooks: [
      {
        name: `${kind}.gate.bellwether.dev`,
        port: 'webhook',
        path: `/${kind}`,
        failurePolicy: 'Ignore',
        timeoutSeconds: 3,
        exemptNamespaces: ['kube-system'],
        namespaceExpressions: [{ key: 'bellwether.dev/gate', operator: 'NotIn', values: ['off'] }],
        objectExpressions: [{ key: 'bellwether.dev/skip', operator: 'DoesNotExist' }],
        matchConditions: [{ name: 'no-leases', expression: "request.resource.resource != 'leases'" }],
        rules: [{ apiGroups: ['', 'apps'], apiVersions: ['v1'], resources: ['pods', 'deployments'], operations: ['CREATE', 'UPDATE'] }],
      },
    ],
  })),
  objects: ({ fullName, namespace }) => [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `${fullName}-guard` },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          matchPolicy: 'Equivalent',
          namespaceSelector: {},
          objectSelector: {},
          resourceRules: [
            { apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], operations: ['DELETE'], resources: ['networkpolicies'], scope: '*' },
          ],
        },
        matchConditions: [{ name: 'ours', expression: `request.userInfo.username == 'system:serviceaccount:${namespace}:${fullName}'` }],
        validations: [{ expression: "'bellwether.dev/expires-at' in oldObject.metadata.annotations", message: 'not one of ours' }],
      },
    },
  ],
};

/** Keeps a volume per pod and has pages for people. */
export const STORE: ModuleDeclaration = {
  ...NOTHING,
  name: 'store',
  args: ['store'],
  workload: { kind: 'StatefulSet' },
  replicas: 2,
  ports: [{ name: 'pages', port: 9601, purpose: 'Pages.', forPeople: true, from: ['own', 'alertmanager'] }, SELF_PORT],
  probes: PROBES,
  volumes: [
    { name: 'data', mountPath: '/var/lib/store', kind: 'persistent', size: '1Gi' },
    { name: 'tmp', mountPath: '/tmp', kind: 'empty', size: '16Mi' },
  ],
  egress: [{ to: 'own', port: 9443 }],
};

/** Comes again and again, and asks the API server alone. */
export const SWEEPER: ModuleDeclaration = {
  ...NOTHING,
  name: 'sweeper',
  args: ['sweep'],
  workload: { kind: 'CronJob', schedule: '*/5 * * * *', deadlineSeconds: 120 },
  ports: [],
  rbac: [
    { apiGroups: ['example.bellwether.dev'], resources: ['parcels'], verbs: ['list', 'delete'], reason: 'To remove those that ended.' },
  ],
  egress: [{ to: 'kubernetes-api', port: 443 }],
};

/** Runs once, with nothing. */
export const SMOKE: ModuleDeclaration = {
  ...NOTHING,
  name: 'smoke',
  args: ['smoke'],
  workload: { kind: 'Job', deadlineSeconds: 60, retries: 0 },
  ports: [],
};

/** Processes that use everything a declaration can say, to prove that the synth renders any; together with those that exist. */
export const EXAMPLES: readonly ModuleDeclaration[] = [RECEIVER_DECLARATION, GATE, STORE, SWEEPER, SMOKE];
export const ALL_DECLARATIONS: readonly ModuleDeclaration[] = [
  ...PROCESSES,
  ...EXAMPLES.filter(({ name }) => PROCESSES.every((process) => process.name !== name)),
];
