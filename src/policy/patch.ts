import type { PatchStep } from './model/finding.ts';
import { joinPointer, parsePointer } from './model/json-pointer.ts';
import type { Policy } from './model/policy.ts';
import { isRecord, type JsonRecord, own } from './model/value.ts';

/**
 * What sets the value that a policy asks for at the path of one of its findings, for the document as it was read; undefined where the
 * policy names no value, or none for this path. What is missing on the way is made. `base` is where the object lies in its document.
 */
export const patchFor = ({ patch }: Policy, object: JsonRecord, base: string, path: string): readonly PatchStep[] | undefined => {
  if (patch === undefined || (patch.at !== undefined && !path.endsWith(patch.at))) return undefined;
  const steps = parsePointer(path.slice(base.length));
  const last = steps.pop();
  if (last === undefined) return undefined;
  let parent: unknown = object;
  for (const [i, step] of steps.entries()) {
    const child = Array.isArray(parent) ? (parent as readonly unknown[])[Number(step)] : own(parent as JsonRecord, step);
    if (Array.isArray(child) || isRecord(child)) {
      parent = child;
      continue;
    }
    // null is as good as absent, anything else is of a wrong type, which nobody can correct blindly.
    if ((child !== undefined && child !== null) || Array.isArray(parent)) return undefined;
    const missing = [...steps.slice(i + 1), last];
    const value = missing.reduceRight<unknown>((inner, key) => ({ [key]: inner }), patch.value);
    return [{ op: child === undefined ? 'add' : 'replace', path: base + joinPointer('', ...steps.slice(0, i + 1)), value }];
  }
  if (!isRecord(parent)) return undefined;
  return [{ op: own(parent, last) === undefined ? 'add' : 'replace', path, value: patch.value }];
};
