import { dump } from 'js-yaml';
import { systemClock } from '../../src/platform/index.ts';
import { createPolicySet, exampleObject, joinPointer, parsePointer, policyPack, valueAt } from '../../src/policy/index.ts';
import { DEFAULT_LIMITS, scan } from '../../src/scanner/index.ts';

const examples = policyPack().flatMap((policy) =>
  policy.examples.bad
    .filter(({ pss, kubernetes, duplicateKeys, request }) => !pss && !kubernetes && !duplicateKeys && !request)
    .map((example) => ({ name: `${policy.id}: ${example.name}`, policy, example })),
);

const scanText = async (text: string, id: string, params: unknown) => {
  const { findings } = await scan(
    {
      clock: systemClock,
      findFiles: async function* () {
        yield { path: 'a.yaml', isNamed: true };
      },
      readFile: async () => new TextEncoder().encode(text),
    },
    {
      policies: createPolicySet(policyPack(), {
        profile: 'restricted',
        only: [id],
        ...(params === undefined ? {} : { params: { [id]: params } }),
      }),
      exceptions: [],
      limits: DEFAULT_LIMITS,
      all: true,
    },
    new AbortController().signal,
  );
  return findings;
};

/** The longest part of a pointer that is there. */
const nearest = (root: unknown, pointer: string): string[] => {
  const steps = parsePointer(pointer);
  while (steps.length > 0 && valueAt(root, joinPointer('', ...steps)) === undefined) steps.pop();
  return steps;
};

describe('line and column of a finding', () => {
  it.each(examples)('are those of the key at fault: $name', async ({ policy, example }) => {
    const object = exampleObject(example);
    const text = [object, ...(example.objects ?? [])].map((document) => dump(document, { lineWidth: -1 })).join('---\n');
    const lines = text.split('\n');
    const findings = await scanText(text, policy.id, example.params);
    for (const { path, line, column, document } of findings.filter(({ document: index }) => index === 0)) {
      expect(document).toBe(0);
      const steps = nearest(object, path);
      const last = steps.at(-1);
      const parent = valueAt(object, joinPointer('', ...steps.slice(0, -1)));
      const rest = lines[line - 1]!.slice(column - 1);
      if (last === undefined) expect({ line, column }).toEqual({ line: 1, column: 1 });
      else if (Array.isArray(parent)) expect(lines[line - 1]!.slice(0, column - 1)).toMatch(/^( *- +)+$|^.*\[.*$/);
      else
        expect({ path, rest }).toEqual({ path, rest: expect.stringMatching(new RegExp(`^['"]?${last.replaceAll(/[^\w]/g, '.')}['"]?:`)) });
    }
    expect(findings.map(({ path }) => path).sort()).toEqual(expect.arrayContaining([...example.paths].sort().slice(0, 1)));
  });
});
