import type { WorkloadKey } from '../../conventions/index.ts';
import { GrowingColumn } from '../growing-column.ts';
import type { EntityName } from '../metrics/entity-evaluation.ts';
import { entityId } from '../metrics/evaluation-set.ts';

/** The rows of one entity as columns, in the order they came. */
export interface LoggedEntity {
  readonly name: EntityName;
  /** Unix seconds. */
  readonly times: Float64Array;
  /** NaN where not ready. */
  readonly scores: Float64Array;
  readonly margins: Float64Array;
  /** 1 = ready. */
  readonly ready: Uint8Array;
}

/** Keeps scores in memory, 32 bytes each. */
export interface ScoreLog {
  add(name: EntityName, timeMs: number, score: number, ready: boolean, margin: number): void;
  get(name: EntityName): LoggedEntity | undefined;
  entities(): LoggedEntity[];
}

/** How labels name an entity: the recording's namespace and workload; for an entity of other labels, their values joined by "/". */
export const nameOf = ({ namespace, workload, entity }: WorkloadKey): EntityName =>
  entity ? { namespace: entity.namespace ?? '', workload: entity.workload ?? Object.values(entity).join('/') } : { namespace, workload };

interface OpenEntity {
  readonly name: EntityName;
  readonly times: GrowingColumn;
  readonly scores: GrowingColumn;
  readonly margins: GrowingColumn;
  readonly ready: GrowingColumn;
}

export const createScoreLog = (): ScoreLog => {
  const open = new Map<string, OpenEntity>();
  const close = ({ name, times, scores, margins, ready }: OpenEntity): LoggedEntity => ({
    name,
    times: times.view(),
    scores: scores.view(),
    margins: margins.view(),
    ready: Uint8Array.from(ready.view()),
  });
  return {
    add: (name, timeMs, score, ready, margin) => {
      const id = entityId(name);
      let entity = open.get(id);
      if (!entity) {
        entity = {
          name,
          times: new GrowingColumn(),
          scores: new GrowingColumn(),
          margins: new GrowingColumn(),
          ready: new GrowingColumn(),
        };
        open.set(id, entity);
      }
      entity.times.push(timeMs / 1000);
      entity.scores.push(score);
      entity.margins.push(margin);
      entity.ready.push(ready ? 1 : 0);
    },
    get: (name) => {
      const entity = open.get(entityId(name));
      return entity && close(entity);
    },
    entities: () => [...open.values()].map(close),
  };
};
