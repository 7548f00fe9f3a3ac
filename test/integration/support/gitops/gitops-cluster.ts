import { fileURLToPath } from 'node:url';
import type { KubernetesObject } from '../../../synth/bundle-objects.ts';
import { toolFiles } from '../../real-program.ts';
import { objectsOf, type StoredObject, storedObjects } from '../applied-bundle.ts';
import { applyCrds, type ControlPlane, startControlPlane } from '../control-plane.ts';
import { startObligingCluster } from '../obliging-cluster.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** Kinds of ours outlive the bundle. */
const KEEP = 'bellwether.dev/keep';

export const PLANE_PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;

/** An API server with all kinds that the bundle and Flux need of others, and somebody who says that all pods are well. */
export interface GitopsCluster {
  readonly plane: ControlPlane;
  /** The objects of a rendered overlay as the server has them; undefined where one is missing. */
  stored(text: string): readonly StoredObject[] | undefined;
  /** Kind, name and version of each: the same twice when nothing was written in between. */
  versions(text: string): readonly (readonly string[])[];
  /** True once nothing of an overlay is there, save the kinds. */
  isGone(text: string): true | undefined;
  stop(): Promise<void>;
}

export const startGitopsCluster = async ([
  etcd = '',
  apiserver = '',
  controllers = '',
  kubectl = '',
]: readonly string[]): Promise<GitopsCluster> => {
  // No controller that would make pods or judge Deployments: nodes to run them are not here.
  const only = ['namespace-controller', 'garbage-collector-controller', 'persistentvolumeclaim-protection-controller'];
  const plane = await startControlPlane({ etcd, apiserver, controllers, kubectl, only });
  const kinds: readonly (readonly [folder: string, names: readonly string[]])[] = [
    [toolFiles('prometheus-operator-crds'), ['servicemonitors', 'prometheusrules', 'alertmanagerconfigs']],
    [toolFiles('cert-manager-crds'), ['io_certificates', 'io_issuers']],
    [toolFiles('gateway-crds'), ['httproutes']],
    [toolFiles('flux-crds'), ['.yaml']],
    [toolFiles('flux-source-crds'), ['.yaml']],
    [`${ROOT}test/fixtures/crds`, ['grafana-operator']],
  ];
  for (const [folder, names] of kinds) await applyCrds(plane, folder, names);
  for (const namespace of ['monitoring', 'flux-system']) plane.kubectl(['create', 'namespace', namespace]);
  const oblige = startObligingCluster(plane);

  const stored = (text: string): readonly StoredObject[] | undefined => {
    try {
      return storedObjects(plane, text);
    } catch {
      return undefined;
    }
  };
  const isThere = ({ kind, metadata }: KubernetesObject): boolean => {
    const scope = metadata.namespace === undefined ? [] : ['-n', metadata.namespace];
    return plane.kubectl(['get', kind, metadata.name, ...scope, '--ignore-not-found', '-o', 'name']) !== '';
  };
  return {
    plane,
    stored,
    versions: (text) => (stored(text) ?? []).map(({ kind, metadata }) => [kind, metadata.name, metadata.resourceVersion]),
    isGone: (text) => !objectsOf(text).some((object) => object.metadata.labels?.[KEEP] === undefined && isThere(object)) || undefined,
    stop: async () => {
      await oblige();
      await plane.stop();
    },
  };
};
