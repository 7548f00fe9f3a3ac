import { podRule, type Violation } from '../model/policy.ts';
import { isAbsent, listOf, recordOf } from '../model/value.ts';

/** Volume types of the restricted level. One of them in a volume is enough, as in the API server's own check. */
export const ALLOWED_VOLUME_SOURCES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const;

/** All others of the core API. A volume with no type at all becomes an emptyDir, so it is fine. */
const OTHER_SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'azureDisk',
  'vsphereVolume',
  'quobyte',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const;

const restrictedVolumes = podRule((pod) => {
  const found: Violation[] = [];
  listOf(pod.spec.volumes).forEach((item, i) => {
    const volume = recordOf(item);
    if (ALLOWED_VOLUME_SOURCES.some((source) => !isAbsent(volume[source]))) return;
    const source = OTHER_SOURCES.find((name) => !isAbsent(volume[name]));
    if (source === undefined) return;
    found.push({ path: `${pod.path}/volumes/${i}/${source}`, value: source, expected: `one of ${ALLOWED_VOLUME_SOURCES.join(', ')}` });
  });
  return found;
});

export const VOLUME_RULES = { 'pss-restricted-volumes': restrictedVolumes } as const;
