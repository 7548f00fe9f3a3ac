import { showValue } from '../message.ts';
import { containerRule, FINE, objectRule, podRule, type Violation } from '../model/policy.ts';
import { parseQuantity } from '../model/quantity.ts';
import { isAbsent, type JsonRecord, listOf, numberOf, own, recordOf, stringsOf } from '../model/value.ts';
import type { ContainerView, PodView } from '../pods/pod-view.ts';
import { isReplicated, replicasOf } from './facts.ts';

type Side = 'requests' | 'limits';

const amountsOf = (spec: JsonRecord, side: Side): JsonRecord => recordOf(recordOf(spec.resources)[side]);

/** An amount of 0 is the same as none. */
const isSet = (value: unknown): boolean => !isAbsent(value) && parseQuantity(value) !== 0;

const hasAmount = (spec: JsonRecord, side: Side, resource: string): boolean => isSet(own(amountsOf(spec, side), resource));

/** A limit without a request is copied into the request by the API server, for containers and for pods. */
const hasRequest = (spec: JsonRecord, resource: string): boolean =>
  hasAmount(spec, 'requests', resource) || hasAmount(spec, 'limits', resource);

/** `requests` or `limits` of each container, or of the whole pod. Debug containers cannot have any. */
const required = (side: Side, resource: string) =>
  containerRule(({ spec, path, type, pod }) => {
    if (type === 'ephemeral') return FINE;
    const has = side === 'requests' ? hasRequest : (at: JsonRecord) => hasAmount(at, 'limits', resource);
    if (has(spec, resource) || has(pod.spec, resource)) return FINE;
    return [{ path: `${path}/resources/${side}/${resource}`, value: own(amountsOf(spec, side), resource), expected: 'a quantity above 0' }];
  });

const SIDES = ['requests', 'limits'] as const;
const RANGED = ['cpu', 'memory'] as const;

/** Requests and limits within `params.cpu` and `params.memory` ({min, max}). Catches wrong units, too: memory of 128m is no memory. */
const resourceRange = containerRule(({ spec, path }, { params }) => {
  if (isAbsent(spec.resources)) return FINE;
  const found: Violation[] = [];
  for (const side of SIDES)
    for (const resource of RANGED) {
      const value = amountsOf(spec, side)[resource];
      const amount = parseQuantity(value);
      const { min, max } = recordOf(params[resource]);
      if (amount === undefined || amount === 0) continue;
      const isBelow = amount < (parseQuantity(min) ?? 0);
      const isAbove = amount > (parseQuantity(max) ?? Number.POSITIVE_INFINITY);
      if (isBelow || isAbove)
        found.push({ path: `${path}/resources/${side}/${resource}`, value, expected: isBelow ? `at least ${min}` : `at most ${max}` });
    }
  return found.length > 0 ? found : FINE;
});

/** A limit is at most so many times the request. */
const resourceRatio = containerRule(({ spec, path }, { params }) => {
  if (isAbsent(spec.resources)) return FINE;
  const found: Violation[] = [];
  for (const resource of RANGED) {
    const request = parseQuantity(amountsOf(spec, 'requests')[resource]);
    const value = amountsOf(spec, 'limits')[resource];
    const limit = parseQuantity(value);
    const most = numberOf(params[resource]);
    if (!request || limit === undefined || most === undefined) continue;
    // Amounts are sums of binary fractions; 1e-9 is far below any step that counts.
    if (limit / request > most * (1 + 1e-9))
      found.push({ path: `${path}/resources/limits/${resource}`, value, expected: `at most ${most} times the request` });
  }
  return found.length > 0 ? found : FINE;
});

const requestEqualsLimit = containerRule(({ spec, path, type }, { params }) => {
  if (type === 'ephemeral') return FINE;
  const found: Violation[] = [];
  for (const resource of stringsOf(params.resources)) {
    const request = own(amountsOf(spec, 'requests'), resource);
    const limit = own(amountsOf(spec, 'limits'), resource);
    // A limit alone is copied into the request; nothing at all is the matter of other policies.
    if (!isSet(request) || parseQuantity(request) === parseQuantity(limit)) continue;
    found.push({ path: `${path}/resources/limits/${resource}`, value: limit ?? undefined, expected: String(request) });
  }
  return found.length > 0 ? found : FINE;
});

const COMPUTE = ['cpu', 'memory'] as const;

const isGuaranteed = (spec: JsonRecord): boolean =>
  COMPUTE.every((resource) => {
    const limit = parseQuantity(amountsOf(spec, 'limits')[resource]);
    const request = amountsOf(spec, 'requests')[resource];
    return limit !== undefined && limit > 0 && (isAbsent(request) || parseQuantity(request) === limit);
  });

/** The quality of service class that the API server gives. */
const qosOf = ({ spec, containers }: PodView): 'Guaranteed' | 'Burstable' | 'BestEffort' => {
  const judged: readonly Pick<ContainerView, 'spec'>[] = isAbsent(spec.resources)
    ? containers.filter(({ type }) => type !== 'ephemeral')
    : [{ spec }];
  if (judged.every((one) => COMPUTE.every((resource) => !hasRequest(one.spec, resource)))) return 'BestEffort';
  return judged.every((one) => isGuaranteed(one.spec)) ? 'Guaranteed' : 'Burstable';
};

const qosClass = podRule((pod, { params }) => {
  const allowed = stringsOf(params.classes);
  const value = qosOf(pod);
  if (allowed.includes(value)) return FINE;
  const [first] = pod.containers;
  const expected = allowed.join(' or ');
  const message = `the pods have the class ${value}, but must have ${expected}`;
  return [{ path: `${first?.path ?? `${pod.path}/containers`}/resources`, value: first?.spec.resources ?? undefined, expected, message }];
});

const emptyDirSize = podRule((pod) => {
  let found: Violation[] | undefined;
  listOf(pod.spec.volumes).forEach((item, i) => {
    const { emptyDir } = recordOf(item);
    if (isAbsent(emptyDir) || isSet(recordOf(emptyDir).sizeLimit)) return;
    found ??= [];
    const message = `the emptyDir volume ${showValue(recordOf(item).name)} may fill the disk of the node: it has no sizeLimit`;
    const value = recordOf(emptyDir).sizeLimit ?? undefined;
    found.push({ path: `${pod.path}/volumes/${i}/emptyDir/sizeLimit`, value, expected: 'a quantity such as 1Gi', message });
  });
  return found ?? FINE;
});

/** Replicas within bounds, also where only the number changes (the subresource scale). */
const replicasRange = objectRule((object, { params, base }) => {
  if (!isReplicated(object) && object.kind !== 'Scale') return FINE;
  const value = replicasOf(object);
  const min = numberOf(params.min) ?? 0;
  const max = numberOf(params.max) ?? Number.POSITIVE_INFINITY;
  if (value >= min && value <= max) return FINE;
  return [
    {
      path: `${base}/spec/replicas`,
      value: recordOf(object.spec).replicas ?? undefined,
      expected: value < min ? `at least ${min}` : `at most ${max}`,
    },
  ];
});

const containersPerPod = podRule((pod, { params }) => {
  const max = numberOf(params.max) ?? Number.POSITIVE_INFINITY;
  const running = pod.containers.filter(({ type }) => type === 'container' || type === 'sidecar').length;
  return running > max ? [{ path: `${pod.path}/containers`, value: running, expected: `at most ${max}` }] : FINE;
});

/** Requests, limits and numbers. */
export const RESOURCE_RULES = {
  'cpu-request': required('requests', 'cpu'),
  'memory-request': required('requests', 'memory'),
  'cpu-limit': required('limits', 'cpu'),
  'memory-limit': required('limits', 'memory'),
  'ephemeral-storage': required('limits', 'ephemeral-storage'),
  'resource-range': resourceRange,
  'resource-ratio': resourceRatio,
  'request-equals-limit': requestEqualsLimit,
  'qos-class': qosClass,
  'emptydir-size': emptyDirSize,
  'replicas-range': replicasRange,
  'containers-per-pod': containersPerPod,
} as const;
