import { parseTrivyReport } from './report.ts';

const vulnerability = (more: object = {}): object => ({
  VulnerabilityID: 'CVE-2024-1',
  PkgName: 'libssl',
  InstalledVersion: '1.0',
  FixedVersion: '1.1',
  Severity: 'HIGH',
  ...more,
});
const report = (more: object = {}): string =>
  JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: 'shop/api:1',
    ArtifactType: 'container_image',
    Metadata: { RepoTags: ['shop/api:1'], RepoDigests: ['shop/api@sha256:ab'] },
    Results: [{ Target: 'os', Vulnerabilities: [vulnerability()] }],
    ...more,
  });
const parse = (text: string) => parseTrivyReport(text, 'r.json');

describe('parseTrivyReport', () => {
  it('takes names and findings, the worst first and those with a fix before others', () => {
    const Vulnerabilities = [
      vulnerability({ VulnerabilityID: 'CVE-3', Severity: 'LOW' }),
      vulnerability({ VulnerabilityID: 'CVE-1', Severity: 'CRITICAL', FixedVersion: '' }),
      vulnerability({ VulnerabilityID: 'CVE-2', Severity: 'CRITICAL' }),
      vulnerability({ VulnerabilityID: 'CVE-4', Severity: undefined, InstalledVersion: undefined }),
    ];
    const parsed = parse(report({ Results: [{ Vulnerabilities }] }));
    expect(parsed).toMatchObject({ file: 'r.json', image: 'shop/api:1', tags: ['shop/api:1'], digests: ['shop/api@sha256:ab'] });
    expect(parsed.findings.map(({ id, severity, fixed }) => [id, severity, fixed])).toEqual([
      ['CVE-2', 'critical', '1.1'],
      ['CVE-1', 'critical', undefined],
      ['CVE-3', 'low', '1.1'],
      ['CVE-4', 'unknown', '1.1'],
    ]);
  });

  it('counts a vulnerability once per package and version, at however many places the package is', () => {
    const Results = [
      { Vulnerabilities: [vulnerability()] },
      { Vulnerabilities: [vulnerability(), vulnerability({ InstalledVersion: '0.9' })] },
    ];
    expect(parse(report({ Results })).findings).toHaveLength(2);
  });

  it.each([
    { Results: undefined },
    { Results: null },
    { Results: [] },
    { Results: [{ Target: 'os' }] },
    { Results: [{ Vulnerabilities: null }] },
  ])('takes %j for an image without findings', (more) => expect(parse(report({ Metadata: null, ...more })).findings).toEqual([]));

  it.each([
    { text: '{', reason: 'not JSON' },
    { text: '[]', reason: 'not a report of Trivy' },
    { text: 'null', reason: 'not a report of Trivy' },
    { text: report({ SchemaVersion: 1 }), reason: 'SchemaVersion must be 2, as Trivy writes since 0.20, not 1' },
    { text: report({ SchemaVersion: undefined }), reason: 'not absent' },
    { text: report({ ArtifactType: 'filesystem' }), reason: 'ArtifactType must be container_image, not "filesystem"' },
    { text: report({ ArtifactName: undefined }), reason: 'ArtifactName is missing' },
    { text: report({ ArtifactName: 7 }), reason: 'ArtifactName must be text, not 7' },
    { text: report({ Metadata: [] }), reason: 'Metadata must be an object' },
    { text: report({ Metadata: { RepoDigests: 'x' } }), reason: 'Metadata.RepoDigests must be a list' },
    { text: report({ Metadata: { RepoTags: [{}] } }), reason: 'Metadata.RepoTags[0] must be text' },
    { text: report({ Metadata: { RepoTags: Array(1001).fill('a') } }), reason: 'Metadata.RepoTags has more than 1000 names' },
    { text: report({ Results: {} }), reason: 'Results must be a list, not an object' },
    { text: report({ Results: [null] }), reason: 'Results[0] must be an object, not absent' },
    { text: report({ Results: [{ Vulnerabilities: 'x' }] }), reason: 'Results[0].Vulnerabilities must be a list' },
    { text: report({ Results: [{ Vulnerabilities: [[]] }] }), reason: 'Results[0].Vulnerabilities[0] must be an object, not a list' },
    { text: report({ Results: [{ Vulnerabilities: [vulnerability({ Severity: 'BAD' })] }] }), reason: '[0].Severity must be one of' },
    { text: report({ Results: [{ Vulnerabilities: [vulnerability({ PkgName: '' })] }] }), reason: '[0].PkgName is missing' },
    { text: report({ Results: [{ Vulnerabilities: [vulnerability({ FixedVersion: ['1'] })] }] }), reason: 'FixedVersion must be text' },
    {
      text: report({ Results: [{ Vulnerabilities: [vulnerability({ VulnerabilityID: 'x'.repeat(1025) })] }] }),
      reason: 'VulnerabilityID is longer than 1024 characters',
    },
  ])('refuses what is none: $reason', ({ text, reason }) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(reason) }));
    expect(() => parse(text)).toThrow(/^r\.json: /);
  });

  it('refuses nesting past the bound before it is parsed, and brackets in texts are none', () => {
    expect(() => parse('['.repeat(1_000_000))).toThrow('r.json: more than 64 levels deep');
    expect(parse(report({ ArtifactName: `a"\\${'['.repeat(100)}` })).image).toHaveLength(103);
  });

  it('refuses more findings than the bound', () => {
    const Results = [{ Vulnerabilities: [vulnerability(), vulnerability()] }, { Vulnerabilities: [vulnerability()] }];
    const limits = { maxDepth: 64, maxFindings: 2 };
    expect(() => parseTrivyReport(report({ Results }), 'r.json', limits)).toThrow('r.json: more than 2 findings');
  });

  it('is not led astray by prototype keys', () => {
    const text = report().replace('{"SchemaVersion"', '{"__proto__":{"Results":[{}]},"SchemaVersion"');
    expect(parse(text).findings).toHaveLength(1);
  });
});
