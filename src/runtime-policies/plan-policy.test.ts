import { makePolicy, modeOf, POLICY_ANNOTATIONS } from './make-policy.ts';
import { planPolicy, promotionProblem } from './plan-policy.ts';
import { checkRequest, type PolicyRequest } from './policy-request.ts';
import type { TracingPolicy } from './template.ts';

const request = (change: Partial<PolicyRequest> = {}) =>
  checkRequest(
    { template: 'file-read', namespace: 'shop', podLabels: ['app=cart'], paths: ['/etc/shadow'], cidrs: [], exceptBinaries: [], ...change },
    [],
  );
const NOW = '2026-05-11T12:00:00Z';
const nowMs = Date.parse(NOW);
const DAY_MS = 86_400_000;

/** As it is in the cluster once it was written. */
const live = (mode: 'monitor' | 'enforce' = 'monitor', change: Partial<PolicyRequest> = {}): TracingPolicy => {
  const policy = makePolicy(request(change), mode, { appliedBy: 'ann', watchedSince: '2026-05-01T00:00:00Z' });
  const { metadata } = policy;
  return {
    ...policy,
    metadata: { ...metadata, generation: 3, annotations: { ...metadata.annotations, [POLICY_ANNOTATIONS.generation]: '3' } },
  };
};

describe('planPolicy', () => {
  it('makes a policy that watches, for the chosen pods alone', () => {
    const plan = planPolicy(request(), undefined, 'ann', NOW);
    expect(plan).toMatchObject({ outcome: 'create', mode: 'monitor' });
    expect(plan.policy).toMatchObject({
      metadata: { name: 'bellwether-file-read', namespace: 'shop' },
      spec: { podSelector: { matchLabels: { app: 'cart' } }, options: [{ name: 'policy-mode', value: 'monitor' }] },
    });
    expect(plan.diff).toContain('+ /spec/podSelector/matchLabels/app: "cart"');
  });

  it('changes nothing where all is as asked for, whatever the mode, and keeps since when it is watched', () => {
    const plan = planPolicy(request(), live('enforce'), 'ben', NOW);
    expect(plan).toMatchObject({ outcome: 'unchanged', mode: 'enforce', diff: [] });
  });

  it('shows what would change, and watches changed content anew, also where it was enforced', () => {
    const plan = planPolicy(request({ paths: ['/etc/shadow', '/srv/key'] }), live('enforce'), 'ben', NOW);
    expect(plan).toMatchObject({ outcome: 'change', mode: 'monitor' });
    expect(plan.diff).toEqual([
      '+ /spec/kprobes/0/selectors/0/matchArgs/0/values/1: "/srv/key"',
      '- /spec/options/0/value: "enforce"',
      '+ /spec/options/0/value: "monitor"',
    ]);
    expect(plan.notes[0]).toContain('watched first');
    expect(plan.policy.metadata.annotations?.[POLICY_ANNOTATIONS.watchedSince]).toBe(NOW);
  });

  it('shows a label and a value that go', () => {
    const plan = planPolicy(
      request(),
      live('monitor', { podLabels: ['app=cart', 'tier=web'], paths: ['/etc/shadow', '/srv/key'] }),
      'ben',
      NOW,
    );
    expect(plan.diff).toEqual([
      '- /spec/podSelector/matchLabels/tier: "web"',
      '- /spec/kprobes/0/selectors/0/matchArgs/0/values/1: "/srv/key"',
    ]);
  });

  it('takes a change by hand for another content', () => {
    const touched = { ...live(), metadata: { ...live().metadata, generation: 4 } };
    expect(planPolicy(request(), touched, 'ann', NOW).outcome).toBe('change');
  });

  it('leaves a policy alone that is not ours', () => {
    const { labels: _, ...metadata } = live().metadata;
    expect(planPolicy(request(), { ...live(), metadata }, 'ann', NOW)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('not ours'),
    });
  });
});

describe('promotionProblem', () => {
  const approval = { by: 'ann', reason: 'a week without a hit' };
  const problem = (policy: TracingPolicy, change: Partial<typeof approval> = {}, watchedMs = DAY_MS): string | undefined =>
    promotionProblem(policy, { ...approval, ...change }, { nowMs, watchedSinceMs: nowMs - watchedMs, leastWatchedMs: DAY_MS });

  it('lets a policy pass that was watched for long enough and is approved by name and reason', () => {
    expect(problem(live())).toBeUndefined();
    expect(modeOf(live())).toBe('monitor');
  });

  it.each([
    ['nobody approves it', live(), { by: ' ' }, DAY_MS, 'names who'],
    ['nobody says why', live(), { reason: 'ok' }, DAY_MS, 'names who'],
    ['it is enforced', live('enforce'), {}, DAY_MS, 'already'],
    ['somebody changed it', { ...live(), metadata: { ...live().metadata, generation: 9 } }, {}, DAY_MS, 'changed by somebody else'],
    ['it was not watched for long', live(), {}, DAY_MS - 90_000, '2 minutes more'],
  ])('says no where %s', (_, policy, change, watchedMs, message) => {
    expect(problem(policy, change, watchedMs)).toContain(message);
  });
});
