import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump } from 'js-yaml';
import { MITIGATION_BACK_ENDS } from '../../../src/conventions/index.ts';
import { type BundleOptions, PROCESSES, synthesise } from '../../../src/synth/index.ts';
import { ALL_DECLARATIONS, GATE, STORE, SWEEPER } from '../../synth/example-declarations.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Every part that the bundle can have, with processes that use everything a declaration can say, in an overlay as a user writes one. */
export const everything = (): ReadonlyMap<string, string> => {
  const options: BundleOptions = {
    overlays: { 'kube-prometheus': { certManager: true } },
    routing: { url: 'http://hook.example.org/' },
    processes: { [STORE.name]: { route: { gateway: 'public', gatewayNamespace: 'edge', hostname: 'bw.example.org' } } },
  };
  const files = new Map(synthesise(options, ALL_DECLARATIONS));
  const components = [...files.keys()].flatMap((path) => /^manifests\/components\/(.*)\/kustomization.yaml$/.exec(path)?.[1] ?? []);
  files.set(
    'manifests/overlays/everything/kustomization.yaml',
    dump({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['../../base'],
      components: components.map((name) => `../../components/${name}`),
    }),
  );
  return files;
};

/** The bundle with all that options switch on: limits of every back-end, training for three shards, runtime events, a decoy. */
export const switchedOn = (): ReadonlyMap<string, string> =>
  synthesise({
    mitigation: { backEnds: Object.fromEntries(Object.keys(MITIGATION_BACK_ENDS).map((name) => [name, 'enforce'])) },
    training: { enabled: true, first: true, storage: { accessMode: 'ReadWriteMany' } },
    processes: { exporter: { shards: 3 } },
    collector: { enabled: true },
    decoy: { enabled: true },
  });

/** What an older version may have been: another image, other resources, scrapes and rules, and processes that are gone since. */
export const olderBundle = (): ReadonlyMap<string, string> =>
  synthesise(
    {
      image: { tag: '0.0.9' },
      scrape: { interval: '15s' },
      rules: { workload: { window: '10m', sustained: {} }, stormWorkloads: 5 },
      processes: { exporter: { resources: { memoryLimit: '2Gi' } } },
    },
    [...PROCESSES, { ...GATE, customResources: [] }, SWEEPER],
  );

/** `manifests/` of the newest release before this one that the checkout knows; undefined where it has no tags. */
export const taggedTree = (): { readonly tag: string; readonly folder: string } | undefined => {
  const git = (...args: string[]): string => execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const tag = git('describe', '--tags', '--abbrev=0', '--match=v*', 'HEAD^');
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-tag-'));
    execFileSync('bash', ['-c', `git -C "$0" archive "$1" manifests | tar -x -C "$2"`, ROOT, tag, folder]);
    return { tag, folder };
  } catch {
    return undefined;
  }
};
