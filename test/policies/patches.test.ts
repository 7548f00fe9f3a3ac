import {
  createPolicySet,
  evaluate,
  exampleObject,
  type Finding,
  type JsonRecord,
  joinPointer,
  type PatchStep,
  type Policy,
  parsePointer,
  policyPack,
  runExample,
  valueAt,
} from '../../src/policy/index.ts';

const patchable = policyPack().filter(({ patch }) => patch !== undefined);
const cases = patchable.flatMap((policy) =>
  policy.examples.bad.flatMap((example) =>
    runExample(policy, example).map((finding) => ({ name: `${policy.id}: ${example.name}, ${finding.path}`, policy, example, finding })),
  ),
);

/** RFC 6902, for the two steps that policies make; throws where a program would refuse the step. */
const applied = (object: JsonRecord, steps: readonly PatchStep[]): JsonRecord => {
  const copy = structuredClone(object);
  for (const { op, path, value } of steps) {
    const names = parsePointer(path);
    const last = names.pop()!;
    const parent = valueAt(copy, joinPointer('', ...names)) as Record<string, unknown>;
    if (parent === null || typeof parent !== 'object') throw new Error(`${path} has no parent`);
    if (op === 'replace' && !Object.hasOwn(parent, last)) throw new Error(`${path} is not there`);
    parent[last] = value;
  }
  return copy;
};

const withoutField = (object: JsonRecord, path: string): unknown => {
  const copy = structuredClone(object);
  const names = parsePointer(path);
  const last = names.pop()!;
  const parent = valueAt(copy, joinPointer('', ...names));
  if (parent !== null && typeof parent === 'object') delete (parent as Record<string, unknown>)[last];
  return copy;
};

// Not strict: a pod that leaves the network of its node gets advice about the DNS of the cluster, which it now uses.
const usual = createPolicySet(policyPack(), { profile: 'recommended' });
const keysOf = (findings: readonly Finding[]): Set<string> => new Set(findings.map(({ policy, path }) => `${policy} ${path}`));
const isFor = ({ patch }: Policy, path: string): boolean => patch?.at === undefined || path.endsWith(patch.at);

describe('patch', () => {
  it('is there for the policies that ask for one value', () => {
    expect(patchable.length).toBeGreaterThan(15);
    expect(
      cases.filter(({ policy, finding }) => isFor(policy, finding.path) !== (finding.patch !== undefined)).map(({ name }) => name),
    ).toEqual([]);
  });

  it.each(cases.filter(({ finding }) => finding.patch))(
    'takes the finding away, brings no other and changes nothing else: $name',
    ({ policy, example, finding }) => {
      const object = exampleObject(example);
      const patched = applied(object, finding.patch!);
      expect(runExample(policy, example, patched).map(({ path }) => path)).not.toContain(finding.path);
      const before = keysOf(evaluate(object, { policies: usual }));
      expect([...keysOf(evaluate(patched, { policies: usual }))].filter((key) => !before.has(key))).toEqual([]);
      const [{ path }] = finding.patch as readonly [PatchStep];
      expect(withoutField(patched, path)).toEqual(withoutField(object, path));
      expect(valueAt(patched, finding.path)).toEqual(policy.patch!.value);
    },
  );

  it('makes what is missing on the way, and leaves alone what is of a wrong type', () => {
    const policy = patchable.find(({ id }) => id === 'privilege-escalation')!;
    const patchOf = (container: JsonRecord): unknown => runExample(policy, { name: '', container })[0]?.patch;
    const at = '/spec/containers/0/securityContext';
    expect(patchOf({})).toEqual([{ op: 'add', path: at, value: { allowPrivilegeEscalation: false } }]);
    expect(patchOf({ securityContext: null })).toEqual([{ op: 'replace', path: at, value: { allowPrivilegeEscalation: false } }]);
    expect(patchOf({ securityContext: {} })).toEqual([{ op: 'add', path: `${at}/allowPrivilegeEscalation`, value: false }]);
    expect(patchOf({ securityContext: 'none' })).toBeUndefined();
  });
});
