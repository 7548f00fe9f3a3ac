import type { ClusterIndex, IndexedObject } from '../cluster/cluster-index.ts';
import { containerRule, FINE, type Violation } from '../model/policy.ts';
import { type JsonRecord, listOf, own, recordOf, stringOf } from '../model/value.ts';
import { namespaceOf } from './facts.ts';

type Store = 'Secret' | 'ConfigMap';

/** Resources that become a Secret when they are applied, and where they say its name. */
const MAKERS: Readonly<Record<Store, readonly (readonly [groupKind: string, name: (object: JsonRecord) => unknown])[]>> = {
  Secret: [
    ['bitnami.com/SealedSecret', () => undefined],
    ['external-secrets.io/ExternalSecret', ({ spec }) => recordOf(recordOf(spec).target).name],
    ['cert-manager.io/Certificate', ({ spec }) => recordOf(spec).secretName],
    ['secrets.infisical.com/InfisicalSecret', ({ spec }) => recordOf(recordOf(spec).managedSecretReference).secretName],
    ['secrets.hashicorp.com/VaultStaticSecret', ({ spec }) => recordOf(recordOf(spec).destination).name],
  ],
  ConfigMap: [['trust.cert-manager.io/Bundle', () => undefined]],
};

// The API server puts it into every namespace.
const ALWAYS_THERE = 'kube-root-ca.crt';

const isMade = (cluster: ClusterIndex, store: Store, name: string, namespace: string | undefined): boolean =>
  (store === 'ConfigMap' && name === ALWAYS_THERE) ||
  MAKERS[store].some(([groupKind, nameOf]) =>
    cluster.list(groupKind, { namespace }).some((entry) => (stringOf(nameOf(entry.object)) || entry.name) === name),
  );

const hasKey = ({ object }: IndexedObject, key: string): boolean =>
  ['data', 'stringData', 'binaryData'].some((field) => own(recordOf(object[field]), key) !== undefined);

/** Variables that are filled from a Secret or ConfigMap that is not there, or from a key that it does not have. */
const envRefMissing = containerRule(({ spec, path, name: container }, input) => {
  const { cluster } = input;
  if (!cluster) return FINE;
  const namespace = namespaceOf(input);
  const look = (reference: unknown, store: Store, at: string): Violation[] => {
    const { name, key, optional } = recordOf(reference);
    if (optional === true || typeof name !== 'string' || isMade(cluster, store, name, namespace)) return [];
    const found = cluster.get(store, namespace, name);
    if (!found) {
      const message = `container ${container} takes a variable from the ${store} ${name}, which is not there`;
      return [{ path: `${at}/name`, value: name, message }];
    }
    if (typeof key !== 'string' || hasKey(found, key)) return [];
    const message = `container ${container} takes a variable from the key ${key} of the ${store} ${name}, which has no such key`;
    return [{ path: `${at}/key`, value: key, message }];
  };
  const found = listOf(spec.env).flatMap((item, i) => {
    const { secretKeyRef, configMapKeyRef } = recordOf(recordOf(item).valueFrom);
    const at = `${path}/env/${i}/valueFrom`;
    return [...look(secretKeyRef, 'Secret', `${at}/secretKeyRef`), ...look(configMapKeyRef, 'ConfigMap', `${at}/configMapKeyRef`)];
  });
  listOf(spec.envFrom).forEach((item, i) => {
    const { secretRef, configMapRef } = recordOf(item);
    const at = `${path}/envFrom/${i}`;
    found.push(...look(secretRef, 'Secret', `${at}/secretRef`), ...look(configMapRef, 'ConfigMap', `${at}/configMapRef`));
  });
  return found.length > 0 ? found : FINE;
});

/** What containers take from other objects. */
export const REFERENCE_RULES = { 'env-ref-missing': envRefMissing } as const;
