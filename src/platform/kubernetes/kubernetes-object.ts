/** Any object of the API. What a kind holds beside metadata is the caller's to know. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly [field: string]: unknown;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** A kind as manifests name it: `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. */
export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object by name; without `namespace` where the kind has none. */
export interface ObjectName extends KindName {
  readonly name: string;
  readonly namespace?: string;
}

export const nameOfObject = ({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectName => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});
