import { type ACTIONS, SEVERITIES } from '../../conventions/index.ts';
import type { ObjectRef } from './kubernetes-object.ts';

export { ACTIONS, SEVERITIES } from '../../conventions/index.ts';
export type Severity = (typeof SEVERITIES)[number];

export type Action = (typeof ACTIONS)[number];

export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** One step of a JSON Patch (RFC 6902); paths are in the document. */
export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** One thing that is wrong with one object. */
export interface Finding {
  /** Policy id. */
  readonly policy: string;
  readonly title: string;
  readonly severity: Severity;
  readonly action: Exclude<Action, 'off'>;
  readonly object: ObjectRef;
  /** The controlling owner, where the object names one. */
  readonly owner?: ObjectRef | undefined;
  /** Name of the container that the finding is about. */
  readonly container?: string | undefined;
  /** Image of that container. */
  readonly image?: string | undefined;
  /** JSON Pointer in the document. Where a field is missing, the place where it belongs. */
  readonly path: string;
  readonly message: string;
  /** What stands at the path; undefined where nothing does. */
  readonly value?: unknown;
  /** What would be accepted, in words. */
  readonly expected?: string | undefined;
  /** What to write instead, in words. */
  readonly fix: string;
  /** Sets the one value that is right, for the document as it was read. Whether the workload works with it is for its tests to say. */
  readonly patch?: readonly PatchStep[] | undefined;
  /** Address of the policy's page. */
  readonly docs: string;
}
