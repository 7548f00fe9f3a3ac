import { createPolicySet, evaluate, policyPack } from '../policy/index.ts';
import { knownImageOf, vulnerabilityParams } from './knowledge.ts';
import type { ImageFinding, ImageReport } from './report.ts';

const finding = (id: string, severity: ImageFinding['severity'], fixed?: string): ImageFinding => ({
  id,
  package: 'lib\u001bexample',
  installed: '1.0',
  severity,
  ...(fixed === undefined ? {} : { fixed }),
});
const report = (findings: readonly ImageFinding[], more: Partial<ImageReport> = {}): ImageReport => ({
  file: 'f',
  image: 'nginx:1.27',
  tags: [],
  digests: ['mirror.example.com/nginx@sha256:aa'],
  findings,
  ...more,
});

describe('vulnerabilityParams', () => {
  it('names an image by digest and in full, with what can be fixed alone', () => {
    const known = knownImageOf(report([finding('A', 'critical', '1.1'), finding('B', 'critical'), finding('C', 'low', '2')]));
    const entry = { critical: 1, low: 1, worst: ['A in lib\uFFFDexample 1.0, fixed in 1.1', 'C in lib\uFFFDexample 1.0, fixed in 2'] };
    expect(vulnerabilityParams([known])).toEqual({ images: { 'docker.io/library/nginx:1.27': entry, 'sha256:aa': entry } });
  });

  it('forgets an image of which a later report says that it is mended', () => {
    expect(vulnerabilityParams([knownImageOf(report([finding('A', 'high', '1')])), knownImageOf(report([finding('A', 'high')]))])).toEqual({
      images: {},
    });
  });

  it('gives what the policy takes, and names at most five', () => {
    const findings = Array.from({ length: 9 }, (_, i) => finding(`CVE-${i}`, 'critical', '1'));
    const params = { 'fixable-vulnerability': vulnerabilityParams([knownImageOf(report(findings))]) };
    const policies = createPolicySet(policyPack(), { only: ['fixable-vulnerability'], params });
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'app', image: 'docker.io/nginx:1.27' }] },
    };
    const [found, ...others] = evaluate(pod, { policies });
    expect(others).toEqual([]);
    expect(found?.message).toMatch(
      /runs docker.io\/nginx:1.27, which has 9 critical vulnerabilities that are fixed already: CVE-0 .*CVE-4 [^;]*, and 4 more$/,
    );
  });
});
