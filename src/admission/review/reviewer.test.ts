import { jest } from '@jest/globals';
import { Registry } from 'prom-client';
import { ADMISSION_METRICS, PROCESS_METRICS } from '../../conventions/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import { type JsonRecord, parsePolicyConfig, policyPack } from '../../policy/index.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createInstruments } from '../../web/index.ts';
import { type AdmissionRequest, parseReview } from './admission-review.ts';
import { createPolicyState } from './policy-state.ts';
import { createReviewer, type ReviewerDeps } from './reviewer.ts';

const pod = (container: object = {}, metadata: object = {}): JsonRecord => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a', ...metadata },
  spec: { containers: [{ name: 'app', image: 'registry.example.com/app:1.2', ...container }] },
});
const PRIVILEGED = { securityContext: { privileged: true } };
const request = (object: JsonRecord | undefined, change: object = {}): AdmissionRequest =>
  parseReview({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      operation: 'CREATE',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name: 'p',
      namespace: 'a',
      userInfo: { username: 'ann' },
      object,
      ...change,
    },
  });

const setUp = (policy: object = { profile: 'baseline' }, change: Partial<ReviewerDeps> = {}, options: object = {}) => {
  const clock = createManualClock(Date.parse('2026-06-01T12:00:00Z'));
  const registry = new Registry();
  const state = createPolicyState(policyPack(), parsePolicyConfig(policy, 'test', clock.nowMs()));
  const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() } as unknown as ReviewerDeps['log'] & { error: jest.Mock };
  const deps: ReviewerDeps = {
    clock,
    log,
    state: () => state.current,
    namespace: () => undefined,
    instruments: createInstruments({ ...PROCESS_METRICS, ...ADMISSION_METRICS }, registry),
    ...change,
  };
  const reviewer = createReviewer(deps, () => ({ deadlineMs: 2000, fallback: 'allow', docsUrl: 'https://docs/', ...options }));
  return { clock, registry, state, log, review: (one: AdmissionRequest) => reviewer(one, 'all', clock.monotonicMs()) };
};

describe('createReviewer', () => {
  it('denies with policy, place, value, what to write instead and where to read on', async () => {
    const { review, registry } = setUp();
    const { allowed, message, auditAnnotations } = await review(request(pod(PRIVILEGED)));
    expect(allowed).toBe(false);
    expect(message).toContain(
      'Bellwether found one thing that must be changed:\n[privileged] /spec/containers/0/securityContext/privileged',
    );
    expect(message).toMatch(/it is true\. .* See https:\/\/docs\/docs\/policies\/privileged\.md/);
    expect(auditAnnotations).toEqual({ findings: 'deny:privileged' });
    expect(await registry.metrics()).toContain(
      'bellwether_admission_reviews_total{webhook="all",operation="CREATE",kind="Pod",outcome="denied"} 1',
    );
  });

  it('lets an update pass that adds nothing new, and stops one that does', async () => {
    const { review } = setUp();
    const update = (object: JsonRecord, oldObject: JsonRecord) => review(request(object, { operation: 'UPDATE', oldObject }));
    const kept = await update(pod(PRIVILEGED, { labels: { a: 'b' } }), pod(PRIVILEGED));
    expect(kept).toMatchObject({ allowed: true, auditAnnotations: { kept: '1 findings that the object had before' } });
    expect((await update(pod(PRIVILEGED), pod())).allowed).toBe(false);
  });

  it('never stops a deletion', async () => {
    const { review } = setUp();
    expect(await review(request(undefined, { operation: 'DELETE', oldObject: pod(PRIVILEGED) }))).toEqual({ allowed: true });
  });

  it('warns of what controllers make only where it was written', async () => {
    const { review } = setUp({ profile: 'baseline', policies: { privileged: { action: 'warn' } } });
    expect((await review(request(pod(PRIVILEGED)))).warnings).toHaveLength(1);
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', controller: true }];
    const made = await review(request(pod(PRIVILEGED, { ownerReferences })));
    expect(made).toMatchObject({ allowed: true, warnings: [], auditAnnotations: { findings: 'warn:privileged' } });
  });

  it('judges by the labels of the namespace, and asks for one that is not known yet', async () => {
    const labels = { 'bellwether.dev/mode': 'audit' };
    const known = setUp({}, { namespace: () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels } }) });
    expect((await known.review(request(pod(PRIVILEGED)))).allowed).toBe(true);
    const find = async () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels } });
    expect((await setUp({}, { client: { find: find as never } }).review(request(pod(PRIVILEGED)))).allowed).toBe(true);
    const silent = { find: () => Promise.reject(new BellwetherError('timeout', 'late')) };
    expect((await setUp({}, { client: silent }).review(request(pod(PRIVILEGED)))).allowed).toBe(false);
  });

  it('reads what is scaled and judges it with the new number', async () => {
    const policy = { profile: 'baseline', policies: { 'replicas-range': { action: 'deny', params: { max: 10 } } } };
    const current = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'p', namespace: 'a' },
      spec: { replicas: 3, template: {} },
    };
    const scale = (replicas: number): AdmissionRequest =>
      request(
        { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas } },
        {
          operation: 'UPDATE',
          subResource: 'scale',
          kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        },
      );
    const { review } = setUp(policy, { client: { find: (async () => current) as never } });
    expect((await review(scale(5))).allowed).toBe(true);
    expect(await review(scale(50))).toMatchObject({ allowed: false, message: expect.stringContaining('/spec/replicas') as string });
  });

  it('answers the configured fallback, counted and logged, where the deadline is over', async () => {
    for (const fallback of ['allow', 'deny'] as const) {
      let lateMs = 0;
      const clock = createManualClock(0);
      const slowClock = { ...clock, monotonicMs: () => lateMs };
      const namespace = (): undefined => {
        lateMs = 2001;
      };
      const { review, registry, log } = setUp({}, { clock: slowClock, namespace }, { fallback });
      expect(await review(request(pod()))).toMatchObject({ allowed: fallback === 'allow', auditAnnotations: { fallback: 'timeout' } });
      expect(log.error).toHaveBeenCalledTimes(1);
      expect(await registry.metrics()).toContain('bellwether_admission_fallbacks_total{reason="timeout"} 1');
    }
  });

  it('remembers the use of an exception, but not of a dry run', async () => {
    const exception = { policies: ['privileged'], match: { names: ['p'] }, reason: 'r', owner: 'o', expiresAt: '2026-06-05' };
    const { review, state, clock } = setUp({ profile: 'baseline', exceptions: [exception] });
    expect(await review(request(pod(PRIVILEGED), { dryRun: true }))).toMatchObject({
      allowed: true,
      auditAnnotations: { exceptions: 'test: exceptions[0]' },
    });
    expect(state.countExceptions(clock.nowMs())).toEqual({ used: 0, unused: 1, expiring: 1, expired: 0, invalid: 0 });
    await review(request(pod(PRIVILEGED)));
    expect(state.countExceptions(clock.nowMs())).toMatchObject({ used: 1, unused: 0 });
  });
});
