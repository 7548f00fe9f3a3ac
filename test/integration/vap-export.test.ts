import { connectToCluster, createKubernetesClient, KubernetesApiError, type KubernetesClient } from '../../src/platform/index.ts';
import {
  createPolicySet,
  type Example,
  exampleObject,
  exportVap,
  type JsonRecord,
  type Policy,
  policyPack,
} from '../../src/policy/index.ts';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { until } from './support/until.ts';

const exported = policyPack().filter(({ vap }) => vap !== undefined);
const namespaceOf = ({ id }: Policy): string => `try-${id}`;

/** Of our own engine alone: versions, params, other objects. */
const isPlain = ({ pss, params, objects, oldObject, request, kubernetes, duplicateKeys }: Example): boolean =>
  pss?.version === undefined &&
  // The stricter of two levels is exported.
  pss?.level !== 'baseline' &&
  [params, objects, oldObject, request, kubernetes, duplicateKeys].every((value) => value === undefined);

/** Each policy in a namespace of its own: the API server tells one denial only, and it must be the right one. */
const boundApart = (policy: Policy, binding: JsonRecord): object => ({
  ...binding,
  spec: {
    ...(binding.spec as object),
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespaceOf(policy) } } },
  },
});

type Verdict = 'admitted' | 'denied' | 'invalid';

/** Examples leave out what they are not about; the API server wants each mount whole. */
const whole = (object: JsonRecord): JsonRecord => {
  const rest = object.kind === 'Pod' ? undefined : REQUIRED[String(object.kind)];
  if (rest) return { ...object, spec: { ...rest, ...(object.spec as object), ...FIXED[String(object.kind)] } };
  return object.kind === 'Pod' ? wholePod(object) : object;
};

// What the API server asks for besides what the example is about.
const REQUIRED: Readonly<Record<string, object>> = {
  Service: { ports: [{ port: 80 }] },
  CronJob: { schedule: '0 0 * * *' },
  PersistentVolume: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] },
};
const JOB_POD = { restartPolicy: 'Never', containers: [{ name: 'app', image: 'a:1' }] };
const FIXED: Readonly<Record<string, object>> = { CronJob: { jobTemplate: { spec: { template: { spec: JOB_POD } } } } };

const wholePod = (object: JsonRecord): JsonRecord => {
  const spec = object.spec as { volumes?: { name: string }[]; containers: { volumeMounts?: { name: string }[] }[] };
  const mounts = spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
  const known = new Set(spec.volumes?.map(({ name }) => name));
  const missing = [...new Set(mounts)].filter((name) => !known.has(name));
  return {
    ...object,
    spec: {
      ...spec,
      ...(JSON.stringify(spec).includes('"hostProcess":true') ? { hostNetwork: true } : {}),
      volumes: [...(spec.volumes ?? []), ...missing.map((name) => ({ name, emptyDir: {} }))],
      containers: spec.containers.map((container) =>
        container.volumeMounts === undefined
          ? container
          : { ...container, volumeMounts: container.volumeMounts.map((mount, i) => ({ mountPath: `/mount-${i}`, ...mount })) },
      ),
    },
  };
};

const OLD_DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'old', namespace: 'try-privileged' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'a' } },
    template: {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] },
    },
  },
} as const;

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'exported ValidatingAdmissionPolicies on a real API server', (...programs) => {
  const [etcd = '', apiserver = '', kubectl = ''] = programs;
  let plane: ControlPlane;
  let client: KubernetesClient;
  const reasons = new Map<string, string>();
  beforeAll(async () => {
    plane = await startControlPlane({ etcd, apiserver, kubectl });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
    const items = exported.flatMap((policy) => {
      const name = namespaceOf(policy);
      const actions = { [policy.id]: 'deny' } as const;
      const { policies } = createPolicySet(policyPack(), { only: [policy.id], actions });
      const [rule, binding] = exportVap(policies, { exemptNamespaces: ['kube-system'] }).objects;
      const place = [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
      ];
      return [{ place, rules: [rule!, boundApart(policy, binding!)] }];
    });
    const apply = (objects: readonly object[]): void =>
      void plane.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    // What was there before the policies came.
    apply([...items.flatMap(({ place }) => place), OLD_DEPLOYMENT]);
    apply(items.flatMap(({ rules }) => rules));
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await plane?.stop();
  });

  const ask = async (policy: Policy, example: Example): Promise<Verdict> => {
    const object = whole(exampleObject(example));
    const isCluster = object.kind === 'PersistentVolume';
    const metadata = { ...(object.metadata as object), ...(isCluster ? { namespace: undefined } : { namespace: namespaceOf(policy) }) };
    try {
      await client.create({ ...object, metadata } as never, { dryRun: true, timeoutMs: 30_000 });
      return 'admitted';
    } catch (error) {
      if (!(error instanceof KubernetesApiError)) throw error;
      // Whatever the API server refuses on its own proves nothing about the policy.
      if (error.message.includes(`ValidatingAdmissionPolicy 'bellwether-${policy.id}'`)) return 'denied';
      reasons.set(`${policy.id}, ${example.name}`, error.message);
      return 'invalid';
    }
  };

  it('reject the bad and admit the good examples of each policy', async () => {
    const wrong: string[] = [];
    const counts = { good: 0, bad: 0, invalid: 0 };
    for (const policy of exported) {
      const [bad, good] = [policy.examples.bad.filter(isPlain), policy.examples.good.filter(isPlain)];
      // The API server takes a policy up some time after it was written.
      const isInForce = async () => {
        const verdicts = await Promise.all(bad.map((example) => ask(policy, example)));
        return verdicts.includes('denied') || !verdicts.includes('admitted') || undefined;
      };
      await until(`${policy.id} in force`, isInForce, { timeoutMs: 30_000, everyMs: 250 });
      const before = counts.bad;
      for (const [examples, expected] of [
        [bad, 'denied'],
        [good, 'admitted'],
      ] as const) {
        for (const example of examples) {
          const verdict = await ask(policy, example);
          if (verdict === 'invalid') counts.invalid += 1;
          else if (verdict === expected) counts[expected === 'denied' ? 'bad' : 'good'] += 1;
          else wrong.push(`${policy.id}, ${example.name}: ${verdict}`);
        }
      }
      if (counts.bad === before) wrong.push(`${policy.id}: the API server took none of its bad examples`);
    }
    console.log(`policies ${exported.length}: ${JSON.stringify(counts)}\n${[...reasons].map((pair) => pair.join(': ')).join('\n')}`);
    expect(wrong).toEqual([]);
    expect(counts.bad).toBeGreaterThanOrEqual(exported.length);
    expect(counts.invalid).toBeLessThan(counts.bad / 4);
  }, 180_000);

  it('take the policies without a warning of their expressions', () => {
    const list = JSON.parse(plane.kubectl(['get', 'validatingadmissionpolicies', '-o', 'json'])) as {
      items: { metadata: { name: string } }[];
    };
    expect(list.items.map(({ metadata }) => metadata.name).sort()).toEqual(exported.map(({ id }) => `bellwether-${id}`).sort());
  });

  it('let an update pass that leaves the pods as they were', async () => {
    const { namespace } = OLD_DEPLOYMENT.metadata;
    const other = JSON.stringify({ ...OLD_DEPLOYMENT, metadata: { name: 'new', namespace } });
    // A dry run: once made, applying it again would change nothing and pass.
    const isRefused = () => !plane.attempt(['create', '--dry-run=server', '-f', '-'], other).ok;
    await until('the policy holds', () => isRefused() || undefined, { timeoutMs: 30_000, everyMs: 500 });
    expect(plane.attempt(['scale', 'deployment/old', '-n', namespace, '--replicas', '0'])).toMatchObject({ ok: true });
    expect(plane.attempt(['label', 'deployment/old', '-n', namespace, 'team=a'])).toMatchObject({ ok: true });
    expect(plane.attempt(['set', 'image', 'deployment/old', '-n', namespace, 'a=b']).stderr).toContain('Privileged container');
  }, 120_000);
});
