import { NAMESPACE_LABELS } from '../../conventions/index.ts';
import type { Clock, KubernetesClient } from '../../platform/index.ts';
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
import { createPause, LIVE_KINDS } from '../../scanner/index.ts';
import { type ListKindsDeps, listKind, readGroups, type UnreadKind } from './list-kinds.ts';
import { isMade, slimObject, withoutManagers } from './slim-object.ts';
import type { Tally } from './tally.ts';

export interface ClusterScanDeps {
  readonly client: Pick<KubernetesClient, 'raw' | 'pages'>;
  readonly clock: Clock;
}

export interface ClusterScanOptions {
  readonly chooser: PolicyChooser;
  /** Of the configuration; those of the cluster are read beside them. */
  readonly exceptions: readonly PolicyException[];
  readonly exceptionMaxDays: number;
  readonly podPaths: PodPaths;
  /** That of the server where absent. */
  readonly kubernetesMinor?: number;
  readonly excludeNamespaces: readonly string[];
  readonly secrets: boolean;
  readonly pageSize: number;
  readonly maxObjects: number;
  readonly attempts: number;
}

export interface ClusterScan {
  /** Judged ones; what others made counts with its owner. */
  readonly objects: number;
  readonly unread: readonly UnreadKind[];
  /** False where objects were too many or a kind unread: then policies that need other objects were left out. */
  readonly judgedTogether: boolean;
  /** Every exception with the findings that it took away; an expired one with those that it would have. */
  readonly exceptions: readonly { readonly exception: PolicyException; readonly findings: number }[];
  readonly invalidExceptions: readonly string[];
}

const EXCEPTIONS = { apiVersion: 'bellwether.dev/v1alpha1', kind: 'PolicyException' } as const;
const NAMESPACES = { apiVersion: 'v1', kind: 'Namespace' } as const;
// A reference to a Secret that nobody could list is no finding.
const SECRET_REFERENCE = /\/(secretKeyRef|secretRef)\//;

/**
 * Judges the live objects of a cluster as the webhook would, in one pass: each page is judged and forgotten but for what policies about
 * several objects need, which are judged at the end. Rejects with `cancelled`, and where the server cannot be asked at all.
 */
export const scanCluster = async (
  deps: ClusterScanDeps,
  { chooser, podPaths, ...options }: ClusterScanOptions,
  tally: Pick<Tally, 'add'>,
  signal: AbortSignal,
): Promise<ClusterScan> => {
  const { clock } = deps;
  const nowMs = clock.nowMs();
  const pause = createPause(clock, signal);
  const groups = await readGroups(deps, options.attempts, signal);
  const minor = options.kubernetesMinor ?? (await minorOf(deps, signal));
  const unread: UnreadKind[] = [];
  const list = async (kind: { readonly apiVersion: string; readonly kind: string }, take: (object: JsonRecord) => Promise<void>) => {
    const failed = await listKind(deps, options, kind, take, signal);
    if (failed) unread.push(failed);
  };

  const namespaces = new Map<string, JsonRecord>();
  await list(NAMESPACES, async (object) => void namespaces.set(refOf(object).name, withoutManagers(object)));
  const { exceptions, invalid, resources } = await readExceptions(list, options, nowMs);
  const uses = new Map<PolicyException, number>(exceptions.map((exception) => [exception, 0]));

  const isWanted = (object: JsonRecord): boolean => {
    const { kind, name, namespace } = refOf(object);
    const place = kind === NAMESPACES.kind ? name : namespace;
    if (place === undefined) return true;
    // The API server does not ask the webhook about those with the label either.
    const labels = recordOf(recordOf(namespaces.get(place)?.metadata).labels);
    return !options.excludeNamespaces.includes(place) && labels[NAMESPACE_LABELS.ignore] === undefined;
  };
  const judge = (object: JsonRecord, part: Parameters<ReturnType<PolicyChooser['in']>['evaluate']>[1]): void => {
    const { kind, namespace } = refOf(object);
    const namespaceObject = kind === NAMESPACES.kind || namespace === undefined ? undefined : namespaces.get(namespace);
    const labels = recordOf(recordOf(namespaceObject?.metadata).labels);
    const found = chooser.in(kind === NAMESPACES.kind ? undefined : namespace, labels).evaluate(object, {
      ...part,
      podPaths,
      nowMs,
      ...(minor === undefined ? {} : { kubernetesMinor: minor }),
      ...(namespaceObject ? { namespaceObject } : {}),
    });
    const judged = applyExceptions(options.secrets ? found : found.filter(isKnown), exceptions, nowMs);
    for (const { exception, findings } of judged.uses) uses.set(exception, (uses.get(exception) ?? 0) + findings);
    tally.add(judged.findings);
  };

  const remembered: JsonRecord[] = [];
  let objects = 0;
  let isTooLarge = false;
  const take = async (object: JsonRecord): Promise<void> => {
    await pause();
    if (isMade(object)) return;
    if (isWanted(object)) {
      objects += 1;
      judge(withoutManagers(object), { part: 'object' });
    }
    if (remembered.length < options.maxObjects) remembered.push(slimObject(object));
    else isTooLarge = true;
  };
  for (const object of [...namespaces.values(), ...resources]) await take(object);
  for (const [group, kinds] of Object.entries(LIVE_KINDS)) {
    const apiVersion = group === '' ? 'v1' : groups.get(group);
    if (apiVersion === undefined) continue;
    for (const kind of kinds) if (isListed(kind, options.secrets)) await list({ apiVersion, kind }, take);
  }

  const judgedTogether = !isTooLarge && unread.length === 0;
  // Without the others, rules that only look closer where others are known still hold.
  const together = judgedTogether ? { cluster: createClusterIndex(remembered, podPaths) } : {};
  for (const object of remembered) {
    await pause();
    if (isWanted(object)) judge(object, { part: 'cluster', ...together });
  }
  return {
    objects,
    unread,
    judgedTogether,
    exceptions: [...uses].map(([exception, findings]) => ({ exception, findings })),
    invalidExceptions: invalid,
  };
};

const isListed = (kind: string, secrets: boolean): boolean =>
  kind !== NAMESPACES.kind && kind !== EXCEPTIONS.kind && (secrets || kind !== 'Secret');

const isKnown = ({ policy, path }: Finding): boolean => policy !== 'env-ref-missing' || !SECRET_REFERENCE.test(path);

const minorOf = async ({ client }: ListKindsDeps, signal: AbortSignal): Promise<number | undefined> => {
  const { minor } = (await client.raw('/version', { signal })) as { minor?: string };
  // Some providers write `31+`.
  const value = Number.parseInt(minor ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
};

type Lister = (kind: { readonly apiVersion: string; readonly kind: string }, take: (object: JsonRecord) => Promise<void>) => Promise<void>;

/** The exceptions in force, those of the configuration first, and what is wrong with others. */
const readExceptions = async (
  list: Lister,
  { exceptions: configured, exceptionMaxDays: maxDays }: Pick<ClusterScanOptions, 'exceptions' | 'exceptionMaxDays'>,
  nowMs: number,
) => {
  const exceptions = [...configured];
  const invalid: string[] = [];
  const resources: JsonRecord[] = [];
  await list(EXCEPTIONS, async (object) => {
    resources.push(object);
    const name = stringOf(recordOf(object.metadata).name) ?? '';
    try {
      exceptions.push(...parseExceptions(object, name, { nowMs, maxDays }));
    } catch (error) {
      invalid.push((error as Error).message);
    }
  });
  return { exceptions, invalid, resources };
};
