import { loadAll } from 'js-yaml';
import {
  type BackEnd,
  type Checkpoint,
  createBackEnds,
  createEngine,
  DEFAULT_MITIGATION_OPTIONS,
  type Engine,
  type Mitigation,
  type MitigationSpec,
} from '../../../../src/mitigation/index.ts';
import { BellwetherError, formatTime, type KubernetesClient, type KubernetesObject } from '../../../../src/platform/index.ts';
import { synthesise } from '../../../../src/synth/index.ts';
import { createTwoHandClock, type TwoHandClock } from '../../../../src/testing/mitigation-stage.ts';

export const BACK_ENDS = ['ingress-nginx', 'network-policy'] as const;
export const MITIGATION = { apiVersion: 'bellwether.dev/v1alpha1', kind: 'Mitigation' } as const;
export const INGRESS = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'shop', name: 'cart' } as const;
export const POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' } as const;
const OPTED_IN = { 'bellwether.dev/mitigation': 'enforce' };

/** Objects of the bundle with these back-ends switched on, in the whole cluster or in some namespaces. */
export const bundleObjects = (namespaces: readonly string[] = [], name = 'bellwether'): readonly KubernetesObject[] => {
  const backEnds = { 'ingress-nginx': 'enforce', 'network-policy': 'enforce', 'cilium-bandwidth': 'enforce' } as const;
  const files = synthesise({ name, namespace: 'bellwether', mitigation: { backEnds, namespaces } });
  return [...files]
    .filter(([path]) => path.startsWith('manifests/base/') && path.endsWith('.yaml') && !path.includes('kustomization'))
    .flatMap(([, text]) => loadAll(text) as (KubernetesObject | null)[])
    .filter((object) => object !== null);
};

/** What is limited: an Ingress with annotations of its own, and the workload behind it. */
export const shopObjects: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: OPTED_IN } },
  { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'cart' } },
      template: { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'cart', image: 'registry.example.com/cart:1' }] } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { app: 'cart' }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: INGRESS.apiVersion,
    kind: INGRESS.kind,
    metadata: { name: 'cart', namespace: 'shop', annotations: { 'team.example.com/owner': 'shop' } },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'cart.example.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'cart', port: { number: 80 } } } }] },
        },
      ],
    },
  },
];

/** One life of the process: it dies at a chosen step, and from then on not one of its calls gets through. */
export interface EngineLife {
  readonly engine: Engine;
  readonly died: () => boolean;
}

export interface LifeOptions {
  readonly dies?: { readonly at: string; readonly time: number };
  /** What dying is; by default no call gets through any more. */
  readonly die?: () => void;
  readonly backEnds?: readonly BackEnd[];
  /** Where it may act; everywhere where empty. */
  readonly namespaces?: readonly string[];
  /** Told of each border of an effect that it passes. */
  readonly onStep?: (at: string) => void;
}

export const beginLife = (
  client: KubernetesClient,
  clock: TwoHandClock,
  { dies, die = () => undefined, backEnds = createBackEnds(BACK_ENDS), namespaces = [], onStep = () => undefined }: LifeOptions = {},
): EngineLife => {
  let dead = false;
  let seen = 0;
  const assertAlive = (): void => {
    if (dead) throw new BellwetherError('cancelled', 'this process is dead');
  };
  const checkpoint: Checkpoint = async (at) => {
    assertAlive();
    onStep(at);
    if (dies?.at !== at) return;
    seen++;
    if (seen < dies.time) return;
    dead = true;
    die();
    assertAlive();
  };
  const mortal = new Proxy(client, {
    get: (target, name: keyof KubernetesClient) => {
      const method = target[name];
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        assertAlive();
        return (method as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  const options = {
    ...DEFAULT_MITIGATION_OPTIONS,
    backEnds: backEnds.map(({ declaration }) => ({ name: declaration.name, mode: 'enforce' as const })),
    budget: { ...DEFAULT_MITIGATION_OPTIONS.budget, cooldownMs: 0 },
    namespaces,
  };
  const engine = createEngine({
    client: mortal,
    clock,
    log: { info: () => undefined, warn: () => undefined },
    options: () => options,
    backEnds,
    signals: undefined,
    isLeader: () => true,
    facts: async () => ({ switchedOff: undefined, forbidding: [], breaker: undefined, ownNamespace: 'bellwether' }),
    isOptedIn: (namespace) => namespace?.metadata.labels?.['bellwether.dev/mitigation'] === 'enforce',
    revertAll: () => false,
    onTransition: async () => undefined,
    checkpoint,
  });
  return { engine, died: () => dead };
};

export const newClock = (): TwoHandClock => createTwoHandClock(Date.now());

/** A Mitigation as somebody who may approve writes it. */
export const askFor = (name: string, spec: Partial<MitigationSpec>, clock: TwoHandClock): Mitigation => ({
  ...MITIGATION,
  metadata: { name, namespace: 'shop' },
  spec: {
    target: { kind: 'Ingress', name: 'cart' },
    mode: 'enforce',
    reason: 'flood',
    ttlSeconds: 60,
    // The name under which the tests write.
    approval: { by: 'admin', at: formatTime(clock.nowMs()) },
    ...spec,
  },
});

/** What a user sees of an object: everything but what every write changes, and the status, which others tell in their own time. */
export const shape = (object: KubernetesObject | undefined): unknown => {
  if (!object) return undefined;
  const { resourceVersion: _, managedFields, ...metadata } = object.metadata;
  const written = (managedFields as { readonly manager: string; readonly subresource?: string }[] | undefined) ?? [];
  const owners = written.filter(({ subresource }) => subresource === undefined).map(({ manager }) => manager);
  return { ...object, status: undefined, metadata: { ...metadata, owners: owners.sort() } };
};
