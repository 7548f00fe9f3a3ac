import type { Clock } from '../clock.ts';
import { type BellwetherError, toBellwetherError } from '../error.ts';
import type { Random } from '../random.ts';
import { isExpired } from './api-error.ts';
import type { KubernetesClient, Selection } from './kubernetes-client.ts';
import type { KindName, KubernetesObject } from './kubernetes-object.ts';

export interface ObjectMirrorDeps {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface ObjectMirrorOptions extends Omit<Selection, 'signal' | 'timeoutMs'> {
  /** After each change; at most once per batch of events that come together. */
  readonly onChange?: () => void;
  /** A list or a watch failed; it is tried again after a pause. */
  readonly onError?: (error: BellwetherError) => void;
}

/** A copy of all objects of a kind, kept up to date. */
export interface ObjectMirror<T extends KubernetesObject> {
  /** The first list is in. */
  readonly isSynced: boolean;
  get(name: string, namespace?: string): T | undefined;
  values(): Iterable<T>;
  /** Lists and watches until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

const keyOf = (name: string, namespace = ''): string => `${namespace}/${name}`;

/** List, then watch from there; again from the list where the server forgot the place, with growing pauses where it fails. */
export const createObjectMirror = <T extends KubernetesObject>(
  { client, clock, random }: ObjectMirrorDeps,
  kind: KindName,
  { onChange = () => undefined, onError = () => undefined, ...selection }: ObjectMirrorOptions = {},
): ObjectMirror<T> => {
  let objects = new Map<string, T>();
  let isSynced = false;

  const list = async (signal: AbortSignal): Promise<string> => {
    const { items, resourceVersion } = await client.list<T>(kind, { ...selection, signal });
    objects = new Map(items.map((item) => [keyOf(item.metadata.name, item.metadata.namespace), item]));
    isSynced = true;
    onChange();
    return resourceVersion;
  };

  /** Until the stream ends; gives the place to go on from. */
  const watch = async (from: string, signal: AbortSignal): Promise<string> => {
    let resourceVersion = from;
    for await (const { type, object } of client.watch<T>(kind, { ...selection, resourceVersion, signal })) {
      resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
      if (type === 'bookmark') continue;
      const key = keyOf(object.metadata.name, object.metadata.namespace);
      if (type === 'deleted') objects.delete(key);
      else objects.set(key, object);
      onChange();
    }
    return resourceVersion;
  };

  return {
    get isSynced() {
      return isSynced;
    },
    get: (name, namespace) => objects.get(keyOf(name, namespace)),
    values: () => objects.values(),
    run: async (signal) => {
      let place: string | undefined;
      let pauseMs = FIRST_PAUSE_MS;
      while (!signal.aborted) {
        try {
          place ??= await list(signal);
          place = await watch(place, signal);
          pauseMs = FIRST_PAUSE_MS;
        } catch (thrown) {
          if (signal.aborted) return;
          // Whatever ended the stream: a new list cannot have missed anything.
          place = undefined;
          if (isExpired(thrown)) continue;
          onError(toBellwetherError(thrown));
          await clock.sleep(pauseMs * (0.5 + random()), signal);
          pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
        }
      }
    },
  };
};
