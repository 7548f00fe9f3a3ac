import { selectorMatches } from '../cluster/cluster-index.ts';
import { joinPointer } from '../model/json-pointer.ts';
import { groupOf } from '../model/kubernetes-object.ts';
import { containerRule, FINE, objectRule, podRule, type Violation } from '../model/policy.ts';
import { isAbsent, isRecord, listOf, numberOf, own, recordOf, stringOf } from '../model/value.ts';
import { annotationsOf, isControlled, runsToCompletion } from './facts.ts';

/** Only a rolling update replaces pods without a gap; absent means it. */
const rollingUpdate = objectRule((object, { base }) => {
  const field = object.kind === 'Deployment' ? 'strategy' : 'updateStrategy';
  const { type } = recordOf(recordOf(object.spec)[field]);
  if (isAbsent(type) || type === 'RollingUpdate') return FINE;
  return [{ path: `${base}/spec/${field}/type`, value: type, expected: 'RollingUpdate' }];
});

const JOBS: ReadonlySet<unknown> = new Set(['Job', 'CronJob']);
const CONTROLLERS: ReadonlySet<unknown> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Rollout',
]);
const POLICIES: ReadonlySet<unknown> = new Set(['Always', 'OnFailure', 'Never']);

/** What the API server accepts for each kind: pods of Jobs end, those of other controllers do not. */
const restartPolicy = podRule(({ spec, path }, { object }) => {
  const value = spec.restartPolicy;
  const wrong = (expected: string): readonly Violation[] => [{ path: `${path}/restartPolicy`, value: value ?? undefined, expected }];
  if (JOBS.has(object.kind)) return value === 'OnFailure' || value === 'Never' ? FINE : wrong('OnFailure or Never');
  if (isAbsent(value) || value === 'Always') return FINE;
  if (CONTROLLERS.has(object.kind)) return wrong('Always or absent');
  return POLICIES.has(value) ? FINE : wrong('Always, OnFailure or Never');
});

const DELETES_HOOKS = ['helm.sh/hook-delete-policy', 'argocd.argoproj.io/hook-delete-policy'] as const;

/** Finished Jobs go away by themselves. A CronJob removes its own by its history limits. */
const jobTtl = objectRule((object, { base }) => {
  const annotations = annotationsOf(object);
  if (isControlled(object) || DELETES_HOOKS.some((key) => Object.hasOwn(annotations, key))) return FINE;
  const value = recordOf(object.spec).ttlSecondsAfterFinished;
  return isAbsent(value) ? [{ path: `${base}/spec/ttlSecondsAfterFinished`, expected: 'a number of seconds' }] : FINE;
});

/** The selector of a controller fits the labels of its own pods. */
const selectorMismatch = objectRule((object, { base }) => {
  const spec = recordOf(object.spec);
  if (!isRecord(spec.template)) return FINE;
  const labels = recordOf(recordOf(spec.template.metadata).labels);
  const isPlain = object.kind === 'ReplicationController';
  const at = `${base}/spec/selector`;
  if (isAbsent(spec.selector) || Object.keys(recordOf(spec.selector)).length === 0) {
    // Older versions and replication controllers take the labels of the template.
    // A template without labels is a patch, to which the rest comes from elsewhere.
    const mustSay = (object.apiVersion === 'apps/v1' || groupOf(object) === 'argoproj.io') && Object.keys(labels).length > 0;
    const message =
      'the selector is missing, so the API server refuses it; write the labels of the template into spec.selector.matchLabels';
    return mustSay ? [{ path: at, value: spec.selector ?? undefined, expected: 'matchLabels', message }] : FINE;
  }
  const selector = recordOf(spec.selector);
  const found: Violation[] = [];
  for (const [key, value] of Object.entries(isPlain ? selector : recordOf(selector.matchLabels))) {
    const actual = own(labels, key);
    if (actual === value) continue;
    const path = joinPointer(isPlain ? at : `${at}/matchLabels`, key);
    const message = `the selector asks for ${key}=${String(value)}, but the pods have ${actual === undefined ? 'no such label' : `${key}=${String(actual)}`}`;
    found.push({ path, value, expected: actual === undefined ? `a label of the template` : String(actual), message });
  }
  if (!isPlain)
    listOf(selector.matchExpressions).forEach((item, i) => {
      if (selectorMatches({ matchExpressions: [item] }, labels)) return;
      const message = `the selector has an expression on ${String(recordOf(item).key)} that the labels of its own pods do not fit`;
      found.push({ path: `${at}/matchExpressions/${i}`, value: item, message });
    });
  return found.length > 0 ? found : FINE;
});

const duplicateEnv = containerRule(({ spec, path }) => {
  const { env } = spec;
  if (!Array.isArray(env) || env.length < 2) return FINE;
  const seen = new Set<unknown>();
  const found: Violation[] = [];
  env.forEach((item: unknown, i) => {
    const { name } = recordOf(item);
    if (typeof name !== 'string') return;
    if (seen.has(name)) found.push({ path: `${path}/env/${i}/name`, value: name, expected: 'each name once' });
    seen.add(name);
  });
  return found.length > 0 ? found : FINE;
});

/** Names outside the cluster are first tried with each search domain when they have fewer dots than ndots, which is 5. */
const dnsNdots = podRule(({ spec, path }, { params }) => {
  const policy = stringOf(spec.dnsPolicy) ?? 'ClusterFirst';
  const ofCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && spec.hostNetwork !== true);
  if (!ofCluster) return FINE;
  const options = listOf(recordOf(spec.dnsConfig).options);
  const at = options.findIndex((option) => recordOf(option).name === 'ndots');
  const max = numberOf(params.max) ?? 0;
  if (at < 0) return [{ path: `${path}/dnsConfig/options`, expected: `ndots of at most ${max}` }];
  const { value } = recordOf(options[at]);
  if (/^\d+$/.test(String(value)) && Number(value) <= max) return FINE;
  return [{ path: `${path}/dnsConfig/options/${at}/value`, value: value ?? undefined, expected: `at most ${max}` }];
});

const preStop = containerRule(({ spec, path, type }, input) => {
  if (type !== 'container' || isRecord(recordOf(spec.lifecycle).preStop) || runsToCompletion(input)) return FINE;
  return [{ path: `${path}/lifecycle/preStop`, expected: 'a hook' }];
});

/** Label selectors of controllers and what pods say about their life. */
export const WORKLOAD_RULES = {
  'rolling-update': rollingUpdate,
  'restart-policy': restartPolicy,
  'job-ttl': jobTtl,
  'selector-mismatch': selectorMismatch,
  'duplicate-env': duplicateEnv,
  'dns-ndots': dnsNdots,
  'pre-stop': preStop,
} as const;
