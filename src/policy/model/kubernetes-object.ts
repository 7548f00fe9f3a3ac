import { type JsonRecord, listOf, recordOf, stringOf } from './value.ts';

/** Which object a finding is about. Absent fields are empty in `apiVersion`, `kind` and `name`, undefined in `namespace`. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** `metadata.name`, else `metadata.generateName`. */
  readonly name: string;
}

/** One object of a document, with the place where it lies in it. */
export interface PlacedObject {
  readonly object: JsonRecord;
  /** JSON Pointer of the object in its document: empty, or `/items/3` inside a List. */
  readonly path: string;
}

// Lists inside lists are not Kubernetes; the limit only stops hostile nesting.
const MAX_LIST_DEPTH = 3;
const LIST_KIND = /List$/;

export const refOf = (object: JsonRecord): ObjectRef => {
  const metadata = recordOf(object.metadata);
  const namespace = stringOf(metadata.namespace);
  return {
    apiVersion: stringOf(object.apiVersion) ?? '',
    kind: stringOf(object.kind) ?? '',
    ...(namespace ? { namespace } : {}),
    name: stringOf(metadata.name) ?? stringOf(metadata.generateName) ?? '',
  };
};

/** `apps/v1` to `apps`; the core group is empty. */
export const groupOf = (object: JsonRecord): string => {
  const apiVersion = stringOf(object.apiVersion) ?? '';
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
};

/** `apps/Deployment`; kinds of the core group stand alone: `Service`. */
export const groupKindOf = (object: JsonRecord): string => {
  const group = groupOf(object);
  const kind = stringOf(object.kind) ?? '';
  return group === '' ? kind : `${group}/${kind}`;
};

/** The objects of a document: itself, or the items of a List (`v1/List`, `PodList`, ...), each with its place. */
export const placeObjects = (document: JsonRecord, path = '', depth = 0): PlacedObject[] => {
  const kind = stringOf(document.kind) ?? '';
  if (!LIST_KIND.test(kind) || !Array.isArray(document.items) || depth >= MAX_LIST_DEPTH) return [{ object: document, path }];
  return listOf(document.items).flatMap((item, i) => {
    const object = recordOf(item);
    // Items of a typed list (`DeploymentList`) may leave out what the list says.
    const filled =
      object.kind === undefined && kind !== 'List'
        ? { apiVersion: object.apiVersion ?? document.apiVersion, kind: kind.replace(LIST_KIND, ''), ...object }
        : object;
    return placeObjects(filled, `${path}/items/${i}`, depth + 1);
  });
};
