import { Yaml } from 'cdk8s';
import type { Manifest } from './manifest.ts';
import type { ManifestChange } from './patch.ts';
import { yamlFile } from './yaml-file.ts';

export interface KustomizePatch {
  readonly target: {
    readonly group?: string;
    readonly version?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly namespace?: string;
  };
  readonly patch: string;
}

export interface KustomizationParts {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly KustomizePatch[];
}

const filled = (parts: KustomizationParts) => Object.fromEntries(Object.entries(parts).filter(([, list]) => list.length > 0));

export const kustomizationFile = (parts: KustomizationParts): string =>
  yamlFile({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...filled(parts) });

/** A part that several overlays may take; it may patch what the overlay has so far. */
export const componentFile = (parts: KustomizationParts): string =>
  yamlFile({ apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', ...filled(parts) });

const targetOf = ({ apiVersion, kind, metadata }: Manifest): KustomizePatch['target'] => {
  const [version = '', group] = apiVersion.split('/').reverse();
  return {
    ...(group === undefined ? {} : { group }),
    version,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  };
};

const deletion = ({ apiVersion, kind, metadata }: Manifest): string =>
  Yaml.stringify({
    $patch: 'delete',
    apiVersion,
    kind,
    metadata: { name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}) },
  });

/** Patches for what an overlay changes or leaves out of what it builds on. */
export const patchesFor = ({ changed, removed }: ManifestChange): readonly KustomizePatch[] => [
  ...removed.map((manifest) => ({ target: targetOf(manifest), patch: deletion(manifest) })),
  ...changed.map(({ manifest, operations }) => ({ target: targetOf(manifest), patch: Yaml.stringify(operations) })),
];
