import { PROCESSES, synthesise } from '../../src/synth/index.ts';
import { get, type KubernetesObject, named, objectsIn } from './bundle-objects.ts';
import { RECEIVER_DECLARATION } from './receiver-declaration.ts';

const DECLARATIONS = [...PROCESSES, RECEIVER_DECLARATION];
const objects = objectsIn(synthesise({}, DECLARATIONS));
const processes = DECLARATIONS.map((declaration) => [declaration.name, declaration] as const);
const ours = (kind: string, name: string): KubernetesObject => {
  const [object] = named(objects, kind, `bellwether-${name}`);
  if (!object) throw new Error(`no ${kind} of ${name}`);
  return object;
};
const podOf = (name: string): unknown => get(ours('Deployment', name), 'spec', 'template', 'spec');
const containerOf = (name: string): unknown => get(podOf(name), 'containers', 0);

describe.each(processes)('pod of %s', (name, declaration) => {
  it('is restricted', () => {
    expect(get(podOf(name), 'securityContext')).toEqual({
      fsGroup: 65_532,
      fsGroupChangePolicy: 'OnRootMismatch',
      runAsGroup: 65_532,
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(get(containerOf(name), 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    });
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) expect(get(podOf(name), key)).toBeUndefined();
    expect(JSON.stringify(get(podOf(name), 'volumes'))).not.toContain('hostPath');
  });

  it('has bounded memory, asks for what it needs and is probed in three ways where declared', () => {
    const { cpuRequest, memoryRequest, memoryLimit } = declaration.resources;
    expect(get(containerOf(name), 'resources')).toEqual({
      requests: { cpu: cpuRequest, memory: memoryRequest },
      limits: { memory: memoryLimit },
    });
    expect(get(containerOf(name), 'livenessProbe', 'httpGet', 'path')).toBe('/healthz');
    expect(get(containerOf(name), 'readinessProbe', 'httpGet', 'path')).toBe('/readyz');
    expect(get(containerOf(name), 'startupProbe') !== undefined).toBe(declaration.probes.startup !== undefined);
  });

  it('gets a token only where it has rights, and never other services in its environment', () => {
    expect(get(podOf(name), 'automountServiceAccountToken')).toBe(declaration.rbac.length > 0);
    expect(ours('ServiceAccount', name).automountServiceAccountToken).toBe(false);
    expect(get(podOf(name), 'enableServiceLinks')).toBe(false);
  });

  it('is spread, and never keeps a node from being drained', () => {
    const constraints = get(podOf(name), 'topologySpreadConstraints') as { topologyKey: string; whenUnsatisfiable: string }[];
    expect(constraints.map(({ topologyKey }) => topologyKey)).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    expect(new Set(constraints.map(({ whenUnsatisfiable }) => whenUnsatisfiable))).toEqual(new Set(['ScheduleAnyway']));
    const budget = ours('PodDisruptionBudget', name).spec;
    expect(budget).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(get(budget, 'selector')).toEqual(get(ours('Deployment', name), 'spec', 'selector'));
  });

  it('has every declared port in its service and every scraped one in its monitor', () => {
    const ports = get(ours('Service', name), 'spec', 'ports') as { name: string; port: number }[];
    expect(ports.map((port) => [port.name, port.port])).toEqual(declaration.ports.map((port) => [port.name, port.port]));
    const endpoints = get(ours('ServiceMonitor', name), 'spec', 'endpoints') as { port: string; honorLabels: boolean }[];
    expect(endpoints.map(({ port, honorLabels }) => [port, honorLabels])).toEqual(
      declaration.ports.flatMap((port) => (port.scrape ? [[port.name, port.scrape.honorLabels]] : [])),
    );
  });

  it('may talk to exactly what it declares, and to names', () => {
    const policy = ours('NetworkPolicy', name).spec;
    const egress = get(policy, 'egress') as { ports: { port: number }[] }[];
    expect(egress.map((rule) => rule.ports.map(({ port }) => port))).toEqual([[53, 53], ...declaration.egress.map(({ port }) => [port])]);
    const scraped = declaration.ports.filter(({ scrape }) => scrape).map(({ port }) => port);
    const fromPrometheus = (get(policy, 'ingress') as { from: unknown[]; ports: { port: number }[] }[])[0];
    expect(fromPrometheus?.ports.map(({ port }) => port)).toEqual(scraped);
    expect(fromPrometheus?.from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
      },
    ]);
  });
});

describe('rights', () => {
  const rulesOf = (kind: string): unknown[] =>
    named(objects, kind)
      .filter(({ metadata }) => DECLARATIONS.some(({ name }) => metadata.name === `bellwether-${name}`))
      .flatMap((role) => role.rules as unknown[]);
  const declared = (own: boolean): unknown[] =>
    DECLARATIONS.flatMap(({ rbac }) => rbac)
      .filter((rule) => (rule.ownNamespace ?? false) === own)
      .map(({ reason, ownNamespace, ...rule }) => rule);

  it('are the union of what processes declare, no wider than declared', () => {
    expect(rulesOf('ClusterRole')).toEqual(declared(false));
    expect(rulesOf('Role')).toEqual(declared(true));
  });

  it('are bound to the service account of the process alone', () => {
    for (const kind of ['RoleBinding', 'ClusterRoleBinding'])
      expect(ours(kind, 'receiver').subjects).toEqual([{ kind: 'ServiceAccount', name: 'bellwether-receiver', namespace: 'bellwether' }]);
  });

  it('hold no star', () => {
    expect(JSON.stringify([...named(objects, 'Role'), ...named(objects, 'ClusterRole')])).not.toContain('"*"');
  });
});

describe('namespace', () => {
  it('lets the API server refuse pods that are not restricted', () => {
    const [namespace] = named(objects, 'Namespace');
    expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  it('denies all traffic that no other policy allows', () => {
    const [policy] = named(objects, 'NetworkPolicy', 'bellwether-default-deny');
    expect(policy?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });
});

describe('a process with one replica', () => {
  it('never runs twice, also while it is replaced', () => {
    expect(get(ours('Deployment', 'exporter'), 'spec', 'strategy')).toEqual({ type: 'Recreate' });
    expect(get(ours('Deployment', 'receiver'), 'spec', 'strategy', 'type')).toBe('RollingUpdate');
  });
});
