import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../../../../src/platform/index.ts';
import type { KubernetesObject } from '../../../synth/bundle-objects.ts';
import { objectId, objectsOf, wish } from '../applied-bundle.ts';
import type { Flux } from './flux.ts';
import type { GitopsCluster } from './gitops-cluster.ts';

/** Edits of one batch are healed by one reconciliation. */
const BATCH = 10;

const targetOf = ({ kind, metadata }: KubernetesObject): string[] => [
  kind,
  metadata.name,
  ...(metadata.namespace === undefined ? [] : ['-n', metadata.namespace]),
];

/** Takes an object away, takes its labels away, or writes another value for one of them. The namespace stays: with it everything goes. */
const damage = ({ plane }: GitopsCluster, object: KubernetesObject, random: Random): void => {
  const target = targetOf(object);
  const labels = Object.keys(object.metadata.labels ?? {});
  const label = labels[Math.floor(random() * labels.length)];
  const kind = Math.floor(random() * 3);
  if (kind === 0 && object.kind !== 'Namespace' && object.kind !== 'PersistentVolumeClaim')
    plane.kubectl(['delete', ...target, '--wait=false']);
  else if (kind === 1 && label !== undefined) plane.kubectl(['label', ...target, `${label}-`]);
  else if (label !== undefined) plane.kubectl(['label', '--overwrite', ...target, `${label}=mine`]);
};

/** Damages random objects of an overlay again and again; gives back how many edits were healed. Throws at the first that was not. */
export const healUnderFlux = async (
  cluster: GitopsCluster,
  flux: Flux,
  overlay: string,
  text: string,
  { edits, random, publish }: { readonly edits: number; readonly random: Random; publish(): void },
): Promise<number> => {
  publish();
  await flux.reconcile(overlay);
  const objects = objectsOf(text);
  let healed = 0;
  while (healed < edits) {
    const batch = Math.min(BATCH, edits - healed);
    // Each object once per batch: one that is gone cannot be edited.
    const chosen = new Set<KubernetesObject>();
    while (chosen.size < Math.min(batch, objects.length)) {
      const object = objects[Math.floor(random() * objects.length)];
      if (object) chosen.add(object);
    }
    for (const object of chosen) damage(cluster, object, random);
    await flux.reconcile(overlay);
    const stored = new Map((cluster.stored(text) ?? []).map((object) => [objectId(object), object]));
    for (const object of objects) {
      const read = stored.get(objectId(object));
      if (!read || !isDeepStrictEqual(wish(read), wish(object))) throw new Error(`${objectId(object)} is not healed`);
      for (const [name, value] of Object.entries(object.metadata.labels ?? {}))
        if (read.metadata.labels?.[name] !== value) throw new Error(`label ${name} of ${objectId(object)} is not healed`);
    }
    healed += chosen.size;
  }
  flux.remove();
  return healed;
};
