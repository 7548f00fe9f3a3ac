import type { ClusterIndex } from '../cluster/cluster-index.ts';
import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, recordOf, stringOf } from '../model/value.ts';
import { annotationsOf, namespaceOf } from './facts.ts';

interface Backend {
  readonly name: string;
  readonly namePath: string;
  /** Number or name; undefined where none is said. */
  readonly port: unknown;
  readonly portPath: string;
  readonly namespace: string | undefined;
}

const findProblem = (backend: Backend, cluster: ClusterIndex): Violation[] => {
  const { name, namePath, port, portPath, namespace } = backend;
  const service = cluster.get('Service', namespace, name);
  if (!service) return [{ path: namePath, value: name, message: `there is no Service ${name}` }];
  const { ports, type } = recordOf(service.object.spec);
  if (isAbsent(port) || type === 'ExternalName') return [];
  const hasPort = listOf(ports).some((item) => recordOf(item).port === port || recordOf(item).name === port);
  return hasPort ? [] : [{ path: portPath, value: port, message: `the Service ${name} has no port ${String(port)}` }];
};

/** Backend of an Ingress, in the form of v1 or of the versions before it; undefined for other resources. */
const backendOf = (value: unknown, at: string, namespace: string | undefined): Backend | undefined => {
  const { service, serviceName, servicePort } = recordOf(value);
  if (typeof serviceName === 'string')
    return { name: serviceName, namePath: `${at}/serviceName`, port: servicePort, portPath: `${at}/servicePort`, namespace };
  const { name, port } = recordOf(service);
  if (typeof name !== 'string') return undefined;
  const { number, name: portName } = recordOf(port);
  const field = isAbsent(number) ? 'name' : 'number';
  return { name, namePath: `${at}/service/name`, port: number ?? portName, portPath: `${at}/service/port/${field}`, namespace };
};

/** Names that the controller of AWS reads from annotations. */
const isAction = (object: JsonRecord, { name, port }: Backend): boolean =>
  port === 'use-annotation' || Object.hasOwn(annotationsOf(object), `alb.ingress.kubernetes.io/actions.${name}`);

const ingressDangling = objectRule((object, input) => {
  const { cluster, base } = input;
  if (!cluster) return FINE;
  const spec = recordOf(object.spec);
  const namespace = namespaceOf(input);
  const backends = [
    backendOf(spec.defaultBackend, `${base}/spec/defaultBackend`, namespace),
    backendOf(spec.backend, `${base}/spec/backend`, namespace),
  ];
  listOf(spec.rules).forEach((rule, i) => {
    listOf(recordOf(recordOf(rule).http).paths).forEach((path, j) => {
      backends.push(backendOf(recordOf(path).backend, `${base}/spec/rules/${i}/http/paths/${j}/backend`, namespace));
    });
  });
  return backends.flatMap((backend) => (backend && !isAction(object, backend) ? findProblem(backend, cluster) : []));
});

const routeBackend = (value: unknown, at: string, namespace: string | undefined): Backend | undefined => {
  const { group, kind, name, port, namespace: other } = recordOf(value);
  if ((group ?? '') !== '' || (kind ?? 'Service') !== 'Service' || typeof name !== 'string') return undefined;
  return { name, namePath: `${at}/name`, port, portPath: `${at}/port`, namespace: stringOf(other) ?? namespace };
};

/** Services of a route of the Gateway API, also those that get a copy of the requests. */
const gatewayDangling = objectRule((object, input) => {
  const { cluster, base } = input;
  if (!cluster) return FINE;
  const namespace = namespaceOf(input);
  const backends = listOf(recordOf(object.spec).rules).flatMap((item, i) => {
    const rule = recordOf(item);
    const at = `${base}/spec/rules/${i}`;
    return [
      ...listOf(rule.backendRefs).map((ref, j) => routeBackend(ref, `${at}/backendRefs/${j}`, namespace)),
      ...listOf(rule.filters).map((filter, j) =>
        routeBackend(recordOf(recordOf(filter).requestMirror).backendRef, `${at}/filters/${j}/requestMirror/backendRef`, namespace),
      ),
    ];
  });
  return backends.flatMap((backend) => (backend ? findProblem(backend, cluster) : []));
});

/** Where Ingresses and routes lead. */
export const BACKEND_RULES = { 'ingress-dangling': ingressDangling, 'gateway-dangling': gatewayDangling } as const;
