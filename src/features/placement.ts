import type { Labels, WorkloadKey } from '../conventions/index.ts';
import { workloadId } from '../conventions/index.ts';
import type { CatalogInput, EntityRule } from './catalog.ts';
import { createUnit, nodeUnitId, ownUnitId, podUnitId, type Unit } from './entity.ts';
import { controllerOwner, isController, nodeName, type OwnerRecord, ownLabel, podOwner, podWorkload } from './owners.ts';

/** Containers wait for these reasons on every healthy start; every other reason is a fault. */
const HEALTHY_WAITS = new Set(['ContainerCreating', 'PodInitializing', '']);

/** Where a series belongs: to a unit, to the owners, or nowhere, with the reason. */
export type Place = { readonly unit: Unit } | { readonly owner: OwnerRecord; readonly unit?: Unit } | { readonly dropped: string };

export interface Placement {
  readonly pods: number;
  readonly units: number;
  place(input: CatalogInput, labels: Labels): Place;
  remove(unit: Unit): void;
}

/** Upper bound of a bucket; NaN where the label is missing or no number. */
export const bucketBound = (labels: Labels): number =>
  labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number.parseFloat(labels.le ?? '');

/** Reads from the labels of a series whom it belongs to. */
export const createPlacement = (onUnit: (unit: Unit) => void): Placement => {
  const units = new Map<string, Unit>();
  let pods = 0;

  const unitOf = (id: string, make: () => Unit): Unit => {
    const found = units.get(id);
    if (found) return found;
    const unit = make();
    units.set(id, unit);
    if (unit.kind === 'pod') pods++;
    onUnit(unit);
    return unit;
  };

  const podUnit = (labels: Labels): Unit | undefined => {
    const namespace = ownLabel(labels, 'namespace');
    const name = ownLabel(labels, 'pod');
    if (name === '') return undefined;
    const id = podUnitId(namespace, name);
    return unitOf(id, () => createUnit({ id, kind: 'pod', namespace, name, givenKey: undefined }));
  };

  const nodeUnit = (labels: Labels): Unit | undefined => {
    const instance = labels.node || labels.instance;
    if (!instance) return undefined;
    const id = nodeUnitId(instance);
    const givenKey: WorkloadKey | undefined = labels.node ? { namespace: '', workload: instance, workloadKind: 'Node' } : undefined;
    return unitOf(id, () => createUnit({ id, kind: 'node', namespace: '', name: instance, givenKey }));
  };

  const givenUnit = (key: WorkloadKey, pod: string): Unit => {
    const id = ownUnitId(workloadId(key), pod);
    return unitOf(id, () => createUnit({ id, kind: pod === '' ? 'own' : 'pod', namespace: key.namespace, name: pod, givenKey: key }));
  };

  const workloadUnit = (labels: Labels): Unit | undefined => {
    const { workload } = labels;
    if (!workload) return undefined;
    return givenUnit({ namespace: labels.namespace ?? '', workload, workloadKind: labels.workload_kind ?? '' }, labels.pod ?? '');
  };

  const labelsUnit = (names: readonly string[], labels: Labels): Unit | undefined => {
    const values = names.map((name) => labels[name] ?? '');
    if (values.every((value) => value === '')) return undefined;
    const entity = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    return givenUnit({ namespace: '', workload: values.join('/'), workloadKind: '', entity }, '');
  };

  const entityUnit = (rule: EntityRule, labels: Labels): Place => {
    switch (rule.by) {
      case 'pod':
        return placed(podUnit(labels), 'no_pod_label');
      case 'node':
        return placed(nodeUnit(labels), 'no_instance_label');
      case 'workload':
        return placed(workloadUnit(labels), 'no_workload_label');
      case 'labels':
        return placed(labelsUnit(rule.labels, labels), 'no_entity_label');
    }
  };

  const placed = (unit: Unit | undefined, reason: string): Place => (unit ? { unit } : { dropped: reason });

  const ofPod = (owner: OwnerRecord, labels: Labels): Place => {
    const unit = podUnit(labels);
    return unit ? { unit, owner } : { dropped: 'no_pod_label' };
  };

  const place = (input: CatalogInput, labels: Labels): Place => {
    switch (input.kind) {
      case 'pod_owner':
        return isController(labels) ? ofPod(podOwner(labels), labels) : { dropped: 'not_the_controller' };
      case 'pod_workload':
        return ofPod(podWorkload(labels), labels);
      case 'replicaset_owner':
        return isController(labels) ? { owner: controllerOwner('ReplicaSet', labels) } : { dropped: 'not_the_controller' };
      case 'job_owner':
        return isController(labels) ? { owner: controllerOwner('Job', labels) } : { dropped: 'not_the_controller' };
      case 'node_name':
        return { owner: nodeName(labels) };
      case 'waiting':
        if (HEALTHY_WAITS.has(labels.reason ?? '')) return { dropped: 'healthy_wait' };
        return placed(podUnit(labels), 'no_pod_label');
      case 'bucket':
        return Number.isNaN(bucketBound(labels)) ? { dropped: 'no_bucket_bound' } : entityUnit(input.entity, labels);
      case 'restarts':
        return entityUnit(input.entity ?? { by: 'pod' }, labels);
      case 'oom_killed':
        return placed(podUnit(labels), 'no_pod_label');
      default:
        return entityUnit(input.entity, labels);
    }
  };

  return {
    get pods() {
      return pods;
    },
    get units() {
      return units.size;
    },
    place,
    remove: (unit) => {
      units.delete(unit.id);
      if (unit.kind === 'pod') pods--;
    },
  };
};
