import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectToCluster, createKubernetesClient, type KubernetesClient } from '../../src/platform/index.ts';
import { describeWith } from './real-program.ts';
import { type AdmissionReplica, type AdmissionStage, startAdmissionStage } from './support/admission-stage.ts';
import { until } from './support/until.ts';

const BIN = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));

const CONFIG = {
  policy: {
    profile: 'recommended',
    policies: {
      'replicas-range': { action: 'deny', params: { max: 10 } },
      'ephemeral-containers': { action: 'deny' },
      'pod-exec-blocked': { action: 'deny', params: { namespaces: ['prod'] } },
    },
  },
} as const;

const GOOD = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  automountServiceAccountToken: false,
  containers: [
    {
      name: 'app',
      image: 'registry.example.com/app:1.2.3',
      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '16Mi' } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    },
  ],
};
const [APP] = GOOD.containers;
const PRIVILEGED = { ...GOOD, containers: [{ ...APP, securityContext: { privileged: true } }] };
const pod = (name: string, spec: object = GOOD, namespace = 'team') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec,
});
const deployment = (name: string, spec: object = GOOD, replicas = 1, namespace = 'team') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec } },
});

describeWith(['etcd', 'kube-apiserver', 'kubectl'], 'the admission webhook behind a real API server', (etcd, apiserver, kubectl) => {
  let stage: AdmissionStage;
  let replica: AdmissionReplica;
  let client: KubernetesClient;
  const attempt = (args: readonly string[], input?: object) => stage.plane.attempt(args, input && JSON.stringify(input));
  const apply = (object: object, ...more: string[]) => attempt(['apply', '-f', '-', ...more], object);
  /** Until what was changed elsewhere has come round to the webhook. */
  const eventually = (what: string, probe: () => boolean) =>
    until(what, () => (probe() ? true : undefined), { timeoutMs: 30_000, everyMs: 200 });

  beforeAll(async () => {
    stage = await startAdmissionStage({ etcd: String(etcd), apiserver: String(apiserver), kubectl: String(kubectl) });
    client = createKubernetesClient(await connectToCluster({ kubeconfig: stage.plane.kubeconfig }));
    for (const name of ['team', 'prod', 'lenient']) stage.plane.kubectl(['create', 'namespace', name]);
    stage.plane.kubectl(['create', 'serviceaccount', 'default', '-n', 'team']);
    stage.plane.kubectl(['create', 'serviceaccount', 'default', '-n', 'prod']);
    stage.plane.kubectl(['create', 'serviceaccount', 'default', '-n', 'lenient']);
    stage.applyWebhooks();
    replica = await stage.start(CONFIG);
    await eventually('webhook in force', () => !apply(pod('probe', PRIVILEGED), '--dry-run=server').ok);
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await stage?.stop();
  });

  it('denies a bad manifest with policy, place, value, what to write instead and where to read on', () => {
    const { ok, stderr } = apply(deployment('bad', PRIVILEGED));
    expect(ok).toBe(false);
    expect(stderr).toContain('admission webhook "pod-security.bellwether.dev" denied the request: Bellwether found');
    expect(stderr).toContain('[privileged] /spec/template/spec/containers/0/securityContext/privileged (container app)');
    expect(stderr).toMatch(/See https:\S+docs\/policies\/privileged\.md/);
  });

  it('admits a good one, with lesser findings as warnings that kubectl shows', () => {
    const { ok, stderr } = apply(deployment('good'));
    expect(stderr).toContain('Warning: liveness-probe at /spec/template/spec/containers/0/livenessProbe');
    expect(ok).toBe(true);
    for (const line of stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(130);
  });

  it('changes nothing in a dry run, but judges it', async () => {
    expect(apply(pod('dry', PRIVILEGED), '--dry-run=server').ok).toBe(false);
    expect(apply(pod('dry'), '--dry-run=server').ok).toBe(true);
    expect(await client.find({ apiVersion: 'v1', kind: 'Pod', name: 'dry', namespace: 'team' })).toBeUndefined();
  });

  it('lets bad objects of the past be changed and scaled, but not be made worse', async () => {
    stage.plane.kubectl(['label', 'namespace', 'team', 'bellwether.dev/mode=audit']);
    await eventually('lenient mode', () => apply(deployment('old', PRIVILEGED)).ok);
    stage.plane.kubectl(['label', 'namespace', 'team', 'bellwether.dev/mode-']);
    await eventually('strict mode', () => !apply(pod('probe', PRIVILEGED), '--dry-run=server').ok);
    expect(attempt(['label', 'deployment/old', '-n', 'team', 'a=b']).ok).toBe(true);
    expect(attempt(['scale', 'deployment/old', '-n', 'team', '--replicas=3']).ok).toBe(true);
    const worse = apply(deployment('old', { ...PRIVILEGED, hostNetwork: true }));
    expect([worse.ok, worse.stderr]).toEqual([false, expect.stringContaining('[host-network] /spec/template/spec/hostNetwork')]);
    expect(worse.stderr).not.toContain('[privileged]');
  });

  it('judges kubectl scale', () => {
    expect(attempt(['scale', 'deployment/good', '-n', 'team', '--replicas=10']).ok).toBe(true);
    const { ok, stderr } = attempt(['scale', 'deployment/good', '-n', 'team', '--replicas=11']);
    expect([ok, stderr]).toEqual([false, expect.stringContaining('[replicas-range] /spec/replicas')]);
  });

  it('judges ephemeral containers and kubectl exec', async () => {
    stage.plane.kubectl(['apply', '-f', '-'], JSON.stringify(pod('running')));
    const debug = {
      spec: { ephemeralContainers: [{ name: 'debug', image: 'registry.example.com/tools:1', securityContext: APP?.securityContext }] },
    };
    const name = { apiVersion: 'v1', kind: 'Pod', name: 'running', namespace: 'team' };
    await expect(client.patch(name, debug, { subresource: 'ephemeralcontainers', type: 'strategic' })).rejects.toThrow(
      '[ephemeral-containers] /spec/ephemeralContainers',
    );
    stage.plane.kubectl(['apply', '-f', '-'], JSON.stringify(pod('running', GOOD, 'prod')));
    const { ok, stderr } = attempt(['exec', '-n', 'prod', 'running', '--', 'sh']);
    expect([ok, stderr]).toEqual([false, expect.stringContaining('[pod-exec-blocked]')]);
    expect(attempt(['exec', '-n', 'team', 'running', '--', 'sh']).stderr).not.toContain('Bellwether');
  });

  it('follows the labels of Pod Security, also for what makes pods', async () => {
    stage.plane.kubectl(['label', 'namespace', 'lenient', 'pod-security.kubernetes.io/enforce=privileged']);
    await eventually('privileged level', () => apply(deployment('any', PRIVILEGED, 1, 'lenient'), '--dry-run=server').ok);
    stage.plane.kubectl(['label', 'namespace', 'lenient', 'pod-security.kubernetes.io/enforce=baseline', '--overwrite']);
    await eventually('baseline level', () => !apply(deployment('any', PRIVILEGED, 1, 'lenient'), '--dry-run=server').ok);
  });

  it('takes exceptions from the cluster until they end; wrong ones are refused or not in force', async () => {
    const exception = (name: string, spec: object) => ({
      apiVersion: 'bellwether.dev/v1alpha1',
      kind: 'PolicyException',
      metadata: { name, namespace: 'team' },
      spec: { policies: ['*'], match: { names: ['agent'] }, reason: 'node agent', owner: 'platform', ...spec },
    });
    const day = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    expect(apply(exception('no-end', {})).stderr).toContain('spec.expiresAt: Required value');
    expect(apply(exception('far', { expiresAt: '2099-01-01' })).ok).toBe(true);
    expect(apply(pod('agent', PRIVILEGED), '--dry-run=server').ok).toBe(false);
    expect(apply(exception('agent', { expiresAt: day })).ok).toBe(true);
    await eventually('exception in force', () => apply(pod('agent', PRIVILEGED), '--dry-run=server').ok);
    expect(apply(pod('other', PRIVILEGED), '--dry-run=server').ok).toBe(false);
    expect(await replica.metrics()).toMatch(/bellwether_admission_exceptions\{state="invalid"\} 1/);
  });

  it('takes its policies from a PolicyConfiguration, keeps the last good one, and goes back to the file', async () => {
    const configuration = (spec: object) => ({
      apiVersion: 'bellwether.dev/v1alpha1',
      kind: 'PolicyConfiguration',
      metadata: { name: 'default' },
      spec,
    });
    const isDenied = (): boolean => !apply(pod('probe', PRIVILEGED), '--dry-run=server').ok;
    apply(configuration({ profile: 'baseline', policies: { privileged: { action: 'warn' } } }));
    await eventually('policies of the cluster', () => !isDenied());
    apply(configuration({ profile: 'baseline', policies: { 'no-such-policy': { action: 'warn' } } }));
    await eventually('a word in the log', () => replica.log().includes('there is no policy no-such-policy'));
    expect(isDenied()).toBe(false);
    attempt(['delete', 'policyconfiguration', 'default']);
    await eventually('policies of the file', isDenied);
  });

  it('takes a changed configuration file', async () => {
    replica.reconfigure({ policy: { profile: 'baseline', policies: { privileged: { action: 'audit' } } } });
    await eventually('changed file', () => apply(pod('probe', PRIVILEGED), '--dry-run=server').ok);
    replica.reconfigure(CONFIG);
    await eventually('changed file', () => !apply(pod('probe', PRIVILEGED), '--dry-run=server').ok);
  });

  it('keeps the label that takes a namespace out of every policy to those who may set it', () => {
    stage.plane.kubectl(['create', 'clusterrole', 'namespacer', '--verb=get,patch', '--resource=namespaces']);
    stage.plane.kubectl(['create', 'clusterrolebinding', 'namespacer', '--clusterrole=namespacer', '--user=dev']);
    const label = ['label', 'namespace', 'lenient', 'bellwether.dev/ignore=true'];
    const { ok, stderr } = attempt([...label, '--as=dev']);
    expect([ok, stderr]).toEqual([false, expect.stringContaining('it needs the right to "ignore" policyexceptions')]);
    expect(attempt(['label', 'namespace', 'lenient', 'a=b', '--as=dev']).ok).toBe(true);
    expect(attempt(label).ok).toBe(true);
    expect(apply(deployment('any', PRIVILEGED, 1, 'lenient'), '--dry-run=server').ok).toBe(true);
  });

  it('judges live objects alike: owners for what they make, exceptions and labels of the cluster', () => {
    const scan = (...args: string[]) => {
      const { stdout, status } = spawnSync(
        process.execPath,
        [BIN, 'scan', '--live', '--kubeconfig', stage.plane.kubeconfig, '--format', 'json', ...args],
        { encoding: 'utf8', maxBuffer: 2 ** 26 },
      );
      const { findings, errors } = JSON.parse(stdout) as { findings: { policy: string; file: string }[]; errors: unknown[] };
      return { status, errors, found: findings.map(({ policy, file }) => `${policy} ${file}`) };
    };
    const team = scan('--namespace', 'team');
    expect(team).toMatchObject({ status: 1, found: expect.arrayContaining(['privileged live:Deployment/team/old']) as string[] });
    expect(team.found).not.toContain('privileged live:Deployment/team/good');
    expect(team.found.filter((text) => /live:\w+\/(kube-system|prod)\//.test(text))).toEqual([]);
    const all = scan('--only', 'netpol-missing,cluster-admin-binding');
    expect(all.found).toEqual(expect.arrayContaining(['netpol-missing live:Deployment/team/good']));
    expect(team.errors.map((one) => JSON.stringify(one)).join()).toContain('expiresAt is 2099-01-01');
  });

  it('tells what it did in its metrics', async () => {
    const text = await replica.metrics();
    expect(text).toMatch(
      /bellwether_admission_reviews_total\{webhook="pod-security",operation="CREATE",kind="Deployment",outcome="denied"\} [1-9]/,
    );
    expect(text).toMatch(/bellwether_admission_certificate_expiry_timestamp_seconds\{certificate="leaf"\} \d{10}/);
    expect(text).not.toMatch(/bellwether_admission_fallbacks_total\{/);
  });
});
