import { type IndexedObject, selectorMatches } from '../cluster/cluster-index.ts';
import { FINE, objectRule, type RuleInput, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { labelsOf, namespaceOf } from './facts.ts';

/** Namespaces that a monitor looks into; undefined stands for all. */
const namespacesOf = (object: JsonRecord, input: RuleInput): readonly (string | undefined)[] | undefined => {
  const { any, matchNames } = recordOf(recordOf(object.spec).namespaceSelector);
  if (any === true) return undefined;
  const names = stringsOf(matchNames);
  return names.length > 0 ? names : [namespaceOf(input)];
};

const inNamespaces = (
  namespaces: readonly (string | undefined)[] | undefined,
  list: (filter?: { namespace: string | undefined }) => readonly IndexedObject[],
) => (namespaces === undefined ? list() : namespaces.flatMap((namespace) => list({ namespace })));

/** Named ports that an endpoint of a monitor may ask for. */
const portNames = (ports: unknown): readonly unknown[] => listOf(ports).map((port) => recordOf(port).name);

const monitorDangling = objectRule((object, input) => {
  const { cluster, base } = input;
  if (!cluster) return FINE;
  const spec = recordOf(object.spec);
  const isForPods = object.kind === 'PodMonitor';
  const namespaces = namespacesOf(object, input);
  const found = isForPods
    ? inNamespaces(namespaces, (filter) => cluster.workloads(filter)).filter(
        ({ pods }) => pods && selectorMatches(spec.selector, recordOf(pods.metadata.labels)),
      )
    : inNamespaces(namespaces, (filter) => cluster.list('Service', filter)).filter((entry) =>
        selectorMatches(spec.selector, labelsOf(entry.object)),
      );
  const what = isForPods ? 'pods' : 'a Service';
  if (found.length === 0) return [{ path: `${base}/spec/selector`, value: spec.selector ?? undefined, expected: `the labels of ${what}` }];
  const names = new Set(
    found.flatMap((entry) =>
      isForPods
        ? (entry.pods?.containers ?? []).flatMap((container) => portNames(container.spec.ports))
        : portNames(recordOf(entry.object.spec).ports),
    ),
  );
  const field = isForPods ? 'podMetricsEndpoints' : 'endpoints';
  return listOf(spec[field]).flatMap((item, i): Violation[] => {
    const port = stringOf(recordOf(item).port);
    if (isAbsent(port) || names.has(port)) return [];
    const message = `${String(object.kind)} asks port ${port}, but ${isForPods ? 'the selected pods have' : 'the selected Services have'} no port of that name`;
    return [{ path: `${base}/spec/${field}/${i}/port`, value: port, expected: 'the name of a port', message }];
  });
});

/** Monitors of the Prometheus operator. */
export const MONITOR_RULES = { 'servicemonitor-dangling': monitorDangling } as const;
