import { type ModuleDeclaration, PORTS } from '../conventions/index.ts';

const NOTHING = { rbac: [], metrics: [], alerts: [], volumes: [] } as const;
const RESOURCES = { cpuRequest: '50m', memoryRequest: '96Mi', memoryLimit: '128Mi' } as const;
const LISTEN = ['--host', '0.0.0.0', '--port', String(PORTS.lab)] as const;
/** The longest drill that its options allow, and a while for images to come. */
const DEADLINE_SECONDS = 4 * 3600;

/** Names in the lab: of the bundle and of the part. */
const labName = (bundle: string, part: string): string => `${bundle}-lab-${part}`;

/** Its own namespace, so that nothing in there is confused with the bundle. */
export const labNamespace = (bundle: string): string => `${bundle}-lab`;

const member = (bundle: string, role: 'web' | 'client' | 'batch', replicas: number): ModuleDeclaration => ({
  ...NOTHING,
  name: `lab-${role}`,
  args: [
    'lab',
    role,
    ...LISTEN,
    '--conductor',
    `http://${labName(bundle, 'conductor')}:${PORTS.lab}`,
    '--web',
    `http://${labName(bundle, 'web')}:${PORTS.lab}/`,
  ],
  replicas,
  ports: [{ name: 'http', port: PORTS.lab, purpose: 'Visitors and probes.' }],
  probes: {
    // Generous: a miner leaves little for answers, and only the crash loop is to restart anything.
    liveness: { port: 'http', path: '/', periodSeconds: 20, failureThreshold: 6 },
    readiness: { port: 'http', path: '/', periodSeconds: 10, failureThreshold: 6 },
  },
  egress: [{ to: 'own', port: PORTS.lab }],
  resources: RESOURCES,
});

/** The opt-in drill: who keeps the timetable, and the small shop in which it happens. The conductor takes the shop away at the end. */
export const labDeclarations = (bundle: string): readonly ModuleDeclaration[] => [
  {
    ...NOTHING,
    name: 'lab-conductor',
    args: ['lab', 'conduct', ...LISTEN, '--namespace', labNamespace(bundle), '--prefix', `${bundle}-lab`],
    workload: { kind: 'Job', deadlineSeconds: DEADLINE_SECONDS, retries: 0 },
    ports: [{ name: 'http', port: PORTS.lab, purpose: 'What is on.' }],
    rbac: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['create'], ownNamespace: true, reason: 'To keep the phase file.' },
      {
        apiGroups: [''],
        resources: ['configmaps'],
        verbs: ['get', 'patch'],
        resourceNames: [labName(bundle, 'phases')],
        ownNamespace: true,
        reason: 'To keep the phase file.',
      },
      {
        apiGroups: ['apps'],
        resources: ['deployments'],
        verbs: ['delete'],
        resourceNames: ['web', 'client', 'batch'].map((part) => labName(bundle, part)),
        ownNamespace: true,
        reason: 'To take the shop away at the end.',
      },
    ],
    // A policy sees the port of the API server itself, which is either of the two on most clusters.
    egress: [
      { to: 'kubernetes-api', port: 443 },
      { to: 'kubernetes-api', port: 6443 },
    ],
    resources: RESOURCES,
  },
  member(bundle, 'web', 2),
  member(bundle, 'client', 1),
  member(bundle, 'batch', 1),
];
