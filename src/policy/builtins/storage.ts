import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, isRecord, type JsonRecord, listOf, own, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { matcherOf } from './given-lists.ts';

/** Claims in an object: itself, those of a StatefulSet, those of ephemeral volumes; with the place of their spec. */
const claimsOf = (
  object: JsonRecord,
  base: string,
  pods: { readonly spec: JsonRecord; readonly path: string } | undefined,
): readonly { readonly spec: JsonRecord; readonly path: string }[] => {
  if (object.kind === 'PersistentVolumeClaim') return [{ spec: recordOf(object.spec), path: `${base}/spec` }];
  const templates = listOf(recordOf(object.spec).volumeClaimTemplates).map((item, i) => ({
    spec: recordOf(recordOf(item).spec),
    path: `${base}/spec/volumeClaimTemplates/${i}/spec`,
  }));
  const volumes = listOf(pods?.spec.volumes).flatMap((item, i) => {
    const template = recordOf(recordOf(item).ephemeral).volumeClaimTemplate;
    return isRecord(template)
      ? [{ spec: recordOf(template.spec), path: `${pods?.path}/volumes/${i}/ephemeral/volumeClaimTemplate/spec` }]
      : [];
  });
  return [...templates, ...volumes];
};

const storageClass = objectRule((object, { base, pods, params }) => {
  const isAllowed = matcherOf(params, 'allowed');
  return claimsOf(object, base, pods).flatMap(({ spec, path }): Violation[] => {
    const name = spec.storageClassName;
    // Absent is the default class of the cluster.
    if (isAbsent(name) || (typeof name === 'string' && isAllowed(name))) return [];
    return [{ path: `${path}/storageClassName`, value: name, expected: stringsOf(params.allowed).join(', ') }];
  });
});

const accessMode = objectRule((object, { base, pods, params }) => {
  const allowed = stringsOf(params.allowed);
  return claimsOf(object, base, pods).flatMap(({ spec, path }) =>
    listOf(spec.accessModes).flatMap((mode, i): Violation[] =>
      typeof mode === 'string' && allowed.includes(mode)
        ? []
        : [{ path: `${path}/accessModes/${i}`, value: mode, expected: allowed.join(', ') }],
    ),
  );
});

/** The parameter by which a provisioner encrypts; others encrypt always, or say nothing about it. */
const ENCRYPTED_BY: readonly (readonly [provisioner: RegExp, parameter: string])[] = [
  [/^(ebs\.csi\.aws\.com|ebs\.csi\.eks\.amazonaws\.com|kubernetes\.io\/aws-ebs)$/, 'encrypted'],
  [/^efs\.csi\.aws\.com$/, 'encryptInTransit'],
  [/^driver\.longhorn\.io$/, 'encrypted'],
  [/(^|\.)rbd\.csi\.ceph\.com$/, 'encrypted'],
  [/^(pxd\.portworx\.com|kubernetes\.io\/portworx-volume)$/, 'secure'],
];

const unencrypted = (storage: JsonRecord): string | undefined => {
  const parameter = ENCRYPTED_BY.find(([provisioner]) => provisioner.test(stringOf(storage.provisioner) ?? ''))?.[1];
  if (parameter === undefined) return undefined;
  const value = own(recordOf(storage.parameters), parameter);
  // The driver of EFS encrypts unless it is told not to.
  const isOn = parameter === 'encryptInTransit' ? value !== 'false' : String(value).toLowerCase() === 'true';
  return isOn ? undefined : parameter;
};

/** Classes that do not encrypt, and volumes of such a class where it is known. */
const encryption = objectRule((object, { base, cluster }) => {
  if (object.kind === 'StorageClass') {
    const parameter = unencrypted(object);
    if (parameter === undefined) return FINE;
    return [{ path: `${base}/parameters/${parameter}`, value: own(recordOf(object.parameters), parameter), expected: '"true"' }];
  }
  const name = stringOf(recordOf(object.spec).storageClassName);
  const found = name === undefined ? undefined : cluster?.get('storage.k8s.io/StorageClass', undefined, name);
  if (!found || unencrypted(found.object) === undefined) return FINE;
  return [{ path: `${base}/spec/storageClassName`, value: name, expected: 'a StorageClass that encrypts' }];
});

/** Volumes and claims. */
export const STORAGE_RULES = { storageclass: storageClass, 'pvc-access-mode': accessMode, 'pv-encryption': encryption } as const;
