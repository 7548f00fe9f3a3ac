import { BellwetherError, type Clock, type KubernetesClient, type KubernetesObject, toBellwetherError } from '../../platform/index.ts';
import { type JsonRecord, refOf } from '../../policy/index.ts';

export interface ListKindsDeps {
  readonly client: Pick<KubernetesClient, 'raw' | 'pages'>;
  readonly clock: Clock;
}

export interface ListKindsOptions {
  readonly pageSize: number;
  readonly attempts: number;
}

/** A kind that could not be listed to its end. */
export interface UnreadKind {
  readonly kind: string;
  readonly error: BellwetherError;
}

interface GroupList {
  readonly groups: readonly { readonly name: string; readonly preferredVersion: { readonly groupVersion: string } }[];
}

// Long enough for an API server that is restarted, short against a scan.
const RETRY_AFTER_MS = 5_000;
// A page of large objects over a slow line.
const PAGE_TIMEOUT_MS = 60_000;

/** Version of each group that the server prefers; the core group is not among them. */
export const readGroups = async (
  { client, clock }: ListKindsDeps,
  attempts: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const { groups } = (await client.raw('/apis', { signal })) as GroupList;
      return new Map(groups.map(({ name, preferredVersion }) => [name, preferredVersion.groupVersion]));
    } catch (thrown) {
      if (signal.aborted || attempt >= attempts) throw thrown;
      await clock.sleep(RETRY_AFTER_MS, signal);
    }
  }
};

/**
 * Hands over every object of a kind once, page by page. A list that breaks off (an expired page, an API server that goes away) is begun again,
 * and what was handed over already is passed by. Gives what went wrong in the end; `undefined` also where the server has no such kind.
 */
export const listKind = async (
  { client, clock }: ListKindsDeps,
  { pageSize, attempts }: ListKindsOptions,
  name: { readonly apiVersion: string; readonly kind: string },
  take: (object: JsonRecord) => Promise<void>,
  signal: AbortSignal,
): Promise<UnreadKind | undefined> => {
  const seen = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const { items } of client.pages<KubernetesObject>(name, { signal, pageSize, timeoutMs: PAGE_TIMEOUT_MS }))
        for (const item of items) {
          const { namespace = '', name: own } = refOf(item);
          const key = `${namespace}/${own}`;
          if (seen.has(key)) continue;
          await take(item);
          seen.add(key);
        }
      return undefined;
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      if (signal.aborted) throw new BellwetherError('cancelled', 'the scan was stopped');
      // Of a group only some kinds may be installed.
      if (error.code === 'not_found') return undefined;
      if (attempt >= attempts || error.code === 'forbidden' || error.code === 'unauthorized') return { kind: name.kind, error };
      await clock.sleep(RETRY_AFTER_MS, signal);
    }
  }
};
