import { createHash } from 'node:crypto';
import { MITIGATION_ANNOTATIONS, MITIGATION_LABELS, MITIGATION_NAME_PREFIX } from '../conventions/index.ts';
import { formatTime, type KubernetesObject, type ObjectMetadata } from '../platform/index.ts';
import type { MitigationIntent } from './intent.ts';

/** Kubernetes takes 253 characters for a name, but labels and many data planes only 63. */
const MAX_NAME = 63;
const DIGEST = 8;
/** Annotations may be long, but `kubectl describe` is read by people. */
const MAX_REASON = 300;

/** Name of an object of ours: the same for the same mitigation and part, and never one that a user would choose. */
export const ownedName = (mitigation: string, part = ''): string => {
  const plain = `${MITIGATION_NAME_PREFIX}${mitigation}${part === '' ? '' : `-${part}`}`;
  if (plain.length <= MAX_NAME) return plain;
  const digest = createHash('sha256').update(plain).digest('hex').slice(0, DIGEST);
  return `${plain.slice(0, MAX_NAME - DIGEST - 1).replace(/[^a-z0-9]+$/, '')}-${digest}`;
};

/** Metadata of a separate object: name prefix, labels and end. */
export const ownedMetadata = (
  intent: Pick<MitigationIntent, 'mitigation' | 'expiresAtMs' | 'reason'>,
  backEnd: string,
  namespace: string,
  part = '',
): ObjectMetadata => ({
  name: ownedName(intent.mitigation, part),
  namespace,
  labels: {
    [MITIGATION_LABELS.managed]: 'true',
    [MITIGATION_LABELS.name]: intent.mitigation,
    [MITIGATION_LABELS.backEnd]: backEnd,
  },
  annotations: {
    [MITIGATION_ANNOTATIONS.expiresAt]: formatTime(intent.expiresAtMs),
    [MITIGATION_ANNOTATIONS.reason]: intent.reason.slice(0, MAX_REASON),
    [MITIGATION_ANNOTATIONS.argoIgnore]: 'IgnoreExtraneous',
  },
});

/** Whether a separate object is ours to change or delete: name prefix, label and, where it is said, the mitigation. */
export const isOwned = ({ metadata }: Pick<KubernetesObject, 'metadata'>, mitigation?: string): boolean =>
  metadata.name.startsWith(MITIGATION_NAME_PREFIX) &&
  metadata.labels?.[MITIGATION_LABELS.managed] === 'true' &&
  (mitigation === undefined || metadata.labels[MITIGATION_LABELS.name] === mitigation);
