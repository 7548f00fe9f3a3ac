import { selectorMatches } from '../cluster/cluster-index.ts';
import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, numberOf, recordOf, stringOf } from '../model/value.ts';
import type { PodView } from '../pods/pod-view.ts';
import { autoscalersOf } from './autoscaling.ts';
import { isTimeZone, scheduleProblem } from './cron-schedule.ts';
import { isControlled, isReplicated, nameOf, namespaceOf, replicasOf } from './facts.ts';

/** Enough replicas; 0 is switched off on purpose, and an autoscaler sets the number itself. */
const minReplicas = objectRule((object, input) => {
  if (object.kind !== 'Scale' && (!isReplicated(object) || isControlled(object))) return FINE;
  const min = numberOf(input.params.min) ?? 0;
  const value = replicasOf(object);
  if (value >= min || value === 0 || autoscalersOf(object, input).length > 0) return FINE;
  return [{ path: `${input.base}/spec/replicas`, value: recordOf(object.spec).replicas ?? undefined, expected: `at least ${min}` }];
});

const UNSATISFIABLE: ReadonlySet<unknown> = new Set(['DoNotSchedule', 'ScheduleAnyway']);

/** What is wrong with one spread constraint; undefined where it spreads these pods. */
const constraintProblem = (item: JsonRecord, labels: JsonRecord): readonly [field: string, problem: string] | undefined => {
  const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = item;
  if (typeof maxSkew !== 'number' || maxSkew < 1) return ['maxSkew', 'maxSkew must be at least 1'];
  if (!stringOf(topologyKey)) return ['topologyKey', 'topologyKey is missing'];
  if (!UNSATISFIABLE.has(whenUnsatisfiable)) return ['whenUnsatisfiable', 'whenUnsatisfiable must be DoNotSchedule or ScheduleAnyway'];
  if (isAbsent(labelSelector)) return ['labelSelector', 'without labelSelector the constraint counts no pods'];
  if (!selectorMatches(labelSelector, labels)) return ['labelSelector', 'labelSelector does not fit the labels of these pods'];
  return undefined;
};

const hasOwnAntiAffinity = ({ spec, metadata }: PodView): boolean => {
  const rules = recordOf(recordOf(spec.affinity).podAntiAffinity);
  const required = listOf(rules.requiredDuringSchedulingIgnoredDuringExecution).map(recordOf);
  const preferred = listOf(rules.preferredDuringSchedulingIgnoredDuringExecution).map((item) => recordOf(recordOf(item).podAffinityTerm));
  const labels = recordOf(metadata.labels);
  return [...required, ...preferred].some(
    ({ labelSelector, topologyKey }) => stringOf(topologyKey) !== undefined && selectorMatches(labelSelector, labels),
  );
};

/** Several replicas lie on several nodes: by anti-affinity among themselves, or by valid topology spread. */
const spread = objectRule((object, { pods }) => {
  if (!pods || !isReplicated(object) || isControlled(object)) return FINE;
  const labels = recordOf(pods.metadata.labels);
  const constraints = listOf(pods.spec.topologySpreadConstraints).map(recordOf);
  const problems = constraints.flatMap((item, i): Violation[] => {
    const problem = constraintProblem(item, labels);
    if (!problem) return [];
    const [field, message] = problem;
    return [{ path: `${pods.path}/topologySpreadConstraints/${i}/${field}`, value: item[field] ?? undefined, message }];
  });
  if (problems.length > 0) return problems;
  if (constraints.length > 0 || replicasOf(object) < 2 || hasOwnAntiAffinity(pods)) return FINE;
  const message = `the ${replicasOf(object)} replicas may all lie on one node: there is neither topologySpreadConstraints nor podAntiAffinity for them`;
  return [{ path: `${pods.path}/topologySpreadConstraints`, expected: 'a constraint, or podAntiAffinity', message }];
});

/** Bounds of an autoscaler: room to scale, and a floor that survives one pod. */
const hpaBounds = objectRule((object, { base, params }) => {
  const { minReplicas: given, maxReplicas } = recordOf(object.spec);
  const floor = numberOf(given) ?? 1;
  const least = numberOf(params.min) ?? 1;
  const most = numberOf(params.max) ?? Number.POSITIVE_INFINITY;
  const found: Violation[] = [];
  // 0 is for autoscalers that wake a workload by an external metric.
  if (floor < least && floor !== 0)
    found.push({ path: `${base}/spec/minReplicas`, value: given ?? undefined, expected: `at least ${least}` });
  if (typeof maxReplicas !== 'number') return found;
  if (maxReplicas > most) found.push({ path: `${base}/spec/maxReplicas`, value: maxReplicas, expected: `at most ${most}` });
  else if (maxReplicas <= floor)
    found.push({ path: `${base}/spec/maxReplicas`, value: maxReplicas, expected: `more than minReplicas, ${floor}` });
  return found;
});

const cronJobSchedule = objectRule((object, { base }) => {
  const { schedule, timeZone } = recordOf(object.spec);
  const found: Violation[] = [];
  const problem = typeof schedule === 'string' ? scheduleProblem(schedule) : 'it is missing';
  if (problem) {
    const message = `the schedule ${typeof schedule === 'string' ? `"${schedule.slice(0, 80)}" ` : ''}does not work: ${problem}`;
    found.push({ path: `${base}/spec/schedule`, value: schedule ?? undefined, message });
  }
  if (!isAbsent(timeZone) && !(typeof timeZone === 'string' && isTimeZone(timeZone)))
    found.push({
      path: `${base}/spec/timeZone`,
      value: timeZone,
      message: 'the timeZone is not in the IANA database, such as Europe/Berlin',
    });
  return found.length > 0 ? found : FINE;
});

const priorityClass = objectRule((_object, input) => {
  const { pods, params, cluster } = input;
  if (!pods) return FINE;
  const value = pods.spec.priorityClassName;
  const path = `${pods.path}/priorityClassName`;
  if (!stringOf(value)) return [{ path, expected: 'a PriorityClass' }];
  const name = String(value);
  const allowed = listOf(params.allowed);
  if (allowed.length > 0 && !allowed.includes(name)) return [{ path, value, expected: allowed.join(', ') }];
  // Classes of Kubernetes itself; others can only be missed where some are known.
  if (name.startsWith('system-') || !cluster || cluster.list('scheduling.k8s.io/PriorityClass').length === 0) return FINE;
  return cluster.get('scheduling.k8s.io/PriorityClass', undefined, name)
    ? FINE
    : [{ path, value, expected: 'a PriorityClass that exists' }];
});

const isHeadless = (service: JsonRecord): boolean => recordOf(service.spec).clusterIP === 'None';

/** The Service that gives the pods of a StatefulSet their names. */
const statefulSetService = objectRule((object, input) => {
  const name = recordOf(object.spec).serviceName;
  const path = `${input.base}/spec/serviceName`;
  if (!stringOf(name))
    return [{ path, value: name ?? undefined, message: `StatefulSet ${nameOf(object)} names no Service in serviceName` }];
  if (!input.cluster) return FINE;
  const service = input.cluster.get('Service', namespaceOf(input), String(name));
  if (!service) return [{ path, value: name, message: `there is no Service ${name}, which serviceName names` }];
  return isHeadless(service.object)
    ? FINE
    : [{ path, value: name, message: `the Service ${name} is not headless; write clusterIP: None there` }];
});

/** Replicas, where they lie, and what keeps them there. */
export const AVAILABILITY_RULES = {
  'min-replicas': minReplicas,
  spread,
  'hpa-bounds': hpaBounds,
  'cronjob-schedule': cronJobSchedule,
  'priority-class': priorityClass,
  'statefulset-service': statefulSetService,
} as const;
