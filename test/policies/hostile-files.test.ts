import { systemClock } from '../../src/platform/index.ts';
import { createPolicySet, policyPack } from '../../src/policy/index.ts';
import { DEFAULT_LIMITS, type ScanResult, scan } from '../../src/scanner/index.ts';

const policies = createPolicySet(policyPack(), { profile: 'strict' });
const BAD_POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad, namespace: a}\nspec:\n  hostNetwork: true\n  containers: []\n';

const scanText = (text: string): Promise<ScanResult> =>
  scan(
    {
      clock: systemClock,
      findFiles: async function* () {
        yield { path: 'a.yaml', isNamed: true };
      },
      readFile: async () => new TextEncoder().encode(text),
    },
    { policies, exceptions: [], limits: DEFAULT_LIMITS, all: true },
    new AbortController().signal,
  );

const lines = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('');
const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n${spec}`;
const map = (head: string, count: number): string => `apiVersion: v1\n${head}\n${lines(count, (i) => `    k${i}: v\n`)}`;
const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${lines(30, (i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]\n`)}`;

/** `refused`: what the error says. */
const CASES: readonly { readonly name: string; readonly text: string; readonly refused?: RegExp }[] = [
  { name: 'lists a million deep', text: '['.repeat(1_000_000), refused: /nesting/ },
  { name: 'block lists a million deep', text: `${'- '.repeat(1_000_000)}a`, refused: /nesting/ },
  { name: 'mappings a million deep', text: '{a: '.repeat(1_000_000), refused: /nesting/ },
  { name: 'JSON a million deep', text: `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`, refused: /nesting/ },
  { name: 'an alias bomb', text: bomb, refused: /aliases repeat/ },
  {
    name: 'a bomb of merge keys',
    text: `a: &a {${lines(1000, (i) => `k${i}: 1,`)}}\n${lines(2000, (i) => `b${i}:\n  <<: *a\n`)}`,
    refused: /aliases repeat/,
  },
  { name: 'an alias of itself', text: 'a: &a [*a]\n', refused: /part of what it stands for/ },
  { name: 'two hundred thousand keys', text: map('kind: ConfigMap\ndata:', 200_000), refused: /more than 100000 values/ },
  { name: 'two hundred thousand unknown fields', text: map('kind: Pod\nspec:', 200_000), refused: /more than 100000 values/ },
  { name: 'two hundred thousand times the same key', text: `apiVersion: v1\nkind: ConfigMap\ndata:\n${'  k: v\n'.repeat(200_000)}` },
  { name: 'fifty thousand containers', text: pod(`  containers:\n${'  - {}\n'.repeat(50_000)}`) },
  {
    name: 'a hundred thousand variables',
    text: pod(`  containers:\n  - name: a\n    env:\n${lines(100_000, (i) => `    - name: PASSWORD_${i}\n      value: aB3x\n`)}`),
    refused: /more than 100000 values/,
  },
  { name: 'a hundred thousand tolerations', text: pod(`  tolerations: [${'{operator: Exists},'.repeat(100_000)}]\n`), refused: /values/ },
  { name: 'ten thousand broken documents', text: 'a: [\n---\n'.repeat(10_000), refused: /1000 documents of the file cannot be read/ },
  { name: 'empty documents', text: '---\n'.repeat(100_000), refused: /more than 50000 documents/ },
  { name: 'a stream of JSON', text: '{"a":\n1}\n'.repeat(20_000), refused: /not YAML/ },
  { name: 'NUL', text: '\0'.repeat(1_000_000), refused: /null byte/ },
  { name: 'lines too far left', text: `a: "${'x\n'.repeat(300_000)}"`, refused: /deficient/ },
  { name: 'half a JSON Web Token', text: `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: ${'eyJaaaaaaaaaa.eyJ'.repeat(200_000)}\n` },
  { name: 'half a private key', text: `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: "${'-----BEGIN A A A '.repeat(100_000)}"\n` },
  { name: 'a schedule of a million letters', text: `apiVersion: batch/v1\nkind: CronJob\nspec:\n  schedule: "${'1,'.repeat(500_000)}"\n` },
  { name: 'an image of two million letters', text: pod(`  containers:\n  - image: "${'a/'.repeat(1_000_000)}"\n`) },
  { name: 'a quantity of a million digits', text: pod(`  containers:\n  - resources: {limits: {memory: "${'1'.repeat(1_000_000)}"}}\n`) },
  {
    name: 'a command of a million letters',
    text: pod(`  containers:\n  - command: [sh, -c, "${'sudo && '.repeat(100_000)}"]\n    args: ["${'--a='.repeat(300_000)}"]\n`),
  },
  {
    name: 'keys of the prototype',
    text: 'apiVersion: v1\nkind: Pod\n__proto__: {a: 1}\nconstructor: {prototype: {}}\nspec: {toString: 1}\n',
  },
];

// A second on a quiet machine: this is the time of the processor, and far above it for machines of CI.
const MOST_CPU_MS = 6000;

describe('scan, of hostile files', () => {
  it.each(CASES)('bounds the time for $name, says why it judges no more, and judges the next document', async ({ text, refused }) => {
    const before = process.cpuUsage();
    const { errors, findings } = await scanText(`${text}\n---\n${BAD_POD}`);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(MOST_CPU_MS);
    expect(errors.map(({ message }) => message).join('\n')).toMatch(refused ?? /^$/);
    // Where there are too many documents, the rest is what is left out.
    if (!refused?.source.includes('documents'))
      expect(findings.filter(({ object }) => object.name === 'bad').map(({ policy }) => policy)).toContain('host-network');
  });

  it('leaves the prototype of objects alone', async () => {
    await scanText('__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
