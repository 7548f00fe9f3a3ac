import { fileURLToPath } from 'node:url';
import { MITIGATION_KIND, type WrittenKind } from '../../../../src/conventions/index.ts';
import {
  BACK_ENDS,
  createEngine,
  DEFAULT_MITIGATION_OPTIONS,
  type Engine,
  type Mitigation,
  type MitigationSpec,
} from '../../../../src/mitigation/index.ts';
import {
  connectToCluster,
  createKubernetesClient,
  formatTime,
  type KubernetesClient,
  type KubernetesObject,
  nameOfObject,
  systemClock,
} from '../../../../src/platform/index.ts';
import { backEndOf } from '../../../../src/testing/mitigation-builders.ts';
import { createTwoHandClock, type TwoHandClock } from '../../../../src/testing/mitigation-stage.ts';
import { toolFiles } from '../../real-program.ts';
import { applyCrdFolders, type ControlPlane, type CrdFolder, startControlPlane } from '../control-plane.ts';
import { until } from '../until.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const NAMESPACE = 'shop';
const kindOf = ({ group, version, kind }: WrittenKind) => ({ apiVersion: group === '' ? version : `${group}/${version}`, kind });
const SERVED_MS = 60_000;

/** A real API server with the kinds of every back-end, and the engine of mitigations on it with a clock that can be set. */
export interface MitigationCluster {
  readonly plane: ControlPlane;
  readonly client: KubernetesClient;
  readonly clock: TwoHandClock;
  readonly engine: Engine;
  /** Applies objects as GitOps does, with what their controllers say of them. */
  apply(objects: readonly KubernetesObject[]): Promise<void>;
  setStatus(object: KubernetesObject, status: object): Promise<void>;
  /** Objects of the kind that a back-end writes. */
  written(backEnd: string): Promise<readonly KubernetesObject[]>;
  /** Asks for a mitigation that somebody has approved. */
  ask(name: string, spec: Partial<MitigationSpec>): Promise<void>;
  revoke(name: string): Promise<void>;
  /** Lets the engine look, and gives back what it made of a mitigation. */
  look(name: string): Promise<Mitigation>;
  /** Takes these objects and all mitigations away. */
  clear(objects: readonly KubernetesObject[]): Promise<void>;
  stop(): Promise<void>;
}

const KINDS: readonly CrdFolder[] = [
  [toolFiles('gateway-crds'), ['_httproutes', '_grpcroutes', '_gateways']],
  [toolFiles('envoy-gateway-crds'), ['_backendtrafficpolicies']],
  [toolFiles('traefik-crds'), ['traefik-crd']],
  [toolFiles('cilium-crds'), ['ciliumnetworkpolicies', 'ciliumenvoyconfigs']],
  [toolFiles('flux-crds'), ['.yaml']],
  [toolFiles('flux-source-crds'), ['.yaml']],
  [`${ROOT}test/fixtures/crds`, ['nginx-gateway-fabric', 'nginx-ingress-controller', 'kong', 'kuadrant']],
  [`${ROOT}manifests/base`, ['custom-resources']],
];

export const startMitigationCluster = async ([etcd = '', apiserver = '', kubectl = '']: readonly string[]): Promise<MitigationCluster> => {
  const plane = await startControlPlane({ etcd, apiserver, kubectl });
  await applyCrdFolders(plane, KINDS);
  plane.kubectl(['create', 'namespace', NAMESPACE]);
  plane.kubectl(['label', 'namespace', NAMESPACE, 'bellwether.dev/mitigation=enforce']);
  const client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
  const clock = createTwoHandClock(systemClock.nowMs());
  const engine = createEngine({
    client,
    clock,
    log: { info: () => undefined, warn: () => undefined },
    options: () => ({
      ...DEFAULT_MITIGATION_OPTIONS,
      backEnds: BACK_ENDS.map(({ declaration }) => ({ name: declaration.name, mode: 'enforce' as const })),
      budget: { global: 50, perNamespace: 50, routeShare: 50, cooldownMs: 0, flapCycles: 50, flapWindowMs: 1000 },
    }),
    backEnds: BACK_ENDS,
    signals: undefined,
    isLeader: () => true,
    facts: async () => ({ switchedOff: undefined, forbidding: [], breaker: undefined, ownNamespace: 'bellwether' }),
    isOptedIn: (namespace) => namespace?.metadata.labels?.['bellwether.dev/mitigation'] === 'enforce',
    revertAll: () => false,
    onTransition: async () => undefined,
  });
  // A kind that is established may for a moment have no storage yet.
  const isServed = async (): Promise<true | undefined> => {
    const { failed } = await engine.round().catch(() => ({ failed: [undefined] }));
    return failed.length === 0 ? true : undefined;
  };
  await until('kinds with storage', isServed, { timeoutMs: SERVED_MS, everyMs: 300 });
  const named = (name: string) => ({ ...MITIGATION_KIND, namespace: NAMESPACE, name });
  const now = (): string => formatTime(clock.nowMs());
  const setStatus = async (object: KubernetesObject, status: object): Promise<void> =>
    void (await client.patch(nameOfObject(object), { status }, { subresource: 'status' }));
  return {
    plane,
    client,
    clock,
    engine,
    apply: async (objects) => {
      for (const { status, ...object } of objects) {
        await client.apply(object, { fieldManager: 'git' });
        if (status) await setStatus(object, status);
      }
    },
    setStatus,
    written: async (name) => {
      const kinds = backEndOf(name).declaration.writes.map(kindOf);
      const lists = await Promise.all(kinds.map((kind) => client.list(kind, { namespace: NAMESPACE })));
      return lists.flatMap(({ items }) => items);
    },
    ask: async (name, spec) => {
      const mitigation: Mitigation = {
        ...named(name),
        metadata: { name, namespace: NAMESPACE },
        spec: {
          target: { kind: 'HTTPRoute', name: 'cart' },
          mode: 'enforce',
          reason: 'requests to cart are ten times the usual',
          ttlSeconds: 600,
          approval: { by: 'ada', at: now() },
          ...spec,
        },
      };
      await client.create(mitigation);
    },
    revoke: async (name) => void (await client.patch(named(name), { spec: { revoked: { by: 'ada', at: now(), reason: 'enough' } } })),
    look: async (name) => {
      const { failed } = await engine.round();
      if (failed.length > 0) throw new Error(JSON.stringify(failed));
      return await client.get<Mitigation>(named(name));
    },
    clear: async (objects) => {
      const { items } = await client.list(MITIGATION_KIND, { namespace: NAMESPACE });
      for (const object of [...items, ...objects]) await client.delete(nameOfObject(object));
    },
    stop: async () => {
      await client.close();
      await plane.stop();
    },
  };
};
