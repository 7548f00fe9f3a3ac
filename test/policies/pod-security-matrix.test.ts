import { createPolicySet, evaluate, type JsonRecord, LATEST_PSS_MINOR, newFindings, policyPack } from '../../src/policy/index.ts';
import { POD_HOLDERS } from './pod-holders.ts';
import { CONTAINER_CASES, POD_CASES, type PodSecurityCase } from './pod-security-cases.ts';

/** A pod that restricted accepts in every version. */
const securePod = (): { containers: JsonRecord[] } & JsonRecord => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [secureContainer('app')],
});
const secureContainer = (name: string): JsonRecord => ({
  name,
  image: 'registry.example.com/app:1.0',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

const POSITIONS = [
  { position: 'container', field: 'containers', extra: {} },
  { position: 'init container', field: 'initContainers', extra: {} },
  { position: 'sidecar', field: 'initContainers', extra: { restartPolicy: 'Always' } },
  { position: 'ephemeral container', field: 'ephemeralContainers', extra: {} },
] as const;

const asPod = (spec: JsonRecord): JsonRecord => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });
const HOLDERS = [{ kind: 'Pod', prefix: '', wrap: (pod: JsonRecord) => pod }, ...POD_HOLDERS];

const withContainer = ({ security, container, pod }: PodSecurityCase, field: string, extra: JsonRecord): JsonRecord => {
  const secure = secureContainer('tested');
  const tested = { ...secure, ...container, ...extra, securityContext: { ...(secure.securityContext as JsonRecord), ...security } };
  const spec: JsonRecord = { ...securePod(), ...pod };
  return field === 'containers' ? { ...spec, containers: [tested] } : { ...spec, [field]: [tested] };
};

const sets = new Map<string, ReturnType<typeof createPolicySet>>();
const setOf = (profile: 'baseline' | 'restricted', pssMinor: number) => {
  const key = `${profile}/${pssMinor}`;
  const set = sets.get(key) ?? createPolicySet(policyPack(), { profile, pssMinor });
  sets.set(key, set);
  return set;
};

/** Compares the verdict of the tested policy with the table, in every version and both levels. */
const expectVersions = (test: PodSecurityCase, object: JsonRecord, path: string): void => {
  const wrong: string[] = [];
  for (const profile of ['baseline', 'restricted'] as const) {
    for (let minor = 0; minor <= LATEST_PSS_MINOR; minor++) {
      // Restricted never relaxes procMount.
      const before = test.policy === 'proc-mount' && profile === 'restricted' ? undefined : test.before;
      const isRejected =
        (test.level === 'baseline' || profile === 'restricted') && minor >= test.from && (before === undefined || minor < before);
      const found = evaluate(object, { policies: setOf(profile, minor) }).filter(({ policy }) => policy === test.policy);
      const isFound = found.some((finding) => finding.path === path);
      if (isRejected ? !isFound : found.length > 0)
        wrong.push(`${profile} 1.${minor}: ${found.map((finding) => finding.path).join(' ') || 'accepted'}`);
    }
  }
  expect(wrong).toEqual([]);
};

describe('Pod Security Standards', () => {
  it.each(HOLDERS)('accept a secure pod in a $kind, in every version', ({ wrap }) => {
    for (const profile of ['baseline', 'restricted'] as const)
      for (let minor = 0; minor <= LATEST_PSS_MINOR; minor++)
        expect(evaluate(wrap(asPod(securePod())), { policies: setOf(profile, minor) })).toEqual([]);
  });

  describe.each(HOLDERS)('in a $kind', ({ wrap, prefix }) => {
    it.each(CONTAINER_CASES)('reject $name in every container position, in the versions that do', (test) => {
      for (const { field, extra } of POSITIONS)
        expectVersions(test, wrap(asPod(withContainer(test, field, extra))), `${prefix}/spec/${field}/0${test.path}`);
    });

    it.each(POD_CASES)('reject $name in the versions that do', (test) => {
      expectVersions(test, wrap(asPod({ ...securePod(), ...test.pod })), `${prefix}/spec${test.path}`);
    });
  });

  it.each(CONTAINER_CASES.filter(({ before }) => before === undefined))(
    'let an update pass that has $name already, and stop one that adds it',
    (test) => {
      const policies = setOf('restricted', LATEST_PSS_MINOR);
      const bad = evaluate(asPod(withContainer(test, 'containers', {})), { policies });
      const good = evaluate(asPod(securePod()), { policies });
      expect(newFindings(bad, bad)).toEqual([]);
      expect(newFindings(bad, good).map(({ policy }) => policy)).toContain(test.policy);
      expect(newFindings(good, bad)).toEqual([]);
    },
  );
});
