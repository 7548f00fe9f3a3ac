import { BellwetherError, type KubernetesClient, type KubernetesObject } from '../../platform/index.ts';
import type { JsonRecord } from '../../policy/index.ts';
import type { ScanError } from '../finding.ts';
import { LIVE_KINDS } from './live-kinds.ts';

/** What a cluster holds, as far as policies are about it. */
export interface ClusterContent {
  readonly objects: readonly JsonRecord[];
  /** Kinds that could not be listed, and why. */
  readonly errors: readonly ScanError[];
  /** The 36 of version 1.36; undefined where the server does not say. */
  readonly kubernetesMinor: number | undefined;
}

interface GroupList {
  readonly groups: readonly { readonly name: string; readonly preferredVersion: { readonly groupVersion: string } }[];
}

/**
 * Lists every known kind that the server has, or only those of `wanted` (kinds by group), one after the other. Rejects only where the
 * server cannot be asked at all.
 */
export const readCluster = async (
  client: Pick<KubernetesClient, 'raw' | 'pages'>,
  signal: AbortSignal,
  wanted: Readonly<Record<string, readonly string[]>> = LIVE_KINDS,
): Promise<ClusterContent> => {
  const { groups } = (await client.raw('/apis', { signal })) as GroupList;
  const versions = new Map(groups.map(({ name, preferredVersion }) => [name, preferredVersion.groupVersion]));
  const objects: JsonRecord[] = [];
  const errors: ScanError[] = [];
  for (const [group, kinds] of Object.entries(wanted)) {
    const apiVersion = group === '' ? 'v1' : versions.get(group);
    if (apiVersion === undefined) continue;
    for (const kind of kinds) {
      try {
        for await (const { items } of client.pages<KubernetesObject>({ apiVersion, kind }, { signal }))
          for (const item of items) objects.push(withoutBookkeeping(item));
      } catch (thrown) {
        const isKnown = thrown instanceof BellwetherError;
        // Of a group only some kinds may be installed.
        if (isKnown && thrown.code === 'not_found') continue;
        if (!isKnown || thrown.code === 'cancelled') throw thrown;
        errors.push({ file: `live:${kind}`, message: thrown.message });
      }
    }
  }
  return { objects, errors, kubernetesMinor: await minorOf(client, signal) };
};

/** Field managers are most of an object's bytes, and no policy reads them. */
const withoutBookkeeping = (object: KubernetesObject): JsonRecord => {
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata };
};

const minorOf = async (client: Pick<KubernetesClient, 'raw'>, signal: AbortSignal): Promise<number | undefined> => {
  const { minor } = (await client.raw('/version', { signal })) as { minor?: string };
  // Some providers write `31+`.
  const value = Number.parseInt(minor ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
};
