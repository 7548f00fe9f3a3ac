import { describe, expect, it } from '@jest/globals';
import { condition, inForce, limits } from '../testing/mitigation-in-force.ts';
import { alertAbout, approvedBy, createMitigationStage } from '../testing/mitigation-stage.ts';

const MINUTE = 60_000;

// The safety list of the design, by number. Points 13, 14 (page), 15, 23 and 24 have parts outside of the engine: test/mitigation and test/integration/mitigation.test.ts.
describe('createEngine, the safety list from 13', () => {
  it('14. begins nothing while switched off, and takes everything back when told to', async () => {
    const stage = await inForce();
    stage.state.off = 'switched off by the ConfigMap';
    stage.ask('next', { target: { kind: 'FakeRoute', name: 'route-1' }, approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.transitions.at(-1)).toMatchObject({ guard: 'kill_switch' });
    expect(limits(stage)).toHaveLength(1);
    stage.state.revertAll = true;
    await stage.engine.round();
    expect(limits(stage)).toEqual([]);
    expect(stage.mitigation('m').status?.endCause).toBe('revert_all');
  });

  it('15. writes nothing while another leads', async () => {
    const stage = createMitigationStage();
    stage.state.leads = false;
    stage.ask('m', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.mitigation('m').status).toBeUndefined();
  });

  it('16. tells each step with what was before and after', async () => {
    const stage = await inForce();
    stage.change('m', { revoked: { ...approvedBy('bea', stage.clock), reason: 'all clear' } });
    await stage.engine.round();
    expect(stage.transitions.map(({ from, to }) => [from, to.phase])).toEqual([
      ['Pending', 'Applying'],
      ['Applying', 'Applied'],
      ['Applied', 'Reverting'],
      ['Reverting', 'Ended'],
    ]);
    expect(stage.mitigation('m').status).toMatchObject({
      message: 'taken back by bea: all clear',
      trigger: { requestsPerSecond: 40, failureRatio: 0.01 },
    });
  });

  it('17. takes numbers from the target itself, and refuses those below the floor or below what is usual', async () => {
    const stage = await inForce();
    expect(stage.mitigation('m').status?.numbers).toMatchObject({
      requestsPerSecond: 12,
      burst: 60,
      from: expect.stringContaining('usual rate 4/s'),
    });
    const refused = async (requestsPerSecond: number, p95: number) => {
      const other = createMitigationStage();
      other.answers['quantile_over_time(0.95, (client_requests'] = p95;
      other.ask('m', { limit: { requestsPerSecond }, approval: approvedBy('ann', other.clock) });
      await other.engine.round();
      return other.mitigation('m').status?.message;
    };
    expect(await refused(4, 1)).toBe('4 requests per second is below the floor of 5');
    expect(await refused(10, 20)).toContain('below what is usual here: 20 (95th percentile of one client)');
    const unknown = createMitigationStage();
    unknown.answers['quantile_over_time(0.99, (client_requests'] = undefined;
    unknown.ask('m', { approval: approvedBy('ann', unknown.clock) });
    await unknown.engine.round();
    expect(unknown.mitigation('m').status?.message).toContain('nothing is known of the usual traffic');
  });

  it('18. refuses a limit by client where one address sends nearly everything', async () => {
    const stage = createMitigationStage();
    stage.answers['largest{'] = 0.81;
    stage.ask('m', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.transitions).toMatchObject([{ guard: 'shared_client' }]);
    expect(stage.mitigation('m').status?.message).toContain('81 % of the requests come from one address');
  });

  it('19. removes what the data plane does not accept within 30 s, or refuses', async () => {
    const stage = createMitigationStage();
    stage.ask('m', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    stage.clock.advance(30_000);
    await stage.engine.round();
    expect(stage.mitigation('m').status?.phase).toBe('Applied');
    stage.clock.advance(1_000);
    await stage.engine.round();
    expect(stage.mitigation('m').status).toMatchObject({ phase: 'Ended', endCause: 'not_accepted' });
    expect(stage.mitigation('m').status?.message).toContain('did not accept it within 30 s: the controller has not spoken');
    expect(limits(stage)).toEqual([]);
    const other = createMitigationStage();
    other.ask('m', { approval: approvedBy('ann', other.clock) });
    await other.engine.round();
    for (const limit of limits(other)) other.cluster.put({ ...limit, status: { accepted: false, reason: 'Conflicted' } });
    await other.engine.round();
    expect(other.mitigation('m').status?.message).toBe('the data plane did not accept it: Conflicted');
  });

  it('20. calls a limit that turns nothing away ineffective, and one that does effective', async () => {
    const stage = await inForce();
    expect(condition(stage, 'm', 'Effective')?.status).toBe('Unknown');
    stage.clock.advance(2 * MINUTE);
    await stage.engine.round();
    expect(condition(stage, 'm', 'Effective')).toMatchObject({ status: 'False', reason: 'NothingRejected' });
    stage.answers['rejected{'] = 7;
    await stage.engine.round();
    expect(condition(stage, 'm', 'Effective')).toMatchObject({ status: 'True', reason: 'Rejecting' });
    expect(stage.mitigation('m').status?.effect).toMatchObject({ peakRejectedPerSecond: 7 });
  });

  it('21. says when it was in force and over which workload, for masks and inhibition', async () => {
    const stage = createMitigationStage({ options: { approval: { expiresMs: MINUTE, autoScore: 1 } } });
    stage.ask('m', { alert: alertAbout() });
    await stage.engine.round();
    stage.clock.advance(15 * MINUTE);
    await stage.engine.round();
    const { status, spec } = stage.mitigation('m');
    expect(spec.alert?.workload).toEqual({ kind: 'Deployment', name: 'workload-0' });
    expect(Date.parse(status?.endedAt ?? '') - Date.parse(status?.appliedAt ?? '')).toBe(15 * MINUTE);
  });

  it('22. begins nothing while an alert fires that forbids it', async () => {
    const stage = createMitigationStage();
    stage.state.forbidding = ['KubeAPIDown'];
    stage.ask('m', { approval: approvedBy('ann', stage.clock) });
    await stage.engine.round();
    expect(stage.transitions).toMatchObject([{ guard: 'forbidden_alert' }]);
    expect(stage.mitigation('m').status?.message).toContain('KubeAPIDown');
  });

  it('24. puts no finalizer anywhere, and takes objects back whose Mitigation was deleted', async () => {
    const stage = await inForce();
    expect(JSON.stringify(stage.cluster.all('Limit')) + JSON.stringify(stage.cluster.all('Mitigation'))).not.toContain('finalizers');
    await stage.cluster.client.delete({ apiVersion: 'bellwether.dev/v1alpha1', kind: 'Mitigation', name: 'm', namespace: 'shop' });
    stage.clock.advance(15_000);
    expect((await stage.engine.round()).orphans).toEqual(['Limit shop/bellwether-mit-m']);
    expect(limits(stage)).toEqual([]);
  });
});
