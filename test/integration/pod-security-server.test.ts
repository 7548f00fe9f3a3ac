import { connectToCluster, createKubernetesClient, KubernetesApiError, type KubernetesClient } from '../../src/platform/index.ts';
import { createPolicySet, evaluate, type JsonRecord, policyPack } from '../../src/policy/index.ts';
import { createPodGenerator } from '../policies/pod-generator.ts';
import { describeWith } from './real-program.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';

// PODS=10000 for the whole comparison, which takes some minutes.
const PODS = Number(process.env.PODS ?? 300);
const SEED = Number(process.env.SEED ?? 20_261_121);
const AT_A_TIME = 8;
const LEVELS = ['baseline', 'restricted'] as const;
const TIMEOUT_MS = 1_800_000;

type Verdict = 'admitted' | 'rejected' | 'invalid';

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'Pod Security Standards beside the admission of a real API server', (...programs) => {
  const [etcd = '', apiserver = '', kubectl = ''] = programs;
  let plane: ControlPlane;
  let client: KubernetesClient;
  beforeAll(async () => {
    plane = await startControlPlane({ etcd, apiserver, kubectl });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: plane.kubeconfig }));
    for (const level of LEVELS) {
      plane.kubectl(['create', 'namespace', level]);
      plane.kubectl(['create', 'serviceaccount', 'default', '-n', level]);
      plane.kubectl(['label', 'namespace', level, `pod-security.kubernetes.io/enforce=${level}`]);
    }
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await plane?.stop();
  });

  const ask = async (pod: JsonRecord, namespace: string, name: string): Promise<Verdict> => {
    try {
      const metadata = { ...(pod.metadata as object), name, namespace };
      await client.create({ ...pod, metadata } as never, { dryRun: true, timeoutMs: 30_000 });
      return 'admitted';
    } catch (error) {
      if (!(error instanceof KubernetesApiError)) throw error;
      if (error.message.includes('violates PodSecurity')) return 'rejected';
      // What the API server does not take at all is no case of Pod Security.
      if (error.status === 422 || error.status === 400) return 'invalid';
      throw error;
    }
  };

  it(
    `agree on ${PODS} generated pods (seed ${SEED})`,
    async () => {
      const generate = createPodGenerator(SEED);
      const pods = Array.from({ length: PODS }, generate);
      const { minor } = (await client.raw('/version')) as { minor: string };
      const sets = LEVELS.map((profile) => ({
        profile,
        policies: createPolicySet(policyPack(), { profile, pssMinor: Number.parseInt(minor, 10) }),
      }));
      const counts = { admitted: 0, rejected: 0, invalid: 0 };
      const differences: string[] = [];
      const queue = pods.entries();
      const work = async (): Promise<void> => {
        for (const [i, pod] of queue)
          for (const { profile, policies } of sets) {
            const theirs = await ask(pod, profile, `p${i}`);
            counts[theirs] += 1;
            if (theirs === 'invalid') continue;
            const ours = evaluate(pod, { policies }).length > 0 ? 'rejected' : 'admitted';
            if (ours !== theirs) differences.push(`${profile}: they ${theirs}, we ${ours}: ${JSON.stringify(pod)}`);
          }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
      console.log(`pods ${PODS}, seed ${SEED}: ${JSON.stringify(counts)}`);
      expect(differences).toEqual([]);
      // A generator of only good or only bad pods, or only of such as no server takes, would prove nothing.
      expect(Math.min(counts.admitted, counts.rejected)).toBeGreaterThan(PODS / 20);
    },
    TIMEOUT_MS,
  );
});
