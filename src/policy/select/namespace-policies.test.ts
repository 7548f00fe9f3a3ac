import { policyPack } from '../pack/parse-pack.ts';
import { createPolicyChooser, type NamespacePoliciesOptions } from './namespace-policies.ts';

const chooser = (options: Partial<NamespacePoliciesOptions> = {}) =>
  createPolicyChooser(policyPack(), { selection: { profile: 'baseline' }, ...options });
const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'a' }, spec });
const PRIVILEGED = pod({ containers: [{ name: 'app', image: 'x:1', securityContext: { privileged: true } }] });
const ROOT = pod({ containers: [{ name: 'app', image: 'x:1' }] });
const verdicts = (policies: ReturnType<ReturnType<typeof chooser>['in']>, object: object, only?: readonly string[]): string[] =>
  policies
    .evaluate(object as never, {})
    .map(({ policy, action }) => `${policy} ${action}`)
    .filter((text) => only === undefined || only.some((id) => text.startsWith(`${id} `)))
    .sort();

describe('createPolicyChooser', () => {
  it('takes the configured profile where a namespace says nothing', () => {
    expect(verdicts(chooser().in('a'), PRIVILEGED)).toEqual(['privileged deny']);
    expect(verdicts(chooser().in(undefined), PRIVILEGED)).toEqual(['privileged deny']);
  });

  it('denies what the enforce label of Pod Security asks for, at its version', () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'v1.8' };
    expect(verdicts(chooser().in('a', labels), ROOT)).toEqual(['privilege-escalation deny', 'run-as-non-root deny']);
  });

  it('only warns of the configured standards where the label allows more', () => {
    expect(verdicts(chooser().in('a', { 'pod-security.kubernetes.io/enforce': 'privileged' }), PRIVILEGED)).toEqual(['privileged warn']);
    const odd = { 'pod-security.kubernetes.io/enforce': 'nonsense' };
    expect(verdicts(chooser().in('a', odd), PRIVILEGED)).toEqual(['privileged deny']);
    const ignored = chooser({ podSecurityLabels: false }).in('a', { 'pod-security.kubernetes.io/enforce': 'privileged' });
    expect(verdicts(ignored, PRIVILEGED)).toEqual(['privileged deny']);
  });

  it('adds warn and audit labels, each finding once with its strongest action', () => {
    const labels = { 'pod-security.kubernetes.io/warn': 'restricted', 'pod-security.kubernetes.io/audit': 'restricted' };
    expect(verdicts(chooser().in('a', labels), PRIVILEGED, ['privileged', 'seccomp-required'])).toEqual([
      'privileged deny',
      'seccomp-required warn',
    ]);
  });

  it('follows our own labels: another profile, a weaker action', () => {
    const labels = { 'bellwether.dev/profile': 'restricted', 'bellwether.dev/mode': 'warn' };
    expect(verdicts(chooser().in('a', labels), ROOT, ['run-as-non-root'])).toEqual(['run-as-non-root warn']);
  });

  it('takes the first rule that fits a namespace by name and label, over the selection of all', () => {
    const rules = [
      { names: ['dev-*'], labels: { team: 'a*' }, selection: { actions: { privileged: 'warn' as const } } },
      { names: ['*'], selection: {}, mode: 'audit' as const },
    ];
    expect(verdicts(chooser({ rules }).in('dev-1', { team: 'alpha' }), PRIVILEGED)).toEqual(['privileged warn']);
    expect(verdicts(chooser({ rules }).in('dev-1', { team: 'b' }), PRIVILEGED)).toEqual(['privileged audit']);
    expect(verdicts(chooser({ rules }).in(undefined), PRIVILEGED)).toEqual(['privileged deny']);
  });

  it('splits what two webhooks judge', () => {
    const all = chooser({ selection: { profile: 'recommended' } });
    const split = (part: 'pod-security' | 'others') => verdicts(all.in('a', {}, part), PRIVILEGED);
    expect(split('pod-security')).toContain('privileged deny');
    expect(split('others')).not.toContain('privileged deny');
    expect([...split('pod-security'), ...split('others')].sort()).toEqual(verdicts(all.in('a'), PRIVILEGED));
  });

  it('refuses a wrong selection of a rule when it is made', () => {
    expect(() => chooser({ rules: [{ selection: { actions: { nope: 'warn' } } }] })).toThrow('there is no policy nope');
  });
});
