import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { systemClock } from '../../src/platform/index.ts';
import { createPolicySet, policyPack } from '../../src/policy/index.ts';
import { DEFAULT_LIMITS, FORMATS, scan } from '../../src/scanner/index.ts';

const schemaUrl = new URL('../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', import.meta.url);

/** The schema is draft 4: its id has another name since, and one pattern is no regular expression in unicode mode. */
const compileSchema = () => {
  const { id: _, $schema: __, ...schema } = JSON.parse(readFileSync(schemaUrl, 'utf8')) as Record<string, unknown>;
  return addFormats.default(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })).compile(schema);
};

const sarifOf = async (files: Readonly<Record<string, string>>): Promise<unknown> => {
  const policies = createPolicySet(policyPack(), { profile: 'strict' });
  const result = await scan(
    {
      clock: systemClock,
      findFiles: async function* () {
        for (const path of Object.keys(files)) yield { path, isNamed: true };
      },
      readFile: async (path) => new TextEncoder().encode(files[path]),
    },
    { policies, exceptions: [], limits: DEFAULT_LIMITS, all: true },
    new AbortController().signal,
  );
  const active = policies.policies.map(({ policy }) => policy);
  return JSON.parse(
    FORMATS.sarif!({ ...result, profile: 'strict', pssVersion: '1.37', failOn: 'high', policies: active }, { color: false }),
  );
};

describe('--format sarif', () => {
  const check = compileSchema();
  it.each([
    {
      name: 'findings and errors',
      files: { './a b/ü%.yaml': 'kind: Pod\nspec:\n  hostNetwork: true\n  containers: [{name: "<\\u0001>"}]\n---\na: [' },
    },
    { name: 'nothing', files: { 'a.yaml': '' } },
    { name: 'standard input', files: { '-': 'kind: Pod\napiVersion: v1\nspec: {hostPID: true}' } },
    { name: 'an absolute path', files: { '/srv/a.yaml': 'kind: Pod\napiVersion: v1\nspec: {hostPID: true}' } },
  ])('fits the schema of SARIF 2.1.0: $name', async ({ files }) => {
    check(await sarifOf(files));
    expect(check.errors ?? []).toEqual([]);
  });

  it('is not accepted by the schema with a wrong level, so the schema is in force', async () => {
    const log = (await sarifOf({ 'a.yaml': 'kind: Pod\napiVersion: v1\nspec: {hostPID: true}' })) as {
      runs: { results: { level: string }[] }[];
    };
    log.runs[0]!.results[0]!.level = 'bad';
    expect(check(log)).toBe(false);
  });
});
