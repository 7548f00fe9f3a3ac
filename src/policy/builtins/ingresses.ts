import { type ClusterIndex, type IndexedObject, sameNamespace } from '../cluster/cluster-index.ts';
import { showValue } from '../message.ts';
import { joinPointer } from '../model/json-pointer.ts';
import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, own, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { addTo, tableOf } from './cluster-lookups.ts';
import { annotationsOf, nameOf, namespaceOf } from './facts.ts';
import { matcherOf } from './given-lists.ts';

/** TLS that is set up beside the Ingress, at a load balancer or in the backend. */
const TLS_ELSEWHERE = [
  'alb.ingress.kubernetes.io/certificate-arn',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
  'networking.gke.io/managed-certificates',
  'appgw.ingress.kubernetes.io/appgw-ssl-certificate',
] as const;
const PASSTHROUGH = 'nginx.ingress.kubernetes.io/ssl-passthrough';

const hasTlsElsewhere = (object: JsonRecord): boolean => {
  const annotations = annotationsOf(object);
  return TLS_ELSEWHERE.some((key) => Object.hasOwn(annotations, key)) || own(annotations, PASSTHROUGH) === 'true';
};

const ingressTls = objectRule((object, { base }) => {
  const { tls } = recordOf(object.spec);
  if (listOf(tls).length > 0 || hasTlsElsewhere(object)) return FINE;
  return [{ path: `${base}/spec/tls`, value: tls ?? undefined, expected: 'an entry with hosts and secretName' }];
});

/** Whether a host is one of a certificate: `*.example.com` covers one label more, not two. */
const isCovered = (host: string, hosts: readonly string[]): boolean =>
  hosts.some(
    (pattern) =>
      pattern === host ||
      (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)) && !host.slice(0, -pattern.length + 1).includes('.')),
  );

const ingressTlsHost = objectRule((object, { base }) => {
  const tls = listOf(recordOf(object.spec).tls).map(recordOf);
  // An entry without hosts stands for all.
  if (tls.length === 0 || tls.some(({ hosts }) => listOf(hosts).length === 0)) return FINE;
  const hosts = tls.flatMap((entry) => stringsOf(entry.hosts)).map((host) => host.toLowerCase());
  return listOf(recordOf(object.spec).rules).flatMap((rule, i): Violation[] => {
    const host = stringOf(recordOf(rule).host);
    return !host || isCovered(host.toLowerCase(), hosts)
      ? []
      : [{ path: `${base}/spec/rules/${i}/host`, value: host, expected: 'a host of spec.tls' }];
  });
});

const hostRule = (isWrong: (host: string) => boolean, expected: string) =>
  objectRule((object, { base }) =>
    listOf(recordOf(object.spec).rules).flatMap((rule, i): Violation[] => {
      const { host } = recordOf(rule);
      return isWrong(stringOf(host) ?? '') ? [{ path: `${base}/spec/rules/${i}/host`, value: host ?? undefined, expected }] : [];
    }),
  );

const CANARY = 'nginx.ingress.kubernetes.io/canary';
const OLD_CLASS = 'kubernetes.io/ingress.class';
const classOf = (object: JsonRecord): string | undefined =>
  stringOf(recordOf(object.spec).ingressClassName) ?? stringOf(own(annotationsOf(object), OLD_CLASS));

interface Claim {
  readonly key: string;
  /** As it is written; absent is `/`. */
  readonly path: unknown;
  readonly pathType: unknown;
  readonly pointer: string;
}

const claimsOf = (object: JsonRecord): readonly Claim[] =>
  listOf(recordOf(object.spec).rules).flatMap((item, i) => {
    const rule = recordOf(item);
    const host = (stringOf(rule.host) ?? '').toLowerCase();
    const paths = listOf(recordOf(rule.http).paths).map(recordOf);
    return paths.map(({ path, pathType }, j) => ({
      key: `${host}${(stringOf(path) || '/').replace(/(.)\/$/, '$1')}`,
      path,
      pathType,
      pointer: `/spec/rules/${i}/http/paths/${j}/path`,
    }));
  });

// The exact path goes before the prefix, so these two live together.
const clash = (a: Claim, b: Claim): boolean =>
  a.key === b.key && !(a.pathType !== b.pathType && (a.pathType === 'Exact' || b.pathType === 'Exact'));

const isCanary = (object: JsonRecord): boolean => own(annotationsOf(object), CANARY) === 'true';

interface Claimed {
  readonly entry: IndexedObject;
  readonly claim: Claim;
}

const claimsByKey = (cluster: ClusterIndex): ReadonlyMap<string, readonly Claimed[]> =>
  tableOf(cluster, 'claims of ingresses', () => {
    const table = new Map<string, Claimed[]>();
    for (const entry of [...cluster.list('networking.k8s.io/Ingress'), ...cluster.list('extensions/Ingress')])
      if (!isCanary(entry.object)) for (const claim of claimsOf(entry.object)) addTo(table, claim.key, { entry, claim });
    return table;
  });

const ingressDuplicate = objectRule((object, input) => {
  if (!input.cluster || isCanary(object)) return FINE;
  const table = claimsByKey(input.cluster);
  const ownClass = classOf(object);
  const isRival = ({ name, namespace, object: other }: IndexedObject): boolean => {
    const isSame = name === nameOf(object) && sameNamespace(namespace, namespaceOf(input));
    const otherClass = classOf(other);
    return !isSame && (ownClass === otherClass || ownClass === undefined || otherClass === undefined);
  };
  const seen = new Map<string, Claim[]>();
  return claimsOf(object).flatMap((claim): Violation[] => {
    const isAgain = seen.get(claim.key)?.some((earlier) => clash(earlier, claim)) === true;
    addTo(seen, claim.key, claim);
    const other = isAgain
      ? nameOf(object)
      : table.get(claim.key)?.find((rival) => clash(rival.claim, claim) && isRival(rival.entry))?.entry.name;
    if (other === undefined) return [];
    const message = `Ingress ${nameOf(object)} takes ${showValue(claim.key)}, but there must be a host and path that ${other} does not have`;
    return [{ path: `${input.base}${claim.pointer}`, value: claim.path ?? undefined, expected: 'another host or path', message }];
  });
});

const SNIPPET = /\/[a-z0-9-]*snippets?$/;
const DANGEROUS = /_by_lua|\balias\s/;

/** Configuration of nginx inside annotations, and the switch that allows it. */
const nginxSnippets = objectRule((object, { base }) => {
  if (object.kind === 'ConfigMap') {
    const value = own(recordOf(object.data), 'allow-snippet-annotations');
    if (value !== 'true') return FINE;
    const message = 'the ConfigMap lets the ingress controller take configuration of nginx from annotations';
    return [{ path: `${base}/data/allow-snippet-annotations`, value, expected: '"false"', message }];
  }
  const found: Violation[] = [];
  for (const [key, value] of Object.entries(annotationsOf(object)))
    if (
      /nginx\.(ingress\.kubernetes\.io|org|com)\//.test(key) &&
      (SNIPPET.test(key) || (typeof value === 'string' && DANGEROUS.test(value)))
    )
      found.push({ path: joinPointer(`${base}/metadata/annotations`, key), value: key, expected: 'absent' });
  return found.length > 0 ? found : FINE;
});

/** What nginx would read as configuration in the value of an annotation. */
const INJECTION = /load_module|lua_package|_by_lua|\bproxy_pass\b|\/serviceaccount|\n/;
const holdsConfiguration = (value: string): boolean => INJECTION.test(value) || (value.includes(';') && /[{}]/.test(value));
// Paths are plain text for these two types; what follows would end the location block.
const PATH_INJECTION = /[\s;{}"'`\\$]/;
const MAX_JUDGED = 4000;

const isSystemPath = (path: string, denied: readonly string[]): boolean => denied.some((part) => `${path}/`.includes(`${part}/`));

const ingressPathAnnotation = objectRule((object, { base, params }) => {
  const spec = recordOf(object.spec);
  const found: Violation[] = [];
  const tell = (path: string, value: unknown, message: string): void => void found.push({ path: `${base}${path}`, value, message });
  listOf(spec.rules).forEach((rule, i) => {
    listOf(recordOf(recordOf(rule).http).paths).forEach((item, j) => {
      const { path, pathType } = recordOf(item);
      if (typeof path !== 'string') return;
      const isPlain = pathType === 'Exact' || pathType === 'Prefix';
      if (isSystemPath(path, stringsOf(params.deniedPaths)) || (isPlain && PATH_INJECTION.test(path.slice(0, MAX_JUDGED))))
        tell(`/spec/rules/${i}/http/paths/${j}/path`, path, `the path ${path.slice(0, 80)} could lead to files of the ingress controller`);
    });
  });
  const allowed = listOf(params.annotations).length > 0 ? matcherOf(params, 'annotations') : undefined;
  for (const [key, value] of Object.entries(annotationsOf(object))) {
    const pointer = joinPointer('/metadata/annotations', key);
    if (allowed && !allowed(key)) tell(pointer, value, `the annotation ${key} is not allowed`);
    else if (
      key.startsWith('nginx.ingress.kubernetes.io/') &&
      !SNIPPET.test(key) &&
      typeof value === 'string' &&
      holdsConfiguration(value.slice(0, MAX_JUDGED).trim())
    )
      tell(pointer, value, `the annotation ${key} holds configuration of nginx`);
  }
  const ingressClass = classOf(object);
  if (listOf(params.classes).length > 0 && !matcherOf(params, 'classes')(ingressClass ?? ''))
    tell(
      '/spec/ingressClassName',
      ingressClass,
      `the ingress class ${ingressClass ?? '(none)'} is not one of ${stringsOf(params.classes).join(', ')}`,
    );
  if (params.allowDefaultBackend !== true)
    for (const field of ['defaultBackend', 'backend'] as const)
      if (!isAbsent(spec[field]))
        tell(`/spec/${field}`, spec[field], `${field} takes requests for every host and path that no other Ingress has`);
  return found.length > 0 ? found : FINE;
});

/** Ingresses by themselves and beside each other. */
export const INGRESS_RULES = {
  'ingress-tls': ingressTls,
  'ingress-tls-host': ingressTlsHost,
  'ingress-host-wildcard': hostRule((host) => host.includes('*'), 'a full host name'),
  'ingress-host-empty': hostRule((host) => host === '', 'a host name'),
  'ingress-duplicate': ingressDuplicate,
  'ingress-nginx-snippets': nginxSnippets,
  'ingress-path-annotation': ingressPathAnnotation,
} as const;
