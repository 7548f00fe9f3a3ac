import type { ClusterIndex, IndexedObject } from '../cluster/cluster-index.ts';
import { FINE, objectRule, type RuleInput, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { nameOf, namespaceOf, pairsMatch } from './facts.ts';
import { inRanges } from './given-lists.ts';
import { isOwnHost, specialAddress } from './ip-address.ts';
import { isPortName } from './metadata.ts';

const externalIps = objectRule((object, { base, params }) => {
  const allowed = stringsOf(params.allowed);
  return listOf(recordOf(object.spec).externalIPs).flatMap((ip, i): Violation[] =>
    typeof ip === 'string' && allowed.includes(ip) ? [] : [{ path: `${base}/spec/externalIPs/${i}`, value: ip, expected: 'absent' }],
  );
});

const externalNameLocalhost = objectRule((object, { base }) => {
  const { type, externalName } = recordOf(object.spec);
  const name = stringOf(externalName);
  if (type !== 'ExternalName' || name === undefined || !isOwnHost(name)) return FINE;
  return [{ path: `${base}/spec/externalName`, value: name, expected: 'a host outside' }];
});

const MAX_PORT = 65_535;
const isPort = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_PORT;

const servicePorts = objectRule((object, { base, params }) => {
  const found: Violation[] = [];
  listOf(recordOf(object.spec).ports).forEach((item, i) => {
    const { port, targetPort, nodePort } = recordOf(item);
    const at = `${base}/spec/ports/${i}`;
    if (!isPort(port)) found.push({ path: `${at}/port`, value: port ?? undefined, expected: 'a number of 1 to 65535' });
    else if (!inRanges(Number(port), stringsOf(params.ports)))
      found.push({ path: `${at}/port`, value: port, expected: `within ${stringsOf(params.ports).join(', ')}` });
    const isTarget =
      isAbsent(targetPort) ||
      targetPort === 0 ||
      isPort(targetPort) ||
      (typeof targetPort === 'string' && (targetPort === '' || isPortName(targetPort)));
    if (!isTarget)
      found.push({
        path: `${at}/targetPort`,
        value: targetPort,
        expected: 'a number of 1 to 65535 without quotes, or the name of a container port (15 letters at most)',
      });
    if (isAbsent(nodePort) || nodePort === 0) return;
    const ranges = stringsOf(params.nodePorts);
    if (!isPort(nodePort) || !inRanges(Number(nodePort), ranges))
      found.push({ path: `${at}/nodePort`, value: nodePort, expected: `within ${ranges.join(', ')}` });
  });
  return found.length > 0 ? found : FINE;
});

/** Endpoints on the node itself, or in networks that nobody routes, lead to what must not be reached. */
const endpointLoopback = objectRule((object, { base }) => {
  const found: Violation[] = [];
  const look = (address: unknown, path: string): void => {
    const kind = typeof address === 'string' ? specialAddress(address) : undefined;
    if (kind) found.push({ path, value: address, expected: `an address that is not ${kind}` });
  };
  listOf(object.endpoints).forEach((item, i) => {
    listOf(recordOf(item).addresses).forEach((address, j) => {
      look(address, `${base}/endpoints/${i}/addresses/${j}`);
    });
  });
  listOf(object.subsets).forEach((item, i) => {
    for (const field of ['addresses', 'notReadyAddresses'] as const)
      listOf(recordOf(item)[field]).forEach((address, j) => {
        look(recordOf(address).ip, `${base}/subsets/${i}/${field}/${j}/ip`);
      });
  });
  return found.length > 0 ? found : FINE;
});

/** Labels that controllers give to pods: no template has them. */
const GIVEN_LABELS =
  /^(pod-template-hash|rollouts-pod-template-hash|controller-revision-hash|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|job-name|controller-uid|batch\.kubernetes\.io\/.*)$/;

/** Labels of operators, whose pods are made from resources of their own. */
const OPERATOR_LABELS =
  /^((prometheus|alertmanager|thanos-ruler)$|(operator\.prometheus\.io|cnpg\.io|strimzi\.io|postgres-operator\.crunchydata\.com|v1\.min\.io|serving\.knative\.dev|([a-z]+\.)?k8s\.elastic\.co)(\/|$))/;

/** Whether a selector is for pods of an operator, which no manifest shows. */
export const isForOperator = (selector: JsonRecord): boolean => Object.keys(selector).some((key) => OPERATOR_LABELS.test(key));

const selectorOf = (service: JsonRecord): JsonRecord => recordOf(recordOf(service.spec).selector);

/** Workloads that a plain selector fits, without what controllers add. */
export const selectedWorkloads = (selector: JsonRecord, cluster: ClusterIndex, namespace: string | undefined): readonly IndexedObject[] => {
  const known = Object.fromEntries(Object.entries(selector).filter(([key]) => !GIVEN_LABELS.test(key)));
  const isGivenOnly = Object.keys(known).length === 0;
  return cluster.workloads({ namespace }).filter(({ pods }) => pods && (isGivenOnly || pairsMatch(known, recordOf(pods.metadata.labels))));
};

const serviceDangling = objectRule((object, input) => {
  const selector = selectorOf(object);
  if (!input.cluster || Object.keys(selector).length === 0 || recordOf(object.spec).type === 'ExternalName' || isForOperator(selector))
    return FINE;
  if (selectedWorkloads(selector, input.cluster, namespaceOf(input)).length > 0) return FINE;
  return [{ path: `${input.base}/spec/selector`, value: selector, expected: 'the labels of a workload' }];
});

const isHeadless = (service: JsonRecord): boolean => recordOf(service.spec).clusterIP === 'None';
const sameSelector = (a: JsonRecord, b: JsonRecord): boolean => {
  const keys = Object.keys(a);
  return keys.length > 0 && keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
};

/** Another Service with the same selector. A headless one beside one with an address is usual for a StatefulSet. */
const serviceDuplicate = objectRule((object, input: RuleInput) => {
  const selector = selectorOf(object);
  const others = input.cluster?.list('Service', { namespace: namespaceOf(input) }) ?? [];
  const other = others.find(
    (entry) =>
      entry.name !== nameOf(object) && isHeadless(entry.object) === isHeadless(object) && sameSelector(selector, selectorOf(entry.object)),
  );
  return other ? [{ path: `${input.base}/spec/selector`, value: selector, expected: `another selector than ${other.name}` }] : FINE;
});

/** Services and where they lead. */
export const SERVICE_RULES = {
  'service-external-ips': externalIps,
  'service-externalname-localhost': externalNameLocalhost,
  'service-ports': servicePorts,
  'endpointslice-loopback': endpointLoopback,
  'service-dangling': serviceDangling,
  'service-selector-duplicate': serviceDuplicate,
} as const;
