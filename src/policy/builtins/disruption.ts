import { type ClusterIndex, type IndexedObject, selectorMatches } from '../cluster/cluster-index.ts';
import { FINE, objectRule, type RuleInput } from '../model/policy.ts';
import { type JsonRecord, recordOf, stringOf } from '../model/value.ts';
import { autoscalersOf, floorOf } from './autoscaling.ts';
import { isControlled, isReplicated, namespaceOf, replicasOf } from './facts.ts';

/** Whether a budget covers pods. An empty selector covers all since policy/v1, none before. */
const covers = (budget: JsonRecord, labels: JsonRecord): boolean => {
  const { selector } = recordOf(budget.spec);
  if (budget.apiVersion === 'policy/v1beta1' && Object.keys(recordOf(selector)).length === 0) return false;
  return selectorMatches(selector, labels);
};

const labelsOfPods = ({ pods }: IndexedObject): JsonRecord => recordOf(pods?.metadata.labels);

const coveredWorkloads = (budget: JsonRecord, input: RuleInput, cluster: ClusterIndex): readonly IndexedObject[] =>
  cluster.workloads({ namespace: namespaceOf(input) }).filter((entry) => isReplicated(entry.object) && covers(budget, labelsOfPods(entry)));

const PERCENT = /^(\d{1,5})%$/;

/** A number or a percentage of pods, rounded up as the controller does. */
const amountOf = (value: unknown, total: number): number | undefined => {
  if (typeof value === 'number') return value;
  const match = PERCENT.exec(stringOf(value) ?? '');
  return match ? Math.ceil((Number(match[1]) * total) / 100) : undefined;
};

const pdbMissing = objectRule((object, input) => {
  const { pods, cluster, base } = input;
  if (!pods || !cluster || !isReplicated(object) || isControlled(object)) return FINE;
  const fewest = Math.max(replicasOf(object), ...autoscalersOf(object, input).map(floorOf));
  if (fewest < 2) return FINE;
  const labels = recordOf(pods.metadata.labels);
  const budgets = cluster.list('policy/PodDisruptionBudget', { namespace: namespaceOf(input) });
  if (budgets.some((budget) => covers(budget.object, labels))) return FINE;
  return [{ path: `${base}/metadata/name`, value: fewest, expected: 'a PodDisruptionBudget for these pods' }];
});

/** A budget under which no pod may ever be evicted, by itself or because of how many pods there are. */
const pdbBlocksAll = objectRule((object, input) => {
  const { base, cluster } = input;
  const { minAvailable, maxUnavailable } = recordOf(object.spec);
  // Of any number of pods: a percentage of 100 decides what 0 and 100% are.
  if (amountOf(maxUnavailable, 100) === 0) return [{ path: `${base}/spec/maxUnavailable`, value: maxUnavailable, expected: 'at least 1' }];
  if (typeof minAvailable === 'string' && (amountOf(minAvailable, 100) ?? 0) >= 100)
    return [{ path: `${base}/spec/minAvailable`, value: minAvailable, expected: 'less than all pods' }];
  if (!cluster) return FINE;
  const workloads = coveredWorkloads(object, input, cluster);
  if (workloads.length === 0 || workloads.some((entry) => autoscalersOf(entry.object, input).length > 0)) return FINE;
  const total = workloads.reduce((sum, entry) => sum + replicasOf(entry.object), 0);
  const needed = amountOf(minAvailable, total);
  if (needed === undefined || total === 0 || needed < total) return FINE;
  return [{ path: `${base}/spec/minAvailable`, value: minAvailable, expected: `less than the ${total} replicas` }];
});

/** At its floor the autoscaler leaves no pod that may be evicted. */
const pdbVsHpa = objectRule((object, input) => {
  const { base, cluster } = input;
  if (!cluster) return FINE;
  const { minAvailable } = recordOf(object.spec);
  for (const workload of coveredWorkloads(object, input, cluster))
    for (const autoscaler of autoscalersOf(workload.object, input)) {
      const floor = floorOf(autoscaler);
      const needed = amountOf(minAvailable, floor);
      if (needed === undefined || floor === 0 || needed < floor) continue;
      return [
        { path: `${base}/spec/minAvailable`, value: minAvailable, expected: `less than minReplicas of ${autoscaler.name}, ${floor}` },
      ];
    }
  return FINE;
});

/** Disruption budgets. */
export const DISRUPTION_RULES = { 'pdb-missing': pdbMissing, 'pdb-blocks-all': pdbBlocksAll, 'pdb-vs-hpa': pdbVsHpa } as const;
