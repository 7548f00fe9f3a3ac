import { parseTime } from '../../platform/index.ts';
import { groupOf } from '../model/kubernetes-object.ts';
import { FINE, objectRule, type RuleInput, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, listOf, numberOf, own, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { labelsOf } from './facts.ts';
import { matcherOf } from './given-lists.ts';

const PRIVILEGED_SCC = 'privileged';

/** Constraints of OpenShift that allow everything, and roles and bindings that give the one that does. */
const sccPrivileged = objectRule((object, { base }) => {
  if (object.kind === 'SecurityContextConstraints')
    return object.allowPrivilegedContainer === true ? [{ path: `${base}/allowPrivilegedContainer`, value: true, expected: 'false' }] : FINE;
  const { name } = recordOf(object.roleRef);
  if (name === `system:openshift:scc:${PRIVILEGED_SCC}`)
    return [{ path: `${base}/roleRef/name`, value: name, expected: 'a smaller one', message: 'the binding lets pods be privileged' }];
  return listOf(object.rules).flatMap((item, i): Violation[] => {
    const rule = recordOf(item);
    const [groups, resources, verbs, names] = [rule.apiGroups, rule.resources, rule.verbs, rule.resourceNames].map(stringsOf) as [
      string[],
      string[],
      string[],
      string[],
    ];
    if (!groups.includes('security.openshift.io') || !resources.includes('securitycontextconstraints')) return [];
    if (!verbs.includes('use') && !verbs.includes('*')) return [];
    const at = names.indexOf(PRIVILEGED_SCC);
    if (names.length > 0 && at < 0) return [];
    const path = at < 0 ? `${base}/rules/${i}/resourceNames` : `${base}/rules/${i}/resourceNames/${at}`;
    return [{ path, value: at < 0 ? undefined : PRIVILEGED_SCC, expected: 'a smaller one', message: 'the role lets pods be privileged' }];
  });
});

const isAll = (value: unknown): boolean => value === '*';

const projectProblems = (spec: JsonRecord, base: string): Violation[] => {
  const found: Violation[] = [];
  listOf(spec.sourceRepos).forEach((repo, i) => {
    if (isAll(repo))
      found.push({ path: `${base}/spec/sourceRepos/${i}`, value: repo, message: 'the project takes manifests from every repository' });
  });
  listOf(spec.destinations).forEach((item, i) => {
    const { server, name, namespace } = recordOf(item);
    if (isAll(namespace) && (isAll(server) || isAll(name) || (isAbsent(server) && isAbsent(name))))
      found.push({
        path: `${base}/spec/destinations/${i}`,
        value: item,
        message: 'the project deploys to every namespace of every cluster',
      });
  });
  listOf(spec.clusterResourceWhitelist).forEach((item, i) => {
    const { group, kind } = recordOf(item);
    if (isAll(group) && isAll(kind))
      found.push({
        path: `${base}/spec/clusterResourceWhitelist/${i}`,
        value: item,
        message: 'the project may write every kind of the cluster',
      });
  });
  return found;
};

/** Applications outside of a project of their own, projects without bounds, and automatic syncs that do half. */
const argoProject = objectRule((object, { base, params }) => {
  if (object.kind === 'AppProject') return projectProblems(recordOf(object.spec), base);
  const isSet = object.kind === 'ApplicationSet';
  const at = isSet ? `${base}/spec/template/spec` : `${base}/spec`;
  const spec = isSet ? recordOf(recordOf(recordOf(object.spec).template).spec) : recordOf(object.spec);
  const found: Violation[] = [];
  const { project } = spec;
  if (!stringOf(project) || project === 'default')
    found.push({
      path: `${at}/project`,
      value: project ?? undefined,
      message: 'the application is in the project default, which allows everything; name another one',
    });
  const { automated } = recordOf(spec.syncPolicy);
  if (!isAbsent(automated))
    for (const field of stringsOf(params.automated))
      if (isAbsent(own(recordOf(automated), field)))
        found.push({
          path: `${at}/syncPolicy/automated/${field}`,
          message: `the automatic sync does not say ${field}; write true or false`,
        });
  return found.length > 0 ? found : FINE;
});

const fluxSource = objectRule((object, { base, params }) => {
  const { url } = recordOf(object.spec);
  if (typeof url !== 'string' || matcherOf(params, 'allowed')(url)) return FINE;
  return [{ path: `${base}/spec/url`, value: url, expected: stringsOf(params.allowed).join(', ') }];
});

const DURATION = /(\d+(?:\.\d+)?)(h|m|s|ms)/g;
const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** `2160h0m0s` in seconds; undefined where it is none. */
const durationSeconds = (value: unknown): number | undefined => {
  const text = stringOf(value) ?? '';
  if (text.length > 40 || !/^(\d+(\.\d+)?(h|m|s|ms))+$/.test(text)) return undefined;
  return [...text.matchAll(DURATION)].reduce((sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit!]!, 0);
};

const certManagerLimits = objectRule((object, { base, params }) => {
  const { duration, issuerRef, dnsNames } = recordOf(object.spec);
  const found: Violation[] = [];
  const [seconds, most] = [durationSeconds(duration), durationSeconds(params.maxDuration)];
  if (seconds !== undefined && most !== undefined && seconds > most)
    found.push({ path: `${base}/spec/duration`, value: duration, expected: `at most ${String(params.maxDuration)}` });
  const issuer = recordOf(issuerRef).name;
  if (listOf(params.issuers).length > 0 && !matcherOf(params, 'issuers')(stringOf(issuer) ?? ''))
    found.push({ path: `${base}/spec/issuerRef/name`, value: issuer, expected: stringsOf(params.issuers).join(', ') });
  const names = listOf(dnsNames);
  if (names.length > (numberOf(params.maxDnsNames) ?? Number.POSITIVE_INFINITY))
    found.push({ path: `${base}/spec/dnsNames`, value: names.length, expected: `at most ${String(params.maxDnsNames)} names` });
  if (listOf(params.dnsNames).length > 0)
    names.forEach((name, i) => {
      if (!matcherOf(params, 'dnsNames')(String(name)))
        found.push({ path: `${base}/spec/dnsNames/${i}`, value: name, expected: stringsOf(params.dnsNames).join(', ') });
    });
  return found.length > 0 ? found : FINE;
});

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const KYVERNO_TTL = 'cleanup.kyverno.io/ttl';

const expiryOf = (text: string): number | undefined => {
  if (!DAY.test(text)) return parseTime(text);
  const start = parseTime(`${text}T00:00:00Z`);
  return start === undefined ? undefined : start + DAY_MS;
};

/** Exceptions of this program and of Kyverno, which hold until a day. */
const exceptionExpiry = objectRule((object, { base, nowMs }: RuleInput) => {
  const { expiresAt } = recordOf(object.spec);
  if (isAbsent(expiresAt) && groupOf(object).endsWith('kyverno.io') && own(labelsOf(object), KYVERNO_TTL) !== undefined) return FINE;
  const expiry = expiryOf(stringOf(expiresAt) ?? '');
  const path = `${base}/spec/expiresAt`;
  if (expiry === undefined)
    return [{ path, value: expiresAt ?? undefined, expected: 'a day', message: 'the exception has no day on which it ends' }];
  return expiry < nowMs
    ? [{ path, value: expiresAt, expected: 'a day to come', message: `the exception ended at ${String(expiresAt)}` }]
    : FINE;
});

/** Tools that run on the cluster. */
export const CLUSTER_TOOL_RULES = {
  'scc-privileged': sccPrivileged,
  'argo-project': argoProject,
  'flux-source': fluxSource,
  'cert-manager-limits': certManagerLimits,
  'exception-expiry': exceptionExpiry,
} as const;
