import { loadAll } from 'js-yaml';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** Objects of all files below `manifests/base` and `manifests/components`. */
export const objectsIn = (files: ReadonlyMap<string, string>): readonly KubernetesObject[] =>
  [...files]
    .filter(([path]) => /^manifests\/(base|components)\//.test(path) && !path.endsWith('kustomization.yaml'))
    .flatMap(([, text]) => loadAll(text) as KubernetesObject[]);

/** The value at a path of keys; undefined where there is none. */
export const get = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value,
  );

export const named = (objects: readonly KubernetesObject[], kind: string, name?: string): readonly KubernetesObject[] =>
  objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
