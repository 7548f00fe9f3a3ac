import { labDeclarations, labNamespace } from '../../lab/declare.ts';
import type { Bundle } from '../options/bundle.ts';
import { BASE_SURROUNDINGS } from '../options/parse-overlay.ts';
import { parseProcesses } from '../options/parse-process.ts';
import { createOptionSection } from '../options/section.ts';
import { coreManifests } from './core-manifests.ts';
import type { Manifest } from './manifest.ts';

/** The drill in a namespace of its own, made by the same charts as the bundle: restricted pods, closed to everything but itself. */
export const labManifests = (bundle: Bundle): ReadonlyMap<string, readonly Manifest[]> => {
  const processes = parseProcesses(createOptionSection({}, 'lab', []), bundle.name, labDeclarations(bundle.name));
  return coreManifests({ ...bundle, namespace: labNamespace(bundle.name), processes }, { ...BASE_SURROUNDINGS, persistence: false });
};
