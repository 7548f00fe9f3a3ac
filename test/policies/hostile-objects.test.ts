import fc from 'fast-check';
import { createClusterIndex, createPolicySet, evaluate, type JsonRecord, policyPack, typeTable } from '../../src/policy/index.ts';
import { POD_HOLDERS } from './pod-holders.ts';

// Params for policies that wait for some, so that every rule runs.
const SAMPLES: Readonly<Record<string, unknown>> = { array: ['a'], string: 'a', integer: 1, number: 1, boolean: true, object: {} };
const params = Object.fromEntries(
  policyPack()
    .filter(({ requiredParams }) => requiredParams.length > 0)
    .map((policy) => [policy.id, Object.fromEntries(policy.requiredParams.map((name) => [name, sampleOf(policy.params[name]!)]))]),
);
function sampleOf(schema: JsonRecord): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.minimum !== undefined) return schema.minimum;
  return SAMPLES[String([schema.type].flat()[0])];
}
const usable = policyPack().filter((policy) => {
  try {
    policy.parseParams(params[policy.id]);
    return true;
  } catch {
    return false;
  }
});
const policies = createPolicySet(policyPack(), {
  only: usable.map(({ id }) => id),
  params: Object.fromEntries(Object.entries(params).filter(([id]) => usable.some((policy) => policy.id === id))),
});
const table = typeTable(37);

/** A value of another type than the field has, or what a program would not expect of it. */
const odd = fc.constantFrom<unknown>(
  null,
  0,
  -1,
  1.5,
  1e300,
  true,
  false,
  '',
  'a',
  '\u0000',
  '$(x)',
  '../..',
  '__proto__',
  [],
  [null],
  [[]],
  {},
  { a: null },
  { __proto__x: 1 },
  ['a', 1, {}],
  'x'.repeat(5000),
);

/** A value of a type of the API, now and then of a wrong one. */
const ofType = (code: string, depth: number): fc.Arbitrary<unknown> => {
  if (depth <= 0) return odd;
  const right = ((): fc.Arbitrary<unknown> => {
    if (code[0] === '#') return ofFields(code.slice(1), depth);
    if (code[0] === '[') return fc.array(ofType(code.slice(1), depth - 1), { maxLength: 2 });
    if (code[0] === '{')
      return fc.dictionary(fc.constantFrom('a', 'constructor', 'a/b~c', 'app'), ofType(code.slice(1), depth - 1), { maxKeys: 2 });
    if (code === 'boolean') return fc.boolean();
    if (code.startsWith('int') || code === 'number') return fc.integer({ min: -1, max: 70_000 });
    return fc.constantFrom(
      'a',
      '*',
      '/',
      '500m',
      '1Gi',
      'Always',
      'nginx',
      'a:b:c@d',
      '80',
      'system:masters',
      '-----BEGIN RSA PRIVATE KEY-----',
    );
  })();
  return fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: odd });
};
const ofFields = (id: string, depth: number): fc.Arbitrary<unknown> => {
  const { fields } = table.typeOf(id);
  if (fields === 'any') return odd;
  const entries = [...fields];
  return fc
    .subarray(entries, { maxLength: Math.min(6, entries.length) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map(([name, code]) => [name, ofType(code, depth - 1)]))));
};

const WRONG: readonly unknown[] = [null, -1, 1e300, true, '', '__proto__', [], [null, 'a', {}], {}, { a: null, constructor: { a: [] } }];

/** The path of each field that pods can have, each type entered once; list items and keys of maps are `0` and `k`. */
const podFields = (): (readonly string[])[] => {
  const found: (readonly string[])[] = [];
  const seen = new Set<string>();
  const enter = (code: string, path: readonly string[]): void => {
    if (code[0] === '[') enter(code.slice(1), [...path, '0']);
    else if (code[0] === '{') enter(code.slice(1), [...path, 'k']);
    else if (code[0] === '#') {
      const { fields } = table.typeOf(code.slice(1));
      if (fields === 'any' || seen.has(code)) return;
      seen.add(code);
      for (const [name, type] of fields) {
        found.push([...path, name]);
        enter(type, [...path, name]);
      }
    }
  };
  const { fields } = table.typeOf(table.kinds.get('v1 Pod')!);
  if (fields !== 'any') enter(fields.get('spec')!, []);
  return found;
};

/** The same spec with a value at a path; what lies on the way is made. */
const withValue = (spec: JsonRecord, path: readonly string[], value: unknown): JsonRecord => {
  let at: Record<string, unknown> = spec;
  path.slice(0, -1).forEach((step, i) => {
    at[step] ??= path[i + 1] === '0' ? [] : {};
    at = at[step] as Record<string, unknown>;
  });
  at[path.at(-1)!] = value;
  return spec;
};

const podSpecId = table.typeOf(table.kinds.get('v1 Pod')!).fields;
const podSpec = podSpecId === 'any' ? odd : ofType(podSpecId.get('spec')!, 6);
// Below this a ratio says nothing; far above what a right answer needs on a slow machine.
const LEAST_MS = 250;
const GROWTH = 10;

// Not the time on the wall: other tests may have the machine.
const userMillisOf = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
};

const judge = (object: JsonRecord): void => {
  const findings = evaluate(object, { policies, cluster: createClusterIndex([object]) });
  const wrong = findings.filter(
    ({ path, message }) => message.includes('could not be evaluated') || message === '' || (path !== '' && !path.startsWith('/')),
  );
  expect(wrong.map(({ policy, path, message }) => `${policy} ${path} ${message}`)).toEqual([]);
  JSON.stringify(findings);
};

describe('evaluate, with wrong types everywhere', () => {
  it('judges pods of every kind that makes them', () => {
    fc.assert(
      fc.property(podSpec, odd, fc.constantFrom(...POD_HOLDERS), (spec, metadata, { wrap }) => {
        judge(wrap({ apiVersion: 'v1', kind: 'Pod', metadata, spec }));
      }),
      { numRuns: 200 },
    );
  });

  it('judges a pod with each value of a wrong type in each field of the API, in every kind that makes pods', () => {
    const valid = (): JsonRecord => ({ containers: [{ name: 'a', image: 'b:1' }], volumes: [{ name: 'v', emptyDir: {} }] });
    const fields = podFields();
    // The whole of the pod's API: a new version has more of them, not fewer.
    expect(fields.length).toBeGreaterThan(400);
    let turn = 0;
    for (const path of fields) {
      const specs = WRONG.map((value) => withValue(valid(), path, value));
      for (const [i, spec] of specs.entries()) {
        const { wrap } = POD_HOLDERS[(turn + i) % POD_HOLDERS.length]!;
        judge(wrap({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec }));
      }
      turn += 1;
    }
  });

  it('finds more containers than it judges at fault in each policy, so that nothing hides behind them', () => {
    const containers = [
      ...Array.from({ length: 1000 }, (_, i) => ({ name: `c${i}`, image: 'a' })),
      { name: 'z', securityContext: { privileged: true } },
    ];
    const findings = evaluate({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } }, { policies });
    expect(findings.find(({ policy }) => policy === 'privileged')?.message).toContain('more than 1000 containers');
  });

  it('judges objects of every kind', () => {
    const kinds = [...table.kinds].filter(([api]) => !api.endsWith('List'));
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds).chain(([api, id]) => ofFields(id, 5).map((body) => ({ api, body }))),
        ({ api, body }) => {
          const [apiVersion, kind] = api.split(' ');
          judge({ ...(body as JsonRecord), apiVersion, kind });
        },
      ),
      { numRuns: 600 },
    );
  });

  it('judges objects that are no objects', () => {
    fc.assert(
      fc.property(odd, odd, odd, odd, (apiVersion, kind, metadata, spec) => judge({ apiVersion, kind, metadata, spec })),
      { numRuns: 300 },
    );
  });

  // Growth is judged, not seconds: these depend on the machine. Four times the size may cost four times the time; sixteen would be a square.
  it.each([
    // At most as many as are judged at all.
    { name: 'containers', spec: (n: number) => ({ containers: Array.from({ length: n / 8 }, (_, i) => ({ name: `c${i}`, image: 'a' })) }) },
    {
      name: 'letters of an image name',
      spec: (n: number) => ({ containers: [{ name: 'a', image: `${'a/'.repeat(10 * n)}:${'b'.repeat(10 * n)}` }] }),
    },
    {
      name: 'arguments',
      spec: (n: number) => ({
        containers: [{ name: 'a', image: 'a', command: ['sh', '-c', 'sudo '.repeat(10 * n)], args: ['='.repeat(60 * n)] }],
      }),
    },
    {
      name: 'variables',
      spec: (n: number) => ({
        containers: [
          { name: 'a', image: 'a', env: Array.from({ length: n }, (_, i) => ({ name: `PASSWORD_${i}`, value: 'aB3'.repeat(40) })) },
        ],
      }),
    },
  ])('needs time in proportion to the number of $name', ({ spec }) => {
    const millisFor = (n: number): number => {
      const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: spec(n) };
      // The best of three: a collection of garbage belongs to none of them.
      return Math.min(...Array.from({ length: 3 }, () => userMillisOf(() => judge(body))));
    };
    millisFor(100);
    expect(millisFor(8000)).toBeLessThan(Math.max(LEAST_MS, GROWTH * millisFor(2000)));
  });
});
