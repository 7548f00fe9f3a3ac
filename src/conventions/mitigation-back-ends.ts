import type { RbacRule } from './declaration.ts';
import type { AttachStyle, WrittenKind } from './mitigation-words.ts';

/**
 * What the bundle has to know of a back-end: its rights are granted, and the guard of the API server knows its kinds, only where it is
 * switched on.
 */
export interface BackEndDeclaration {
  /** As in configuration, flags, metrics and the name of its page. */
  readonly name: string;
  readonly title: string;
  readonly attach: AttachStyle;
  /** Kinds that it writes. */
  readonly writes: readonly WrittenKind[];
  readonly rbac: readonly RbacRule[];
}

/** Every back-end there is, by name. */
export const MITIGATION_BACK_ENDS: Readonly<Record<string, BackEndDeclaration>> = {};
