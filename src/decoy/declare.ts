import { admissionGuard, COLLECTOR_METRICS, type ModuleDeclaration, PORTS, PROCESS_METRICS } from '../conventions/index.ts';

/** Its own namespace: who gets into the decoy is next to nothing. */
export const decoyNamespace = (bundle: string): string => `${bundle}-decoy`;

const TOKEN = { name: 'token', mountPath: '/etc/bellwether-token', kind: 'secret', optional: true } as const;
const RESOURCES = { cpuRequest: '10m', memoryRequest: '64Mi', memoryLimit: '128Mi' } as const;
const ROUTES = [
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'] },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes', 'referencegrants'] },
  { apiGroups: ['traefik.io'], resources: ['ingressroutes'] },
  { apiGroups: [''], resources: ['services'] },
] as const;

const server = (bundle: string, home: string, hostName: string | undefined): ModuleDeclaration => ({
  name: 'decoy',
  args: [
    'decoy',
    'serve',
    '--host',
    '0.0.0.0',
    '--receiver',
    `http://${bundle}-receiver.${home}.svc:${PORTS.receiverApi}`,
    '--token-file',
    '/etc/bellwether-token/token',
    ...(hostName === undefined ? [] : ['--name', hostName]),
  ],
  ports: [
    { name: 'http', port: PORTS.decoy, servicePort: 80, purpose: 'Whoever looks around.', from: ['anywhere'], forPeople: true },
    { name: 'self', port: PORTS.decoySelf, purpose: 'Own metrics and probes.', scrape: { path: '/metrics', honorLabels: false } },
  ],
  rbac: [],
  metrics: [PROCESS_METRICS, COLLECTOR_METRICS].flatMap((group) => Object.values(group)),
  alerts: [],
  probes: {
    liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 6 },
    readiness: { port: 'self', path: '/readyz', periodSeconds: 10, failureThreshold: 3 },
  },
  volumes: [TOKEN],
  egress: [{ to: 'bundle', port: PORTS.receiverApi }],
  resources: RESOURCES,
});

/** The emergency switch of mitigations; the receiver's configuration names it. */
const SWITCH_NAME = 'bellwether-mitigation';

/** Takes away routes that are past their end, whoever made them, and all of them when everything is to be taken back. */
const expiry = (home: string): ModuleDeclaration => ({
  name: 'decoy-expiry',
  workload: { kind: 'CronJob', schedule: '* * * * *', deadlineSeconds: 110, retries: 1 },
  // Nearly the whole minute between two runs: what ends meanwhile is late by seconds.
  args: ['decoy', 'expire', '--ahead', '50', '--switch', `${home}/${SWITCH_NAME}`],
  ports: [],
  rbac: [
    ...ROUTES.map((one) => ({
      ...one,
      verbs: ['list', 'delete'],
      reason: 'To take away routes to the decoy at their end; a policy of the API server allows no other.',
    })),
    {
      apiGroups: [''],
      resources: ['configmaps'],
      resourceNames: [SWITCH_NAME],
      verbs: ['get'],
      namespaces: [home],
      reason: 'The emergency switch of mitigations, in the namespace of the bundle.',
    },
  ],
  metrics: [],
  alerts: [],
  volumes: [],
  egress: [
    { to: 'kubernetes-api', port: 443 },
    // A policy sees the port of the API server itself, which is either of the two on most clusters.
    { to: 'kubernetes-api', port: 6443 },
  ],
  resources: RESOURCES,
  objects: ({ namespace, fullName }) =>
    admissionGuard({
      name: `${fullName}-guard`,
      resources: ROUTES.map((one) => ({ ...one, operations: ['DELETE'] })),
      matchConditions: [{ name: 'expiry', expression: `request.userInfo.username == 'system:serviceaccount:${namespace}:${fullName}'` }],
      validations: [
        {
          expression: "has(oldObject.metadata.labels) && oldObject.metadata.labels[?'bellwether.dev/decoy-route'].orValue('') == 'true'",
          message: 'the expiry of decoys may delete nothing but routes to decoys',
        },
      ],
    }),
});

/** A server that nobody needs, and what takes its routes away; opt-in. `hostName` is what events call it. */
export const decoyDeclarations = (bundle: string, home: string, hostName: string | undefined): readonly ModuleDeclaration[] => [
  server(bundle, home, hostName),
  expiry(home),
];
