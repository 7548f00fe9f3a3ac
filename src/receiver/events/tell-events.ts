import type { RUNTIME_EVENT_METRICS } from '../../conventions/index.ts';
import type { RuntimeEvent } from '../../runtime-events/index.ts';
import type { Instruments } from '../../web/index.ts';

export type EventInstruments = Instruments<typeof RUNTIME_EVENT_METRICS>;

/** Pairs of namespace and policy with series of their own: names come from whoever may send. */
const MOST_POLICIES = 500;
const MOST_TECHNIQUES = 50;
const MOST_SENDERS = 5_000;
const FORGOTTEN_SECONDS = 86_400;
const OTHER = 'other';

/** Names that may have series of their own, first come first served. */
const bounded = (most: number): ((name: string) => boolean) => {
  const known = new Set<string>();
  return (name) => {
    if (!known.has(name) && known.size < most) known.add(name);
    return known.has(name);
  };
};

export interface EventTeller {
  stored(events: readonly RuntimeEvent[], nowMs: number): void;
  seen(sender: string, nowMs: number): void;
}

/** Turns what was stored into metrics, with a bounded number of series whatever comes. */
export const createEventTeller = (m: EventInstruments): EventTeller => {
  const isPolicyKnown = bounded(MOST_POLICIES);
  const isTechniqueKnown = bounded(MOST_TECHNIQUES);
  const senders = new Map<string, number>();
  return {
    stored: (events, nowMs) => {
      for (const { source, type, policy, namespace, action, subject } of events) {
        m.events.inc({ source, type });
        if (type === 'policy' && policy !== '') {
          const told = isPolicyKnown(`${namespace} ${policy} ${action}`);
          const labels = told ? { pod_namespace: namespace, policy } : { pod_namespace: OTHER, policy: OTHER };
          m.policyHits.inc({ ...labels, action: told ? action : OTHER });
          m.policyLastHit.set(labels, nowMs / 1000);
        }
        if (type === 'hit') {
          const technique = isTechniqueKnown(subject) ? subject : OTHER;
          m.decoyHits.inc({ technique });
          m.decoyLastHit.set({ technique }, nowMs / 1000);
        }
      }
    },
    seen: (sender, nowMs) => {
      const nowSeconds = nowMs / 1000;
      for (const [name, seconds] of senders)
        if (nowSeconds - seconds > FORGOTTEN_SECONDS) {
          senders.delete(name);
          m.eventSenderSeen.remove({ sender: name });
        }
      if (!senders.has(sender) && senders.size >= MOST_SENDERS) return;
      senders.set(sender, nowSeconds);
      m.eventSenderSeen.set({ sender }, nowSeconds);
    },
  };
};
