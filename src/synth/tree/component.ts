import type { OverlayName } from '../options/bundle-options.ts';
import type { KustomizePatch } from './kustomization.ts';
import type { Manifest } from './manifest.ts';

export interface Component {
  readonly name: string;
  /** Overlays that take it without being asked. */
  readonly usedBy: readonly OverlayName[];
  /** Objects by file name. */
  readonly files: ReadonlyMap<string, readonly Manifest[]>;
  readonly patches?: readonly KustomizePatch[];
}
