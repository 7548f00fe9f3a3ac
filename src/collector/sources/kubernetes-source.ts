import { isExpired, type KubernetesClient, type KubernetesObject, toBellwetherError } from '../../platform/index.ts';
import { parseKubernetesEvent, type RuntimeEvent } from '../../runtime-events/index.ts';
import type { CollectorSource, SourceDeps } from './node-source.ts';

const NAME = 'kubernetes';
const EVENT = { apiVersion: 'v1', kind: 'Event' } as const;
const RETRY_MS = 5_000;
/** Events that come together are sent together. */
const GATHER_MS = 500;
const MOST_TOGETHER = 500;
/** More than this is not read from the stream before it is sent: memory stays bounded. */
const MOST_WAITING = 5_000;
const WATCH_SECONDS = 60;

export interface KubernetesSourceOptions {
  readonly excludeNamespaces: readonly string[];
}

/**
 * Kubernetes Events of the whole cluster. No place is kept: the API server holds them for an hour, all of them are sent again after a restart, and the
 * receiver knows which came before.
 */
export const createKubernetesSource = (
  { clock, log, instruments: m, shipper, onEvents }: SourceDeps,
  client: Pick<KubernetesClient, 'pages' | 'watch'>,
  { excludeNamespaces }: KubernetesSourceOptions,
): CollectorSource => {
  const eventsOf = (objects: readonly KubernetesObject[]): readonly RuntimeEvent[] => {
    m.lines.inc({ source: NAME }, objects.length);
    return objects.flatMap((object) => {
      const parsed = parseKubernetesEvent(object);
      if ('event' in parsed) return excludeNamespaces.includes(parsed.event.namespace) ? [] : [parsed.event];
      m.refusedLines.inc({ source: NAME, reason: parsed.refused });
      return [];
    });
  };
  const send = async (objects: readonly KubernetesObject[], signal: AbortSignal): Promise<void> => {
    const events = eventsOf(objects);
    onEvents(events);
    if (events.length > 0) await shipper.ship(NAME, events, signal);
  };

  const list = async (signal: AbortSignal): Promise<string> => {
    let place = '';
    for await (const page of client.pages(EVENT, { signal })) {
      await send(page.items, signal);
      place = page.resourceVersion;
    }
    m.cycles.inc({ loop: NAME });
    m.cycleLastSuccess.set({ loop: NAME }, clock.nowMs() / 1000);
    return place;
  };

  /** Until the stream ends; gives the place to go on from. What comes is sent beside it, so that a slow receiver does not lose the stream. */
  const follow = async (from: string, signal: AbortSignal): Promise<string> => {
    let place = from;
    const waiting: KubernetesObject[] = [];
    const ended = new AbortController();
    const sending = (async (): Promise<void> => {
      while (!signal.aborted && (waiting.length > 0 || !ended.signal.aborted)) {
        if (waiting.length > 0) await send(waiting.splice(0, MOST_TOGETHER), signal);
        else await clock.sleep(GATHER_MS, AbortSignal.any([signal, ended.signal]));
      }
    })();
    // Its failure is seen where it is waited for.
    sending.catch(() => undefined);
    try {
      for await (const { type, object } of client.watch(EVENT, { resourceVersion: place, signal, seconds: WATCH_SECONDS })) {
        place = object.metadata.resourceVersion ?? place;
        m.cycleLastSuccess.set({ loop: NAME }, clock.nowMs() / 1000);
        // Deleted by age: it happened all the same, and was sent before.
        if (type === 'added' || type === 'modified') waiting.push(object);
        while (waiting.length > MOST_WAITING && !signal.aborted) await clock.sleep(GATHER_MS, signal);
      }
    } finally {
      ended.abort();
    }
    await sending;
    m.cycles.inc({ loop: NAME });
    return place;
  };

  return {
    name: NAME,
    run: async (signal) => {
      m.cycleInterval.set({ loop: NAME }, WATCH_SECONDS);
      let place: string | undefined;
      while (!signal.aborted) {
        try {
          place ??= await list(signal);
          place = await follow(place, signal);
        } catch (thrown) {
          place = undefined;
          if (signal.aborted || isExpired(thrown)) continue;
          const error = toBellwetherError(thrown);
          m.cycleFailures.inc({ loop: NAME, reason: error.code });
          log.warn({ err: error, source: NAME }, 'watching Kubernetes Events failed; it is tried again');
          await clock.sleep(RETRY_MS, signal);
        }
      }
    },
  };
};
