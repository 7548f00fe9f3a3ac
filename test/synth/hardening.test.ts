import type { ModuleDeclaration } from '../../src/conventions/index.ts';
import { synthesise } from '../../src/synth/index.ts';
import { get, type KubernetesObject, named, objectsIn } from './bundle-objects.ts';
import { ALL_DECLARATIONS } from './example-declarations.ts';

const objects = objectsIn(synthesise({}, ALL_DECLARATIONS));
const ours = (kind: string, name: string): KubernetesObject => {
  const [object] = named(objects, kind, `bellwether-${name}`);
  if (!object) throw new Error(`no ${kind} of ${name}`);
  return object;
};
const kindOf = ({ workload }: ModuleDeclaration): string => workload?.kind ?? 'Deployment';
const templateOf = (declaration: ModuleDeclaration): unknown => {
  const workload = ours(kindOf(declaration), declaration.name);
  return kindOf(declaration) === 'CronJob' ? get(workload, 'spec', 'jobTemplate', 'spec', 'template') : get(workload, 'spec', 'template');
};
const podOf = (declaration: ModuleDeclaration): unknown => get(templateOf(declaration), 'spec');
const containerOf = (declaration: ModuleDeclaration): unknown => get(podOf(declaration), 'containers', 0);
const withNames = (list: readonly ModuleDeclaration[]) => list.map((declaration) => [declaration.name, declaration] as const);
const lasting = ALL_DECLARATIONS.filter((declaration) => !kindOf(declaration).endsWith('Job'));
const listening = ALL_DECLARATIONS.filter(({ ports }) => ports.length > 0);

describe.each(withNames(ALL_DECLARATIONS))('pod of %s', (name, declaration) => {
  it('is restricted', () => {
    expect(get(podOf(declaration), 'securityContext')).toEqual({
      fsGroup: 65_532,
      fsGroupChangePolicy: 'OnRootMismatch',
      runAsGroup: 65_532,
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(get(containerOf(declaration), 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    });
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) expect(get(podOf(declaration), key)).toBeUndefined();
    expect(JSON.stringify(get(podOf(declaration), 'volumes') ?? [])).not.toContain('hostPath');
  });

  it('has bounded memory and asks for what it needs', () => {
    const { cpuRequest, memoryRequest, memoryLimit } = declaration.resources;
    expect(get(containerOf(declaration), 'resources')).toEqual({
      requests: { cpu: cpuRequest, memory: memoryRequest },
      limits: { memory: memoryLimit },
    });
  });

  it('gets a token only where it has rights, and never other services in its environment', () => {
    expect(get(podOf(declaration), 'automountServiceAccountToken')).toBe(declaration.rbac.length > 0);
    expect(ours('ServiceAccount', name).automountServiceAccountToken).toBe(false);
    expect(get(podOf(declaration), 'enableServiceLinks')).toBe(false);
  });

  it('reads secrets from files, and from its environment only facts about itself', () => {
    const environment = (get(containerOf(declaration), 'env') ?? []) as { name: string; valueFrom: unknown }[];
    expect(environment.map(({ name: variable, valueFrom }) => [variable, get(valueFrom, 'fieldRef', 'fieldPath')])).toEqual(
      (declaration.environment ?? []).map((one) => [one.name, one.field]),
    );
    const mounts = (get(containerOf(declaration), 'volumeMounts') ?? []) as { name: string; readOnly?: boolean }[];
    const secrets = declaration.volumes.filter(({ kind }) => kind === 'secret').map((volume) => volume.name);
    expect(mounts.filter((mount) => secrets.includes(mount.name)).every(({ readOnly }) => readOnly)).toBe(true);
    expect(named(objects, 'Secret')).toEqual([]);
  });

  it('may talk to exactly what it declares, and to names', () => {
    const egress = get(ours('NetworkPolicy', name).spec, 'egress') as { ports: { port: number }[] }[];
    expect(egress.map((rule) => rule.ports.map(({ port }) => port))).toEqual([[53, 53], ...declaration.egress.map(({ port }) => [port])]);
  });
});

describe.each(withNames(lasting))('%s, which runs on', (name, declaration) => {
  it('is probed in three ways where declared', () => {
    expect(get(containerOf(declaration), 'livenessProbe', 'httpGet', 'path')).toBe('/healthz');
    expect(get(containerOf(declaration), 'readinessProbe', 'httpGet', 'path')).toBe('/readyz');
    expect(get(containerOf(declaration), 'startupProbe') !== undefined).toBe(declaration.probes?.startup !== undefined);
  });

  it('is spread, and never keeps a node from being drained', () => {
    const constraints = get(podOf(declaration), 'topologySpreadConstraints') as { topologyKey: string; whenUnsatisfiable: string }[];
    expect(constraints.map(({ topologyKey }) => topologyKey)).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    expect(new Set(constraints.map(({ whenUnsatisfiable }) => whenUnsatisfiable))).toEqual(new Set(['ScheduleAnyway']));
    const budget = ours('PodDisruptionBudget', name).spec;
    expect(budget).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(get(budget, 'selector')).toEqual(get(ours(kindOf(declaration), name), 'spec', 'selector'));
  });
});

describe.each(withNames(listening))('%s, which listens', (name, declaration) => {
  it('has every declared port in its service and every scraped one in its monitor', () => {
    const ports = get(ours('Service', name), 'spec', 'ports') as { name: string; port: number }[];
    expect(ports.map((port) => [port.name, port.port])).toEqual(
      declaration.ports.map((port) => [port.name, port.servicePort ?? port.port]),
    );
    const endpoints = get(ours('ServiceMonitor', name), 'spec', 'endpoints') as { port: string; honorLabels: boolean }[];
    expect(endpoints.map(({ port, honorLabels }) => [port, honorLabels])).toEqual(
      declaration.ports.flatMap((port) => (port.scrape ? [[port.name, port.scrape.honorLabels]] : [])),
    );
  });

  it('lets in exactly whom each port declares', () => {
    const within = { 'kubernetes.io/metadata.name': 'monitoring' };
    const peers = {
      prometheus: { namespaceSelector: { matchLabels: within }, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } },
      alertmanager: {
        namespaceSelector: { matchLabels: within },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'alertmanager' } },
      },
      own: { podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'bellwether' } } },
    };
    const ingress = get(ours('NetworkPolicy', name).spec, 'ingress') as { from?: unknown[]; ports: { port: number }[] }[];
    for (const { port, scrape, from = scrape ? [] : ['own' as const] } of declaration.ports) {
      const rules = ingress.filter(({ ports }) => ports.some((one) => one.port === port));
      const named = from.filter((client) => client !== 'anywhere').map((client) => peers[client]);
      const expected = from.includes('anywhere') ? undefined : [...(scrape ? [peers.prometheus] : []), ...named];
      expect(rules.map((rule) => rule.from)).toEqual([expected]);
    }
  });
});

describe('rights', () => {
  const rulesOf = (kind: string): unknown[] =>
    named(objects, kind)
      .filter(({ metadata }) => ALL_DECLARATIONS.some(({ name }) => metadata.name === `bellwether-${name}`))
      .flatMap((role) => role.rules as unknown[]);
  const declared = (own: boolean): unknown[] =>
    ALL_DECLARATIONS.flatMap(({ name, rbac }) => {
      const named = (resource: string): string => resource.replace('{fullName}', `bellwether-${name}`);
      return rbac.map((rule) => (rule.resourceNames ? { ...rule, resourceNames: rule.resourceNames.map(named) } : rule));
    })
      .filter((rule) => (rule.ownNamespace ?? rule.namespaces !== undefined) === own)
      .map(({ reason, ownNamespace, namespaces, ...rule }) => rule);

  it('are the union of what processes declare, no wider than declared', () => {
    expect(rulesOf('ClusterRole')).toEqual(declared(false));
    expect(rulesOf('Role')).toEqual(declared(true));
  });

  it('are bound to the service account of the process alone', () => {
    for (const binding of [...named(objects, 'RoleBinding'), ...named(objects, 'ClusterRoleBinding')])
      if (binding.metadata.name !== 'bellwether-prometheus')
        expect(binding.subjects).toEqual([
          {
            kind: 'ServiceAccount',
            name: binding.metadata.name,
            namespace: named(objects, 'ServiceAccount', binding.metadata.name)[0]?.metadata.namespace,
          },
        ]);
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
    expect(get(ours('Deployment', 'gate'), 'spec', 'strategy', 'type')).toBe('RollingUpdate');
  });
});
