import type { EventsFile } from '../events-file.ts';
import { type EntityEvaluation, type EntityName, evaluateEntity } from './entity-evaluation.ts';
import { quantile } from './quantile.ts';
import { NO_SCORES, type ScoreColumns } from './score-columns.ts';
import { type Span, subtractSpans } from './spans.ts';

export interface SetOptions {
  /** Only these kinds are events; the others, with margin, are cut out for their own entity. */
  readonly kinds?: readonly string[] | undefined;
  /** Cut, for every entity, the time when another one of its namespace has any event. */
  readonly cutNamespace?: boolean | undefined;
  /** Largest VUS-PR buffer in samples; default: the file's median event length, within 4..100. */
  readonly window?: number | undefined;
}

/** The scores of a recording, by entity. */
export interface ScoreSource {
  get(name: EntityName): ScoreColumns | undefined;
  names(): Iterable<EntityName>;
}

export interface BuiltSet {
  readonly entities: readonly EntityEvaluation[];
  readonly warnings: readonly string[];
}

// An event of a neighbour is cut only where it is this far from an own one (seconds).
const OWN_EVENT_PAD = 300;
const WINDOW_MIN = 4;
const WINDOW_MAX = 100;

/** One string per entity. */
export const entityId = ({ namespace, workload }: EntityName): string => JSON.stringify([namespace, workload]);

/** Every entity of an events file with its scores, also those that have none: all their events are missed. */
export const buildEntities = (events: EventsFile, scores: ScoreSource, options: SetOptions): BuiltSet => {
  const warnings: string[] = [];
  const { counted, others } = splitKinds(events, options.kinds);
  const window = options.window ?? defaultWindow(counted, events.stepSeconds);
  const listed = new Map<string, EntityName & { cleanUntil?: number | undefined }>();
  for (const { namespace, workload } of counted) listed.set(entityId({ namespace, workload }), { namespace, workload });
  for (const entity of events.entities) listed.set(entityId(entity), entity);

  const entities = [...listed].map(([id, { namespace, workload, cleanUntil }]) => {
    const own = counted.filter((event) => entityId(event) === id);
    const excluded: Span[] = others.filter((event) => entityId(event) === id);
    if (options.cutNamespace) {
      const neighbours = events.events.filter((event) => event.namespace === namespace && event.workload !== workload);
      excluded.push(...neighbours.flatMap((event) => subtractSpans(event, own, OWN_EVENT_PAD)));
    }
    const columns = scores.get({ namespace, workload });
    if (!columns) warnings.push(`no scores for ${namespace}/${workload}`);
    return evaluateEntity({
      name: { namespace, workload },
      scores: columns ?? NO_SCORES,
      events: own,
      excluded,
      stepSeconds: events.stepSeconds,
      cleanUntil: cleanUntil ?? events.cleanUntil,
      faultFree: events.faultFreeSpans,
      window,
    });
  });
  const extra = [...scores.names()].filter((name) => !listed.has(entityId(name))).length;
  if (extra > 0) warnings.push(`${extra} scored workloads are not in the events file and are ignored`);
  return { entities, warnings };
};

type EventOf = EventsFile['events'][number];

const splitKinds = (
  { events }: EventsFile,
  kinds: readonly string[] | undefined,
): { counted: readonly EventOf[]; others: readonly EventOf[] } => {
  if (!kinds) return { counted: events, others: [] };
  const isCounted = ({ kind }: EventOf): boolean => kind !== undefined && kinds.includes(kind);
  return { counted: events.filter(isCounted), others: events.filter((event) => !isCounted(event)) };
};

const defaultWindow = (events: readonly Span[], stepSeconds: number): number => {
  const median = quantile(
    events.map(({ from, to }) => (to - from) / stepSeconds),
    0.5,
  );
  return median === undefined ? WINDOW_MIN : Math.min(WINDOW_MAX, Math.max(WINDOW_MIN, roundHalfToEven(median)));
};

/** Halves go to the even neighbour, so that two tools agree on a median of 4.5. */
const roundHalfToEven = (x: number): number => {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
};
