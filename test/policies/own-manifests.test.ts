import { readFileSync } from 'node:fs';
import { createClusterIndex, createPolicySet, evaluate, type JsonRecord, policyPack } from '../../src/policy/index.ts';
import { synthesise } from '../../src/synth/index.ts';
import { objectsIn } from '../synth/bundle-objects.ts';

const ROW = /^\| `([a-z-]+)` \| .+ \| .+ \|$/gm;
const page = readFileSync(new URL('../../docs/admission.md', import.meta.url), 'utf8').split('## Our own manifests')[1] ?? '';
const documented = [...page.matchAll(ROW)].map(([, policy]) => policy).sort();

describe('the manifests of the bundle', () => {
  it('have no finding of the default profile that docs/admission.md does not explain', () => {
    const base = new Map([...synthesise()].filter(([path]) => path.startsWith('manifests/base/')));
    const objects = objectsIn(base) as unknown as JsonRecord[];
    const context = { policies: createPolicySet(policyPack()), cluster: createClusterIndex(objects) };
    const findings = objects.flatMap((object) => evaluate(object, context));
    const found = [...new Set(findings.map(({ policy }) => policy))].sort();
    expect(found).toEqual(documented);
  });

  it('are denied nothing by the webhook that they bring, but for what docs/runtime-events.md says of the collector', () => {
    const objects = objectsIn(synthesise()) as unknown as JsonRecord[];
    const policies = createPolicySet(policyPack());
    const denied = objects.flatMap((object) => evaluate(object, { policies })).filter(({ action }) => action === 'deny');
    const named = [...new Set(denied.map(({ object, policy }) => `${object.kind} ${object.name}: ${policy}`))];
    expect(named.sort()).toEqual([
      'DaemonSet bellwether-collector: hostpath',
      'DaemonSet bellwether-collector: run-as-non-root',
      'DaemonSet bellwether-collector: run-as-uid-zero',
    ]);
  });
});
