import type { Policy } from '../model/policy.ts';
import { policyPack } from '../pack/parse-pack.ts';
import { createPolicySet } from './policy-set.ts';
import { parseMinor } from './profile.ts';

const ids = (...args: Parameters<typeof createPolicySet> extends [unknown, ...infer Rest] ? Rest : never): string[] =>
  createPolicySet(policyPack(), ...args).policies.map(({ policy }) => policy.id);
const waiting: Policy = {
  ...policyPack()[0]!,
  id: 'waits-for-params',
  requiredParams: ['max'],
  parseParams: (given) => {
    if (given === undefined) throw new Error('max is missing');
    return given as Policy['defaultParams'];
  },
};

describe('createPolicySet', () => {
  it('takes the Pod Security Standards for baseline and restricted', () => {
    const { policies } = createPolicySet(policyPack(), { profile: 'baseline' });
    expect(policies.length).toBe(14);
    expect(policies.every(({ policy, action }) => policy.pss?.level === 'baseline' && action === 'deny')).toBe(true);
    expect(ids({ profile: 'restricted' }).length).toBe(20);
  });

  it('leaves out controls that a version does not have yet', () => {
    expect(ids({ profile: 'restricted', pssMinor: 33 })).not.toContain('host-probes-lifecycle');
    expect(ids({ profile: 'restricted', pssMinor: 34 })).toContain('host-probes-lifecycle');
  });

  it('denies from severity high in other profiles and warns below', () => {
    const { policies } = createPolicySet(policyPack(), { profile: 'recommended' });
    expect(policies.every(({ severity, action }) => action === (severity === 'high' || severity === 'critical' ? 'deny' : 'warn'))).toBe(
      true,
    );
    expect(policies.some(({ severity }) => severity === 'low')).toBe(false);
    expect(policies.some(({ policy: { group } }) => group === 'api' || group === 'cluster')).toBe(false);
  });

  it('takes named policies, whatever the profile', () => {
    expect(ids({ profile: 'baseline', only: ['api-removed', 'privileged'] }).sort()).toEqual(['api-removed', 'privileged']);
  });

  it('adds what gets an action, drops what is off, and takes severities from the user', () => {
    const { policies } = createPolicySet(policyPack(), {
      profile: 'baseline',
      actions: { 'api-removed': 'audit', privileged: 'off' },
      severities: { hostpath: 'low' },
    });
    expect(policies.find(({ policy }) => policy.id === 'api-removed')?.action).toBe('audit');
    expect(policies.find(({ policy }) => policy.id === 'privileged')).toBeUndefined();
    expect(policies.find(({ policy }) => policy.id === 'hostpath')?.severity).toBe('low');
  });

  it('keeps a policy that waits for params out of profiles until it gets them', () => {
    const idsWith = (params: Record<string, unknown>) =>
      createPolicySet([waiting], { profile: 'strict', params }).policies.map(({ policy }) => policy.id);
    expect(idsWith({})).toEqual([]);
    expect(idsWith({ 'waits-for-params': { max: 1 } })).toEqual(['waits-for-params']);
    expect(() => createPolicySet([waiting], { only: ['waits-for-params'] })).toThrow('max is missing');
  });

  it('tells every id that does not exist', () => {
    expect(() => createPolicySet(policyPack(), { only: ['privleged'], params: { nope: {} } })).toThrow(
      /no policy privleged[\s\S]*no policy nope/,
    );
  });
});

describe('parseMinor', () => {
  it.each([
    ['latest', 37],
    ['1.24', 24],
    ['v1.24', 24],
    ['1.24.3', 24],
    ['1.99', 37],
    ['1.0', 0],
    ['2.0', undefined],
    ['', undefined],
    ['1.x', undefined],
  ])('reads %s', (text, minor) => expect(parseMinor(text)).toBe(minor));
});
