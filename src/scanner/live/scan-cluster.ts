import type { KubernetesClient } from '../../platform/index.ts';
import {
  applyExceptions,
  createClusterIndex,
  type Finding,
  type JsonRecord,
  type PodPaths,
  type PolicyChooser,
  type PolicyException,
  parseExceptions,
  recordOf,
  refOf,
  stringOf,
} from '../../policy/index.ts';
import type { FileFinding, ScanError } from '../finding.ts';
import { countBySeverity, type ScanResult } from '../scan.ts';
import { SYSTEM_NAMESPACES } from './live-kinds.ts';
import { readCluster } from './read-cluster.ts';

export interface ClusterScanOptions {
  readonly chooser: PolicyChooser;
  /** Number of policies, for the summary. */
  readonly policies: number;
  readonly exceptions: readonly PolicyException[];
  readonly podPaths: PodPaths;
  /** That of the server where absent. */
  readonly kubernetesMinor?: number;
  /** All but the system's where empty; objects without a namespace are judged in both cases only where it is empty. */
  readonly namespaces: readonly string[];
  readonly nowMs: number;
}

/** `live:Deployment/team/web`, which stands where a file's name would. */
const placeOf = (object: JsonRecord): string => {
  const { kind, namespace, name } = refOf(object);
  return `live:${[kind, namespace, name].filter(Boolean).join('/')}`;
};

const isMade = (object: JsonRecord): boolean => {
  const owners = recordOf(object.metadata).ownerReferences;
  return Array.isArray(owners) && owners.some((owner) => recordOf(owner).controller === true);
};

/** Judges the objects of a live cluster as the webhook would, with those policies too that look at several objects. Owners stand for what they make. */
export const scanCluster = async (
  client: Pick<KubernetesClient, 'raw' | 'pages'>,
  { chooser, exceptions, podPaths, namespaces, nowMs, ...options }: ClusterScanOptions,
  signal: AbortSignal,
): Promise<ScanResult> => {
  const { objects, errors, kubernetesMinor } = await readCluster(client, signal);
  const cluster = createClusterIndex(objects, podPaths);
  const byName = new Map(objects.flatMap((object) => (object.kind === 'Namespace' ? [[refOf(object).name, object] as const] : [])));
  const isWanted = (object: JsonRecord): boolean => {
    const namespace = object.kind === 'Namespace' ? refOf(object).name : refOf(object).namespace;
    if (namespaces.length > 0) return namespace !== undefined && namespaces.includes(namespace);
    return namespace === undefined || !SYSTEM_NAMESPACES.includes(namespace);
  };
  const judged = objects.filter((object) => isWanted(object) && !isMade(object));
  const minor = options.kubernetesMinor ?? kubernetesMinor;
  const findings = judged.flatMap((object): FileFinding[] => {
    const namespace = object.kind === 'Namespace' ? undefined : stringOf(recordOf(object.metadata).namespace);
    const namespaceObject = namespace === undefined ? undefined : byName.get(namespace);
    const labels = recordOf(recordOf(namespaceObject?.metadata).labels);
    const found: readonly Finding[] = chooser.in(namespace, labels).evaluate(object, {
      cluster,
      podPaths,
      withPatches: true,
      nowMs,
      ...(minor === undefined ? {} : { kubernetesMinor: minor }),
      ...(namespaceObject ? { namespaceObject } : {}),
    });
    return found.map((finding) => ({ ...finding, file: placeOf(object), document: 0, line: 1, column: 1 }));
  });
  const own = exceptionsIn(objects, nowMs);
  const result = applyExceptions(findings, [...exceptions, ...own.exceptions], nowMs);
  return {
    findings: result.findings,
    files: judged.map(placeOf),
    errors: [...errors, ...own.errors],
    exceptions: result.uses,
    summary: {
      files: judged.length,
      documents: judged.length,
      objects: judged.length,
      policies: options.policies,
      findings: countBySeverity(result.findings),
      excepted: result.excepted.length,
      errors: errors.length + own.errors.length,
      skipped: [],
    },
  };
};

/** The PolicyException resources of the cluster, as the webhook takes them. */
const exceptionsIn = (objects: readonly JsonRecord[], nowMs: number) => {
  const exceptions: PolicyException[] = [];
  const errors: ScanError[] = [];
  for (const object of objects) {
    if (object.kind !== 'PolicyException' || object.apiVersion !== 'bellwether.dev/v1alpha1') continue;
    try {
      exceptions.push(...parseExceptions(object, refOf(object).name, { nowMs }));
    } catch (error) {
      errors.push({ file: placeOf(object), message: (error as Error).message });
    }
  }
  return { exceptions, errors };
};
