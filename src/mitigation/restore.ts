import { MITIGATION_ANNOTATIONS, MITIGATION_LABELS } from '../conventions/index.ts';
import type { KubernetesObject } from '../platform/index.ts';
import type { FieldValue } from './back-end.ts';

/** One field as it was, and as it was set. `before` is absent where there was nothing. */
export interface RestoredField {
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly set: unknown;
}

/** Written onto the changed object itself, in the same write as the change: whoever finds the object can take the change back. */
export interface RestoreNote {
  readonly mitigation: string;
  readonly backEnd: string;
  readonly fields: readonly RestoredField[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path; undefined where there is none. */
export const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined), object);

/** A tree with values at paths, as server-side apply takes it. */
export const treeOf = (fields: readonly FieldValue[]): Readonly<Record<string, unknown>> => {
  const root: Record<string, unknown> = {};
  for (const { path, value } of fields) {
    let at = root;
    path.forEach((name, i) => {
      if (i === path.length - 1) at[name] = value;
      else {
        const next = isRecord(at[name]) ? { ...at[name] } : {};
        at[name] = next;
        at = next;
      }
    });
  }
  return root;
};

/** JSON pointer (RFC 6901). */
export const pointerOf = (path: readonly string[]): string =>
  path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The note for a change of fields; what stood there is read from the object. */
export const noteOf = (object: KubernetesObject, mitigation: string, backEnd: string, fields: readonly FieldValue[]): RestoreNote => ({
  mitigation,
  backEnd,
  fields: fields.map(({ path, value }) => {
    const before = valueAt(object, path);
    return { path, ...(before === undefined ? {} : { before }), set: value };
  }),
});

/** The note on an object; undefined where there is none that we could have written. */
export const readNote = ({ metadata }: Pick<KubernetesObject, 'metadata'>): RestoreNote | undefined => {
  const text = metadata.annotations?.[MITIGATION_ANNOTATIONS.restore];
  if (text === undefined || metadata.labels?.[MITIGATION_LABELS.managed] !== 'true') return undefined;
  try {
    const note = JSON.parse(text) as unknown;
    if (!isRecord(note) || typeof note.mitigation !== 'string' || !Array.isArray(note.fields)) return undefined;
    const isField = (field: unknown): boolean =>
      isRecord(field) && Array.isArray(field.path) && field.path.length > 0 && field.path.every((name) => typeof name === 'string');
    return note.fields.every(isField) ? (note as unknown as RestoreNote) : undefined;
  } catch {
    return undefined;
  }
};
