import { type Manifest, manifestId } from './manifest.ts';

/** RFC 6902. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const pointer = (path: string, key: string | number): string => `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Operations that make `wanted` out of `base`. Lists of equal length are compared item by item, others replaced as a whole. */
export const patchOperations = (base: unknown, wanted: unknown, path = ''): readonly PatchOperation[] => {
  if (same(base, wanted)) return [];
  if (Array.isArray(base) && Array.isArray(wanted) && base.length === wanted.length)
    return base.flatMap((item, i) => patchOperations(item, wanted[i], pointer(path, i)));
  if (!isObject(base) || !isObject(wanted)) return [{ op: 'replace', path, value: wanted }];
  const keys = [...new Set([...Object.keys(base), ...Object.keys(wanted)])].sort();
  return keys.flatMap((key): readonly PatchOperation[] => {
    const at = pointer(path, key);
    if (!Object.hasOwn(wanted, key)) return [{ op: 'remove', path: at }];
    if (!Object.hasOwn(base, key)) return [{ op: 'add', path: at, value: wanted[key] }];
    return patchOperations(base[key], wanted[key], at);
  });
};

/** How a set of objects differs from what an overlay wants. An overlay only changes and leaves out; what it adds is a component. */
export interface ManifestChange {
  /** As it is before the change. */
  readonly changed: readonly { readonly manifest: Manifest; readonly operations: readonly PatchOperation[] }[];
  readonly removed: readonly Manifest[];
}

export const compareManifests = (base: readonly Manifest[], wanted: readonly Manifest[]): ManifestChange => {
  const after = new Map(wanted.map((manifest) => [manifestId(manifest), manifest]));
  return {
    changed: base.flatMap((manifest) => {
      const operations = patchOperations(manifest, after.get(manifestId(manifest)) ?? manifest);
      return operations.length > 0 ? [{ manifest, operations }] : [];
    }),
    removed: base.filter((manifest) => !after.has(manifestId(manifest))),
  };
};
