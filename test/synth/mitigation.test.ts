import { describe, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { MITIGATION_BACK_ENDS, PROTECTED_NAMESPACES } from '../../src/conventions/index.ts';
import { type BundleOptions, synthesise } from '../../src/synth/index.ts';

interface BundleObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly [field: string]: unknown;
}

const objectsOf = (options: BundleOptions): readonly BundleObject[] =>
  [...synthesise(options)]
    .filter(([path]) => path.startsWith('manifests/base/') && !path.includes('kustomization'))
    .flatMap(([, text]) => loadAll(text) as (BundleObject | null)[])
    .filter((object) => object !== null);
const rightsOf = (objects: readonly BundleObject[], process: string): readonly string[] =>
  objects
    .filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === `bellwether-${process}`)
    .flatMap(({ rules = [] }) => rules)
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) => resources.map((one) => `${group}/${one}: ${verbs.join(' ')}`)),
    );

describe('BundleOptions.mitigation', () => {
  it('is off by default: no rights, no reaper, no guard; only the kind is there', () => {
    const objects = objectsOf({});
    expect(rightsOf(objects, 'receiver')).toEqual([]);
    expect(
      objects.filter(({ kind }) => kind === 'CronJob' || kind === 'ValidatingAdmissionPolicy').map(({ metadata }) => metadata.name),
    ).not.toContain('bellwether-reaper');
    expect(JSON.stringify(objects)).not.toContain('guard-mitigation');
    expect(objects.map(({ metadata }) => metadata.name)).toContain('mitigations.bellwether.dev');
  });

  // Point 13 of the safety list.
  it.each(Object.keys(MITIGATION_BACK_ENDS))('gives the rights of %s and of no other back-end', (name) => {
    const objects = objectsOf({ mitigation: { backEnds: { [name]: 'dryRun' } } });
    const { writes, attach } = MITIGATION_BACK_ENDS[name]!;
    const kinds = writes.map(({ group, resource }) => `${group}/${resource}`);
    const others = Object.values(MITIGATION_BACK_ENDS)
      .flatMap((one) => one.writes)
      .map(({ group, resource }) => `${group}/${resource}`)
      .filter((kind) => !kinds.includes(kind));
    for (const process of ['receiver', 'reaper']) {
      const writing = rightsOf(objects, process).filter((right) => /\b(create|patch|update|delete)\b/.test(right.split(': ')[1] ?? ''));
      expect(writing.filter((right) => others.includes(right.split(': ')[0] ?? ''))).toEqual([]);
      expect(writing.filter((right) => kinds.includes(right.split(': ')[0] ?? ''))).not.toEqual([]);
      // Nothing of users is ever replaced as a whole; what is theirs is never deleted.
      expect(writing.filter((right) => kinds.includes(right.split(': ')[0] ?? '') && /\bupdate\b/.test(right))).toEqual([]);
      if (attach !== 'object')
        expect(writing.filter((right) => kinds.includes(right.split(': ')[0] ?? '') && /\bdelete\b/.test(right))).toEqual([]);
    }
    expect(rightsOf(objects, 'reaper').filter((right) => /\bcreate\b/.test(right))).toEqual([]);
  });

  it('gives Roles in the named namespaces instead of a ClusterRole', () => {
    const objects = objectsOf({ mitigation: { backEnds: { 'ingress-nginx': 'enforce' }, namespaces: ['shop', 'mail'] } });
    expect(rightsOf(objects, 'receiver')).toEqual(['/namespaces: get', 'networking.k8s.io/ingressclasses: get list watch']);
    expect(rightsOf(objects, 'reaper')).toEqual([]);
    const roles = objects.filter(({ kind, metadata }) => kind === 'Role' && metadata.name === 'bellwether-reaper');
    expect(roles).toMatchObject([{ metadata: { namespace: 'shop' } }, { metadata: { namespace: 'mail' } }]);
    expect(roles.map(({ rules }) => rules)).toEqual(
      Array(2).fill([{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['get', 'list', 'patch'] }]),
    );
    const text = JSON.stringify(objects);
    expect(text).toContain('"--namespaces","shop,mail"');
    expect(text).toMatch(/namespaces:\\n\s+- shop/);
  });

  // Point 12: in code and at the API server.
  it('guards every kind that is written, in every protected namespace', () => {
    const backEnds = Object.fromEntries(Object.keys(MITIGATION_BACK_ENDS).map((name) => [name, 'enforce' as const]));
    const objects = objectsOf({ mitigation: { backEnds } });
    const guard = JSON.stringify(objects.find(({ kind }) => kind === 'ValidatingAdmissionPolicy'));
    for (const namespace of PROTECTED_NAMESPACES) expect(guard).toContain(namespace.replace('*', ''));
    for (const { writes } of Object.values(MITIGATION_BACK_ENDS))
      for (const { resource } of writes) expect(guard).toContain(`"${resource}"`);
    expect(guard).toContain('system:serviceaccount:bellwether:bellwether-receiver');
    const reaper = objects.find(({ kind }) => kind === 'CronJob');
    expect(JSON.stringify(reaper)).toContain('"reap"');
  });

  it('refuses a back-end that is none', () => {
    expect(() => synthesise({ mitigation: { backEnds: { apache: 'enforce' } } })).toThrow(/mitigation.backEnds.apache/);
    expect(() => synthesise({ mitigation: { backEnds: { traefik: 'always' as 'enforce' } } })).toThrow(/off, dryRun, enforce/);
  });
});
