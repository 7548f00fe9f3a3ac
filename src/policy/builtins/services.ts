import { type ClusterIndex, type IndexedObject, sameNamespace } from '../cluster/cluster-index.ts';
import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { addTo, tableOf, workloadsByPairs } from './cluster-lookups.ts';
import { nameOf, namespaceOf } from './facts.ts';
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
  return Object.keys(known).length === 0 ? cluster.workloads({ namespace }) : workloadsByPairs(cluster, known, namespace);
};

const serviceDangling = objectRule((object, input) => {
  const selector = selectorOf(object);
  if (!input.cluster || Object.keys(selector).length === 0 || recordOf(object.spec).type === 'ExternalName' || isForOperator(selector))
    return FINE;
  if (selectedWorkloads(selector, input.cluster, namespaceOf(input)).length > 0) return FINE;
  return [{ path: `${input.base}/spec/selector`, value: selector, expected: 'the labels of a workload' }];
});

const isHeadless = (service: JsonRecord): boolean => recordOf(service.spec).clusterIP === 'None';

/** The same text for the same selector, whatever the order of its keys. */
const selectorKey = (selector: JsonRecord): string => JSON.stringify(Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1)));

const servicesWithSelector = (cluster: ClusterIndex): ReadonlyMap<string, readonly IndexedObject[]> =>
  tableOf(cluster, 'services by selector', () => {
    const table = new Map<string, IndexedObject[]>();
    for (const entry of cluster.list('Service')) addTo(table, selectorKey(selectorOf(entry.object)), entry);
    return table;
  });

/** What a client asks a Service for: protocol and port. Without ports it may be any. */
const sharesPort = (a: JsonRecord, b: JsonRecord): boolean => {
  const portsOf = (service: JsonRecord): string[] =>
    listOf(recordOf(service.spec).ports).map((item) => `${String(recordOf(item).protocol ?? 'TCP')} ${String(recordOf(item).port)}`);
  const [own, others] = [portsOf(a), new Set(portsOf(b))];
  return own.length === 0 || others.size === 0 || own.some((port) => others.has(port));
};

const typeOf = (service: JsonRecord): unknown => recordOf(service.spec).type ?? 'ClusterIP';

/**
 * Another Service of the same type with the same selector and a port of this one. Usual are a headless one for a StatefulSet, one for
 * metrics with a port of its own, and one of another type for clients outside.
 */
const serviceDuplicate = objectRule((object, input) => {
  const selector = selectorOf(object);
  if (!input.cluster || Object.keys(selector).length === 0) return FINE;
  const other = servicesWithSelector(input.cluster)
    .get(selectorKey(selector))
    ?.find(
      (entry) =>
        entry.name !== nameOf(object) &&
        sameNamespace(entry.namespace, namespaceOf(input)) &&
        isHeadless(entry.object) === isHeadless(object) &&
        typeOf(entry.object) === typeOf(object) &&
        sharesPort(entry.object, object),
    );
  return other
    ? [{ path: `${input.base}/spec/selector`, value: selector, expected: `another selector than that of Service ${other.name}` }]
    : FINE;
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
