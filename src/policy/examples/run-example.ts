import { createClusterIndex } from '../cluster/cluster-index.ts';
import { evaluate, LATEST_KUBERNETES_MINOR } from '../evaluate.ts';
import type { Finding } from '../model/finding.ts';
import { type Example, LATEST_PSS_MINOR, type Policy } from '../model/policy.ts';
import type { JsonRecord } from '../model/value.ts';
import { policySetOf } from '../select/policy-set.ts';
import { existsIn, parseMinor } from '../select/profile.ts';

/** The container that `pod` and `container` examples stand on. */
export const EXAMPLE_CONTAINER: JsonRecord = { name: 'app', image: 'registry.example.com/app:1.0' };

/** The object of an example: as written, or the pod that its short form stands for. */
export const exampleObject = ({ object, pod, container }: Example): JsonRecord => {
  if (object) return object;
  const spec = pod ? { containers: [EXAMPLE_CONTAINER], ...pod } : { containers: [{ ...EXAMPLE_CONTAINER, ...container }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'example', namespace: 'team-a' }, spec };
};

/** What a policy finds in one of its examples, or in another object in its place. */
export const runExample = (policy: Policy, example: Example, object: JsonRecord = exampleObject(example)): Finding[] => {
  const params = policy.parseParams(example.params);
  const minor = example.pss?.version === undefined ? LATEST_PSS_MINOR : parseMinor(example.pss.version);
  if (minor === undefined) throw new Error(`${example.pss?.version} is not a version`);
  if (!existsIn(policy, minor)) return [];
  const level = example.pss?.level ?? policy.pss?.level ?? 'restricted';
  const { request } = example;
  return evaluate(object, {
    policies: policySetOf([{ policy, action: 'deny', severity: policy.severity, params }], { level, minor }),
    cluster: createClusterIndex([object, ...(example.objects ?? [])]),
    withPatches: true,
    kubernetesMinor: (example.kubernetes === undefined ? undefined : parseMinor(example.kubernetes)) ?? LATEST_KUBERNETES_MINOR,
    ...(example.duplicateKeys ? { duplicateKeys: example.duplicateKeys } : {}),
    ...(example.oldObject ? { oldObject: example.oldObject } : {}),
    ...(request
      ? { request: { operation: 'CREATE', user: '', groups: [], subResource: '', namespace: undefined, name: '', ...request } }
      : {}),
  });
};
