import { joinReports, reaches } from './join.ts';
import type { ImageFinding, ImageReport } from './report.ts';
import { imagesText } from './text.ts';
import type { ImageUse } from './workloads.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const finding = (severity: ImageFinding['severity'], fixed?: string): ImageFinding => ({
  id: `CVE-${severity}`,
  package: 'lib',
  installed: '1',
  ...(fixed === undefined ? {} : { fixed }),
  severity,
});
const reportOf = (image: string, more: Partial<ImageReport> = {}): ImageReport => ({
  file: 'r.json',
  image,
  tags: [],
  digests: [],
  findings: [],
  ...more,
});
const use = (image: string, more: Partial<ImageUse> = {}): ImageUse => ({
  image,
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  container: 'app',
  type: 'container',
  ...more,
});
const OPTIONS = { worst: 5, fixableOnly: false };
const join = (reports: readonly ImageReport[], uses?: readonly ImageUse[], options = OPTIONS) => joinReports(reports, uses, [], options);

describe('joinReports', () => {
  it.each([
    { what: 'the same name', report: reportOf('ghcr.io/a/b:1'), image: 'ghcr.io/a/b:1', meets: true },
    { what: 'the short name of Docker Hub', report: reportOf('docker.io/library/nginx:latest'), image: 'nginx', meets: true },
    { what: 'a further tag', report: reportOf('a.tar', { tags: ['a/b:1'] }), image: 'a/b:1', meets: true },
    { what: 'another tag', report: reportOf('a/b:1'), image: 'a/b:2', meets: false },
    { what: 'another registry', report: reportOf('ghcr.io/a/b:1'), image: 'quay.io/a/b:1', meets: false },
    { what: 'a digest', report: reportOf('a/b:1', { digests: [`a/b@${DIGEST}`] }), image: `a/b@${DIGEST}`, meets: true },
    {
      what: 'the digest of a mirror',
      report: reportOf('a/b:1', { digests: [`a/b@${DIGEST}`] }),
      image: `mirror.example.com/b:x@${DIGEST}`,
      meets: true,
    },
    { what: 'a tag that stands beside another digest', report: reportOf('a/b:1'), image: `a/b:1@${DIGEST}`, meets: false },
  ])('knows an image by its references: $what', ({ report, image, meets }) => {
    const { images, unused, withoutReport } = join([report], [use(image)]);
    expect(images[0]?.workloads).toHaveLength(meets ? 1 : 0);
    expect(unused).toEqual(meets ? [] : [report.image]);
    expect(withoutReport?.map((missing) => missing.image)).toEqual(meets ? [] : [image]);
  });

  it('counts by severity and what can be fixed, the worst image first', () => {
    const mild = reportOf('a:1', { findings: [finding('low', '2')] });
    const bad = reportOf('b:1', { findings: [finding('critical'), finding('high', '2'), finding('unknown')] });
    const result = join([mild, bad]);
    expect(result.images.map(({ image }) => image)).toEqual(['b:1', 'a:1']);
    expect(result.summary).toEqual({
      findings: { critical: 1, high: 1, medium: 0, low: 1, unknown: 1 },
      fixable: { critical: 0, high: 1, medium: 0, low: 1, unknown: 0 },
    });
    expect(result).not.toHaveProperty('unused');
  });

  it('names the worst findings within a number, or only those with a fix', () => {
    const bad = reportOf('b:1', { findings: [finding('critical'), finding('high', '2'), finding('low', '2')] });
    expect(join([bad], undefined, { worst: 1, fixableOnly: false }).images[0]?.worst.map(({ id }) => id)).toEqual(['CVE-critical']);
    expect(join([bad], undefined, { worst: 5, fixableOnly: true }).images[0]?.worst.map(({ id }) => id)).toEqual(['CVE-high', 'CVE-low']);
  });

  it('puts the containers of a workload together', () => {
    const uses = [use('a:1'), use('a:1', { container: 'setup', type: 'init' }), use('a:1', { name: 'api' })];
    expect(join([reportOf('a:1')], uses).images[0]?.workloads).toEqual([
      { kind: 'Deployment', namespace: 'shop', name: 'api', containers: ['app'] },
      { kind: 'Deployment', namespace: 'shop', name: 'web', containers: ['app', 'setup'] },
    ]);
  });
});

describe('reaches', () => {
  const result = join([reportOf('a:1', { findings: [finding('critical'), finding('medium', '2'), finding('unknown')] })]);
  it.each([
    { severity: 'critical', fixableOnly: false, expected: true },
    { severity: 'critical', fixableOnly: true, expected: false },
    { severity: 'medium', fixableOnly: true, expected: true },
    { severity: 'low', fixableOnly: true, expected: true },
  ] as const)('says $expected for $severity, fixable only: $fixableOnly', ({ severity, fixableOnly, expected }) =>
    expect(reaches(result, severity, fixableOnly)).toBe(expected),
  );

  it('does not fail for a severity that nobody knows', () => {
    expect(reaches(join([reportOf('a:1', { findings: [finding('unknown')] })]), 'low', false)).toBe(false);
  });
});

describe('imagesText', () => {
  it('shows counts, findings, workloads and what did not meet', () => {
    const reports = [reportOf('a:1', { findings: [finding('critical', '2'), finding('low')] }), reportOf('b:1')];
    const text = imagesText(
      joinReports(reports, [use('a:1'), use('c:1')], [{ file: 'x.json', message: 'not JSON' }], { worst: 1, fixableOnly: false }),
    );
    expect(text).toBe(`Findings, in brackets those that can be fixed

image  critical  high  medium  low  unknown  workloads
a:1    1 (1)     0     0       1    0        1
b:1    0         0     0       0    0        0
all    1 (1)     0     0       1    0

a:1
  used by Deployment shop/web (app)
  critical  CVE-critical  lib  1  fixed in 2
  and 1 more

Images that no workload uses
  b:1

Images in use without a report
  c:1: Deployment shop/web (app)

Could not be read
  x.json: not JSON
`);
  });

  it('lets no control character of a report reach a terminal', () => {
    const text = imagesText(
      join([reportOf('a\u001b[2J\u202e:1', { findings: [{ ...finding('low'), package: 'p\nq' }] })], [use('z\u0007')]),
    );
    for (const hostile of ['\u001b', '\u202e', '\u0007', 'p\nq']) expect(text).not.toContain(hostile);
  });
});
