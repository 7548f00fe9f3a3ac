import { validate } from '../platform/index.ts';
import { createPolicySet, LATEST_PSS_MINOR, type PolicyException, parseException, policyPack, type Selection } from '../policy/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { FORMATS } from './output/formats.ts';
import { SCAN_OUTPUT_SCHEMA } from './output/json-schema.ts';
import { exitCodeOfReport, type Report } from './output/report.ts';
import { scan } from './scan.ts';
import { DEFAULT_LIMITS } from './yaml/read-documents.ts';

const POD = `# Source: chart/templates/web.yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: team-a
spec:
  hostNetwork: true
  containers:
    - name: app
      image: registry.example.com/app:1.0
      securityContext:
        privileged: true
`;

const report = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  {
    failOn = 'high',
    exceptions = [],
    named = false,
    ...selection
  }: Selection & { failOn?: Report['failOn']; exceptions?: PolicyException[]; named?: boolean } = {},
): Promise<Report> => {
  const policies = createPolicySet(policyPack(), { profile: 'baseline', ...selection });
  const result = await scan(
    {
      clock: createManualClock(Date.parse('2026-06-01T00:00:00Z')),
      findFiles: async function* () {
        for (const path of Object.keys(files)) yield { path, isNamed: named };
      },
      readFile: async (path) => {
        const content = files[path]!;
        return typeof content === 'string' ? new TextEncoder().encode(content) : content;
      },
    },
    { policies, exceptions, limits: DEFAULT_LIMITS, all: false },
    new AbortController().signal,
  );
  return {
    ...result,
    profile: 'baseline',
    pssVersion: `1.${LATEST_PSS_MINOR}`,
    failOn,
    policies: policies.policies.map(({ policy }) => policy),
  };
};

describe('scan', () => {
  it('gives file, document, line and column of each finding', async () => {
    const { findings, summary } = await report({ 'a.yaml': `# licence\n---\n${POD}` });
    expect(findings.map(({ policy, file, document, line, column, source }) => ({ policy, file, document, line, column, source }))).toEqual([
      { policy: 'host-network', file: 'a.yaml', document: 0, line: 10, column: 3, source: 'chart/templates/web.yaml' },
      { policy: 'privileged', file: 'a.yaml', document: 0, line: 15, column: 9, source: 'chart/templates/web.yaml' },
    ]);
    expect(summary).toMatchObject({ files: 1, documents: 1, objects: 1, excepted: 0, findings: { high: 1, critical: 1, low: 0 } });
  });

  it('judges the other documents and files when one is broken', async () => {
    const { findings, errors } = await report({ 'a.yaml': `a: [\n---\n${POD}`, 'b.yaml': new Uint8Array([0xc3, 0x28]), 'c.yaml': POD });
    expect(findings.map(({ file, document }) => `${file} ${document}`)).toEqual(['a.yaml 1', 'a.yaml 1', 'c.yaml 0', 'c.yaml 0']);
    expect(errors).toEqual([
      { file: 'a.yaml', document: 0, line: expect.any(Number), column: expect.any(Number), message: expect.stringMatching(/^not YAML/) },
      { file: 'b.yaml', message: 'not UTF-8 text' },
    ]);
  });

  it('leaves templates of Helm alone and says so', async () => {
    const { findings, summary } = await report({ 'chart/templates/a.yaml': `${POD}  nodeName: {{ .Values.node }}\n` });
    expect({ findings, skipped: summary.skipped }).toEqual({
      findings: [],
      skipped: [{ file: 'chart/templates/a.yaml', reason: expect.stringContaining('render') }],
    });
  });

  it('takes findings away that an exception accepts, and tells what became of exceptions', async () => {
    const nowMs = Date.parse('2026-06-01T00:00:00Z');
    const exception = (name: string, policies: string[], expiresAt: string): PolicyException =>
      parseException({ policies, match: { namespaces: ['team-*'] }, reason: 'r', owner: 'o', expiresAt }, name, { nowMs });
    const { findings, exceptions, summary } = await report(
      { 'a.yaml': POD },
      {
        exceptions: [
          exception('one', ['host-*'], '2026-07-01'),
          exception('two', ['privileged'], '2026-05-31'),
          exception('three', ['sysctls'], '2026-07-01'),
        ],
      },
    );
    expect(findings.map(({ policy }) => policy)).toEqual(['privileged']);
    expect(summary.excepted).toBe(1);
    expect(exceptions.map(({ exception: { name }, state, findings: count }) => [name, state, count])).toEqual([
      ['one', 'used', 1],
      ['two', 'expired', 1],
      ['three', 'unused', 0],
    ]);
  });
});

describe('exitCodeOfReport', () => {
  it.each([
    { name: 'nothing found', files: { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }, failOn: 'high', code: 0 },
    { name: 'findings at the bar', files: { 'a.yaml': POD }, failOn: 'critical', code: 1 },
    { name: 'findings that do not count', files: { 'a.yaml': POD }, failOn: 'none', code: 0 },
    { name: 'a broken document', files: { 'a.yaml': 'a: [' }, failOn: 'high', code: 2 },
    { name: 'a broken document and findings', files: { 'a.yaml': `a: [\n---\n${POD}` }, failOn: 'high', code: 1 },
  ] as const)('is $code for $name', async ({ files, failOn, code }) =>
    expect(exitCodeOfReport(await report(files, { failOn }))).toBe(code),
  );
});

describe('FORMATS', () => {
  const hostile = { 'd r/ü%.yaml': POD.replace('name: web', 'name: "<&\\u0001\\">\\r\\n::error::x%"'), './b.yaml': 'a: [' };

  it('writes JSON as its schema says, also for hostile names', async () => {
    const text = FORMATS.json!(await report(hostile), { color: false });
    const { $schema: _, ...schema } = SCAN_OUTPUT_SCHEMA as Record<string, unknown>;
    expect(validate(schema, JSON.parse(text))).toMatchObject({ ok: true });
  });

  it('writes XML without characters that XML forbids, and escapes the rest', async () => {
    const text = FORMATS.junit!(await report(hostile), { color: false });
    expect(text).toContain('tests="3" failures="2" errors="1"');
    expect(text).toContain('&lt;&amp;&quot;&gt;&#13;&#10;::error::x%');
    expect([...text].every((character) => character === '\n' || character.charCodeAt(0) >= 32)).toBe(true);
  });

  it('writes one GitHub command per line, whatever the names contain', async () => {
    const lines = FORMATS.github!(await report(hostile), { color: false })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.every((line) => line.startsWith('::error file='))).toBe(true);
    expect(lines[2]).toMatch(/^::error file=b\.yaml,line=1,col=\d+,title=cannot be read::not YAML/);
  });

  it('writes unique fingerprints for GitLab', async () => {
    const issues = JSON.parse(FORMATS.gitlab!(await report({ 'a.yaml': POD, 'b.yaml': `${POD}---\n${POD}` }), { color: false })) as {
      fingerprint: string;
    }[];
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(6);
  });

  it('writes text with place, policy, object and fix', async () => {
    const text = FORMATS.text!(await report({ 'a.yaml': POD }), { color: false });
    expect(text).toContain('a.yaml:8:3  high  host-network  Pod team-a/web');
    expect(text).toContain('fix: Remove hostNetwork');
    expect(text).toMatch(
      /2 findings \(1 critical, 1 high\) in 1 object of 1 file; \d+ policies of profile baseline; 2 at or above high\n$/,
    );
  });
});
