import type { Bundle, Overlay } from '../options/bundle.ts';
import { BASE_SURROUNDINGS } from '../options/parse-overlay.ts';
import type { Component } from './component.ts';
import { components } from './components.ts';
import { coreManifests } from './core-manifests.ts';
import { componentFile, kustomizationFile, patchesFor } from './kustomization.ts';
import type { Manifest } from './manifest.ts';
import { compareManifests } from './patch.ts';
import { yamlFile } from './yaml-file.ts';

type Files = ReadonlyMap<string, readonly Manifest[]>;

/** Components with a namespace of their own, which may also be applied by themselves. */
const ALONE = ['lab', 'collector', 'decoy'] as const;
const KUSTOMIZATION = 'kustomization.yaml';
const all = (files: Files): readonly Manifest[] => [...files.values()].flat();
const writeFiles = (folder: string, files: Files): readonly (readonly [string, string])[] =>
  [...files].map(([name, manifests]) => [`${folder}/${name}.yaml`, yamlFile(...manifests)] as const);
const resourceNames = (files: Files): readonly string[] => [...files.keys()].map((name) => `${name}.yaml`);

/** Objects of the base and of the components that are as the surroundings of an overlay want them. */
const overlayFile = (bundle: Bundle, overlay: Overlay, base: readonly Manifest[], parts: readonly Component[]): string => {
  const used = parts.filter(({ usedBy }) => usedBy.includes(overlay.name));
  const wanted = new Map(components(bundle, overlay).map((component) => [component.name, all(component.files)]));
  const changes = [
    compareManifests(base, all(coreManifests(bundle, overlay))),
    ...used.map(({ name, files }) => compareManifests(all(files), wanted.get(name) ?? [])),
  ];
  return kustomizationFile({
    resources: ['../../base'],
    components: used.map(({ name }) => `../../components/${name}`),
    patches: changes.flatMap(patchesFor),
  });
};

/** `base`, `components/*` and `overlays/*` as Kustomize reads them; each folder has all it needs. */
export const kustomizeTree = (bundle: Bundle): ReadonlyMap<string, string> => {
  const base = coreManifests(bundle, BASE_SURROUNDINGS);
  const parts = components(bundle, BASE_SURROUNDINGS);
  return new Map([
    ...writeFiles('base', base),
    [`base/${KUSTOMIZATION}`, kustomizationFile({ resources: resourceNames(base) })] as const,
    ...parts.flatMap(({ name, files, patches = [] }) => [
      ...writeFiles(`components/${name}`, files),
      [`components/${name}/${KUSTOMIZATION}`, componentFile({ resources: resourceNames(files), patches })] as const,
    ]),
    // A component cannot be applied by itself.
    ...ALONE.map(
      (part) => [`overlays/${part}/kustomization.yaml`, kustomizationFile({ components: [`../../components/${part}`] })] as const,
    ),
    ...bundle.overlays.map(
      (overlay) => [`overlays/${overlay.name}/${KUSTOMIZATION}`, overlayFile(bundle, overlay, all(base), parts)] as const,
    ),
  ]);
};
