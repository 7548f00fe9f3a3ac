import { describe, expect, it } from '@jest/globals';
import { MITIGATION_TTL } from '../conventions/index.ts';
import { BellwetherError } from '../platform/index.ts';
import { FAKE_ROUTE_KIND } from '../testing/fake-back-end.ts';
import { condition, inForce, limits, route } from '../testing/mitigation-in-force.ts';
import { alertAbout, approvedBy, createMitigationStage, type MitigationStage } from '../testing/mitigation-stage.ts';
import { reap } from './reaper.ts';

const MINUTE = 60_000;
const LIMITS = [{ group: 'fake.example.com', version: 'v1', kind: 'Limit', resource: 'limits' }];

// The safety list of the design, by number. Points 13, 14 (page), 15, 23 and 24 have parts outside of the engine: test/mitigation and test/integration/mitigation.test.ts.
describe('createEngine, the safety list to 12', () => {
  it('1. gives every action an end: 15 minutes, 4 hours at most, written onto the object itself', async () => {
    const stage = await inForce();
    const [limit] = limits(stage);
    expect(limit?.metadata.annotations?.['bellwether.dev/mitigation-expires-at']).toBe(stage.mitigation('m').status?.expiresAt);
    expect(Date.parse(stage.mitigation('m').status?.expiresAt ?? '') - stage.clock.nowMs()).toBe(15 * MINUTE);
    const long = createMitigationStage();
    long.ask('m', { ttlSeconds: 999_999, approval: approvedBy('ann', long.clock) });
    await long.engine.round();
    expect(Date.parse(long.mitigation('m').status?.expiresAt ?? '') - long.clock.nowMs()).toBe(MITIGATION_TTL.max * 1000);
    stage.clock.advance(15 * MINUTE);
    await stage.engine.round();
    expect(limits(stage)).toEqual([]);
    expect(stage.mitigation('m').status).toMatchObject({ phase: 'Ended', endCause: 'expired' });
    expect(condition(stage, 'm', 'Expired')?.status).toBe('True');
    expect(condition(stage, 'm', 'Reverted')?.status).toBe('True');
  });

  it('2. lets the reaper remove what is past its end without engine and Mitigation', async () => {
    const stage = await inForce();
    const deps = { client: stage.cluster.client, clock: stage.clock };
    expect(await reap(deps, LIMITS, { aheadMs: 0 })).toMatchObject({ found: 1, removed: [] });
    stage.clock.advance(14.5 * MINUTE);
    // Half a minute before the end it waits for it.
    expect((await reap(deps, LIMITS, { aheadMs: MINUTE })).removed).toEqual(['Limit shop/bellwether-mit-m']);
    expect(limits(stage)).toEqual([]);
  });

  it('3. restores what stood there before, also "absent", and may be told so twice', async () => {
    for (const before of [undefined, { 'fake.example.com/rate': '900', 'team.example.com/keep': 'yes' }]) {
      const stage = createMitigationStage({ style: 'field' });
      const original = {
        ...FAKE_ROUTE_KIND,
        metadata: { name: 'route-0', namespace: 'shop', ...(before ? { annotations: before } : {}) },
        spec: { workload: 'workload-0' },
      };
      stage.cluster.put(original);
      stage.ask('m', { approval: approvedBy('ann', stage.clock) });
      await stage.engine.round();
      expect(route(stage)?.metadata.annotations).toMatchObject({ 'fake.example.com/rate': '12' });
      stage.change('m', { revoked: approvedBy('ann', stage.clock) });
      await stage.engine.round();
      await stage.engine.round();
      expect(route(stage)?.metadata.annotations).toEqual(before);
      expect(route(stage)?.metadata.labels).toBeUndefined();
      expect(stage.mitigation('m').status).toMatchObject({ phase: 'Ended', endCause: 'revoked' });
    }
  });

  it('3. leaves a value alone that somebody else changed meanwhile', async () => {
    const stage = createMitigationStage({ style: 'field' });
    stage.ask('m', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    await stage.cluster.client.patch({ ...FAKE_ROUTE_KIND, namespace: 'shop', name: 'route-0' }, [
      { op: 'replace', path: '/metadata/annotations/fake.example.com~1rate', value: '77' },
    ]);
    stage.change('m', { revoked: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(route(stage)?.metadata.annotations).toEqual({ 'fake.example.com/rate': '77' });
  });

  it('4. refuses to touch an object that is there already and not ours', async () => {
    const stage = createMitigationStage();
    stage.cluster.put({
      apiVersion: 'fake.example.com/v1',
      kind: 'Limit',
      metadata: { name: 'bellwether-mit-m', namespace: 'shop' },
      spec: { rate: 1 },
    });
    stage.ask('m', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.mitigation('m').status).toMatchObject({ phase: 'Ended', endCause: 'failed' });
    expect(condition(stage, 'm', 'Failed')?.message).toContain('does not belong to this mitigation');
    expect(limits(stage)[0]?.spec).toEqual({ rate: 1 });
  });

  it('5. does nothing a second time', async () => {
    const stage = await inForce();
    for (let i = 0; i < 3; i++) {
      stage.restart();
      await stage.engine.round();
    }
    expect([...stage.cluster.created].filter(([key]) => key.includes('|Limit|'))).toEqual([
      ['fake.example.com/v1|Limit|shop|bellwether-mit-m', 1],
    ]);
  });

  it.each([
    ['6. holds back the sixth in the cluster', { budget: { perNamespace: 9 } }, 5, 'budget_global'],
    ['6. holds back the third in a namespace', {}, 2, 'budget_namespace'],
    ['6. holds back what would limit more than a fifth of the routes', { budget: { perNamespace: 9 }, routes: 2 }, 1, 'budget_routes'],
  ])('%s', async (_name, { budget = {}, routes = 40 }: { budget?: object; routes?: number }, most, guard) => {
    const defaults = { global: 5, perNamespace: 2, routeShare: 0.2, cooldownMs: 0, flapCycles: 3, flapWindowMs: 0 };
    const stage = createMitigationStage({ routes: Math.max(routes, 10), options: { budget: { ...defaults, ...budget } } });
    if (routes === 2)
      for (const { metadata } of stage.cluster.all('FakeRoute'))
        if (metadata.namespace !== 'shop' || Number(metadata.name.slice(6)) > 5)
          await stage.cluster.client.delete({ ...FAKE_ROUTE_KIND, name: metadata.name, namespace: metadata.namespace ?? '' });
    for (let i = 0; i < 6; i++)
      stage.ask(`m${i}`, { target: { kind: 'FakeRoute', name: `route-${i}` }, approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(limits(stage)).toHaveLength(most);
    const refused = stage.transitions.filter(({ to }) => to.endCause === 'refused');
    expect(refused).toHaveLength(6 - most);
    expect(refused.every((one) => one.guard === guard)).toBe(true);
  });

  it('7. lets a target rest for ten minutes, and after three cycles within an hour leaves it to people', async () => {
    const stage = createMitigationStage({ options: { approval: { expiresMs: 10 * MINUTE, autoScore: 2 } } });
    const guards: (string | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      for (const again of ['a', 'b']) {
        stage.ask(`m${i}${again}`, { alert: alertAbout(), ttlSeconds: 60 });
        await stage.engine.round();
        guards.push(stage.transitions.filter(({ mitigation }) => mitigation.metadata.name === `m${i}${again}`)[0]?.guard);
        stage.clock.advance(MINUTE);
        await stage.engine.round();
      }
      stage.clock.advance(10 * MINUTE);
    }
    expect(guards).toEqual([undefined, 'cooldown', undefined, 'cooldown', undefined, 'cooldown', 'flapping', 'flapping']);
    stage.ask('by-hand', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.mitigation('by-hand').status?.phase).toBe('Applied');
  });

  it('8. takes back what makes failures more frequent, and then begins nothing for half an hour', async () => {
    const stage = await inForce();
    stage.answers['failures{'] = 0.2;
    await stage.engine.round();
    expect(stage.mitigation('m').status).toMatchObject({ phase: 'Ended', endCause: 'harm' });
    expect(limits(stage)).toEqual([]);
    stage.ask('next', { target: { kind: 'FakeRoute', name: 'route-1' }, approval: approvedBy('ann', stage.clock) });
    const { breaker } = await stage.engine.round();
    expect(breaker).toContain('did harm');
    expect(stage.transitions.at(-1)?.guard).toBe('breaker');
    stage.clock.advance(31 * MINUTE);
    stage.restart();
    stage.ask('later', { target: { kind: 'FakeRoute', name: 'route-1' }, approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.mitigation('later').status?.phase).toBe('Applied');
  });

  it('8. opens the breaker when calls to the API fail', async () => {
    const stage = await inForce();
    stage.change('m', { revoked: approvedBy('ann', stage.clock) });
    stage.cluster.onWrite = (verb) => {
      if (verb === 'delete') throw new BellwetherError('upstream_unavailable', 'down');
    };
    for (let i = 0; i < 5; i++) await stage.engine.round();
    expect(stage.mitigation('m').status?.phase).toBe('Reverting');
    expect((await stage.engine.round()).breaker).toContain('calls to the Kubernetes API failed');
    stage.cluster.onWrite = () => undefined;
    await stage.engine.round();
    expect(stage.mitigation('m').status?.phase).toBe('Ended');
  });

  it('9. begins nothing for an alert without a fresh score, and lets what runs come to its end', async () => {
    for (const age of [undefined, 121]) {
      const stage = await inForce({ options: { approval: { expiresMs: 10 * MINUTE, autoScore: 1 } } });
      stage.answers['time() - max(timestamp(anomaly_score'] = age;
      stage.ask('next', { target: { kind: 'FakeRoute', name: 'route-1' }, alert: alertAbout('workload-1') });
      await stage.engine.round();
      expect(stage.transitions.at(-1)).toMatchObject({ guard: 'stale_signal' });
      expect(stage.mitigation('m').status?.phase).toBe('Applied');
      stage.clock.advance(15 * MINUTE);
      await stage.engine.round();
      expect(stage.mitigation('m').status?.endCause).toBe('expired');
    }
  });

  it('10. runs dry unless request, back-end and namespace all say enforce', async () => {
    for (const [mode, backEndMode, namespace] of [
      ['dryRun', 'enforce', 'shop'],
      ['enforce', 'dryRun', 'shop'],
      ['enforce', 'enforce', 'quiet'],
    ] as const) {
      const stage = createMitigationStage({ options: { backEnds: [{ name: 'fake-object', mode: backEndMode }] } });
      stage.ask('m', { mode }, namespace);
      await stage.engine.round();
      expect(stage.mitigation('m', namespace).status).toMatchObject({ phase: 'Applied', mode: 'dryRun' });
      expect(limits(stage)[0]?.spec).toMatchObject({ dryRun: true });
    }
  });

  it('11. asks a person, names who approved, and gives up after ten minutes', async () => {
    const stage = createMitigationStage();
    stage.ask('m', { alert: alertAbout() });
    await stage.engine.round();
    expect(stage.mitigation('m').status).toMatchObject({ phase: 'AwaitingApproval' });
    expect(limits(stage)).toEqual([]);
    stage.clock.advance(9 * MINUTE);
    stage.change('m', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.mitigation('m').status?.phase).toBe('Applied');
    stage.ask('late', { target: { kind: 'FakeRoute', name: 'route-1' } });
    await stage.engine.round();
    stage.clock.advance(10 * MINUTE + 1);
    stage.change('late', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.mitigation('late').status).toMatchObject({ phase: 'Ended', endCause: 'approval_expired' });
  });

  it('11. goes ahead by itself only with a reversible style, a score above the bar and clients that are told apart', async () => {
    const auto = { approval: { expiresMs: 10 * MINUTE, autoScore: 2 } };
    const phase = async (style: 'object' | 'field', change: (stage: MitigationStage) => void) => {
      const stage = createMitigationStage({ style, options: auto });
      change(stage);
      stage.ask('m', { alert: alertAbout() });
      await stage.engine.round();
      return stage.mitigation('m').status?.phase;
    };
    expect(await phase('object', () => undefined)).toBe('Applied');
    expect(await phase('field', () => undefined)).toBe('AwaitingApproval');
    expect(await phase('object', ({ answers }) => (answers['max(max_over_time(anomaly_score'] = 1.9))).toBe('AwaitingApproval');
    expect(await phase('object', ({ answers }) => (answers['largest{'] = undefined))).toBe('AwaitingApproval');
  });

  it('12. never touches a protected namespace, whoever approves', async () => {
    const stage = createMitigationStage();
    stage.ask('m', { approval: approvedBy('ann', stage.clock) }, 'kube-system');
    await stage.engine.round();
    expect(stage.transitions).toMatchObject([{ guard: 'protected' }]);
    expect(stage.mitigation('m', 'kube-system').status?.message).toContain('kube-system is protected');
    expect(limits(stage)).toEqual([]);
  });
});
