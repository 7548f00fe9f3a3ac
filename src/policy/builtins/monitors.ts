import { type IndexedObject, sameNamespace } from '../cluster/cluster-index.ts';
import { FINE, objectRule, type RuleInput, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { servicesBySelector, workloadsBySelector } from './cluster-lookups.ts';
import { namespaceOf } from './facts.ts';

/** Namespaces that a monitor looks into; undefined stands for all. */
const namespacesOf = (object: JsonRecord, input: RuleInput): readonly (string | undefined)[] | undefined => {
  const { any, matchNames } = recordOf(recordOf(object.spec).namespaceSelector);
  if (any === true) return undefined;
  const names = stringsOf(matchNames);
  return names.length > 0 ? names : [namespaceOf(input)];
};

/** Named ports that an endpoint of a monitor may ask for. */
const portNames = (ports: unknown): readonly unknown[] => listOf(ports).map((port) => recordOf(port).name);

const monitorDangling = objectRule((object, input) => {
  const { cluster, base } = input;
  if (!cluster) return FINE;
  const spec = recordOf(object.spec);
  const isForPods = object.kind === 'PodMonitor';
  const namespaces = namespacesOf(object, input);
  const inNamespace = (entry: IndexedObject): boolean =>
    namespaces === undefined || namespaces.some((namespace) => sameNamespace(entry.namespace, namespace));
  const all = isForPods ? workloadsBySelector(cluster, spec.selector, undefined) : servicesBySelector(cluster, spec.selector);
  const found = all.filter(inNamespace);
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
