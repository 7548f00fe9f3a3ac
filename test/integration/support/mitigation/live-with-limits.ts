import { isDeepStrictEqual } from 'node:util';
import { dump } from 'js-yaml';
import { MITIGATION_FIELD_MANAGER, MITIGATION_KIND } from '../../../../src/conventions/index.ts';
import type { Mitigation } from '../../../../src/mitigation/index.ts';
import { type KubernetesObject, nameOfObject } from '../../../../src/platform/index.ts';
import { BACK_END_CASES, type BackEndCase } from './back-end-cases.ts';
import type { MitigationCluster } from './mitigation-cluster.ts';

const TTL_MS = 600_000;
const TEAM = 'team';
const WRITTEN_BY_ARGO = ['argocd.argoproj.io/tracking-id', 'kubectl.kubernetes.io/last-applied-configuration'];

export const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [routes.yaml]\n';

/** One Ingress carries annotations of ours, another one refers to a dial. */
const renamed = (object: KubernetesObject): KubernetesObject =>
  object.kind === 'Ingress' ? { ...object, metadata: { ...object.metadata, name: 'mail' } } : object;

/** Separate objects, annotations, and dials of all kinds, together in one namespace. */
export const GITOPS_CASES: readonly BackEndCase[] = BACK_END_CASES.filter(({ backEnd }) =>
  ['nginx-gateway-fabric', 'traefik', 'nginx-ingress-controller', 'kong', 'ingress-nginx'].includes(backEnd),
).map((one) => (one.backEnd === 'kong' ? { ...one, target: { kind: 'Ingress', name: 'mail' }, git: one.git.map(renamed) } : one));

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

/** Without what a sync may change in passing: versions, and the label that it brings. */
const essence = ({ metadata, status, ...rest }: KubernetesObject): unknown => {
  const { [TEAM]: _, ...labels } = metadata.labels ?? {};
  const ours = Object.entries(metadata.annotations ?? {}).filter(([name]) => !WRITTEN_BY_ARGO.includes(name));
  return { ...rest, labels, annotations: Object.fromEntries(ours) };
};

/** Routes come from Git, are limited, are changed in Git while the limits hold, and are as in Git when these have come to their end. */
export const liveWithLimits = async (
  cluster: MitigationCluster,
  cases: readonly BackEndCase[],
  synchronise: (text: string) => Promise<void>,
): Promise<void> => {
  // Classes of Ingresses are the platform's, and not of the namespace.
  const all = cases.flatMap(({ git }) => git);
  const classes = all.filter(({ kind }) => kind === 'IngressClass').map((one, i) => ({ ...one, metadata: { name: `edge-${i}` } }));
  const routes = all.filter(({ kind }) => kind !== 'IngressClass');
  const className = (object: KubernetesObject): string => (object.metadata.name === 'mail' ? 'edge-0' : 'edge-1');
  const textOf = (labels: object): string =>
    routes
      .map(({ status, ...object }) => {
        const spec = object.kind === 'Ingress' ? { ...(object.spec as object), ingressClassName: className(object) } : object.spec;
        return dump({
          ...object,
          ...(spec === undefined ? {} : { spec }),
          metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
        });
      })
      .join('---\n');
  const read = (objects: readonly KubernetesObject[]) => Promise.all(objects.map((object) => cluster.client.get(nameOfObject(object))));
  const limits = async (): Promise<readonly KubernetesObject[]> =>
    (await Promise.all(cases.map(({ backEnd }) => cluster.written(backEnd))))
      .flat()
      .filter(({ metadata }) => metadata.labels?.['bellwether.dev/mitigation-managed'] === 'true');

  await cluster.apply(classes);
  await synchronise(textOf({}));
  for (const route of routes) if (route.status) await cluster.setStatus(route, route.status);
  const before = await read(routes);

  for (const { backEnd, target } of cases)
    await cluster.ask(`live-${backEnd}`, { backEnd, target, limit: { requestsPerSecond: 10, burst: 50, perClient: true } });
  const { failed } = await cluster.engine.round();
  demand(failed.length === 0, JSON.stringify(failed));
  const limited = await limits();
  const said = (await cluster.client.list<Mitigation>(MITIGATION_KIND)).items.map(
    ({ metadata, status }) => `${metadata.name}: ${status?.message}`,
  );
  demand(limited.length === cases.length, `${limited.length} of ${cases.length} limits are there:\n${said.join('\n')}`);

  await synchronise(textOf({ [TEAM]: 'shop' }));
  demand(isDeepStrictEqual((await limits()).map(essence), limited.map(essence)), 'a sync has changed a limit');
  const changed = await read(routes);
  // Flux makes what says so once, and leaves it alone from then on.
  const isLeftAlone = ({ metadata }: KubernetesObject): boolean => metadata.annotations?.['kustomize.toolkit.fluxcd.io/ssa'] !== undefined;
  const missing = changed.filter((object) => object.metadata.labels?.[TEAM] === undefined && !isLeftAlone(object));
  demand(missing.length === 0, `a change in Git did not come: ${missing.map(({ kind }) => kind)}`);

  cluster.clock.advance(TTL_MS);
  await cluster.engine.round();
  demand((await limits()).length === 0, 'a limit has outlived its end');
  await synchronise(textOf({ [TEAM]: 'shop' }));
  const after = await read(routes);
  demand(
    isDeepStrictEqual(after.map(essence), before.map(essence)),
    `not as before: ${JSON.stringify([before, after].map((list) => list.map(essence)))}`,
  );
  demand(!JSON.stringify(after).includes(MITIGATION_FIELD_MANAGER), 'something is left under our name');
  await cluster.clear([...routes, ...classes]);
};
