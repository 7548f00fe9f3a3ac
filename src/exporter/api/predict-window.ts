import type { FrameLayout, Score, WorkloadFrame } from '../../conventions/index.ts';
import { unitClassOf, unitOf } from '../../features/index.ts';
import { BellwetherError, type FromSchema, type Problem } from '../../platform/index.ts';
import type { Scorer, ScorerOptions } from '../../scoring/index.ts';
import type { Pacer } from '../loop/pacer.ts';
import { MAX_METRICS, MAX_SAMPLES, MAX_VALUES, type PREDICT_REQUEST, type PREDICT_RESPONSE } from './schema/prediction.ts';
import { contributorView, orNull } from './views.ts';

export type PredictRequest = FromSchema<typeof PREDICT_REQUEST>;
export type PredictResponse = FromSchema<typeof PREDICT_RESPONSE>;

const wrong = (key: string, value: unknown, limit: string): Problem => ({
  key,
  value,
  limit,
  message: `${key} is ${JSON.stringify(value)}, but must be ${limit}`,
});

/** What is too much to be looked at item by item. */
export const sizeProblem = (body: unknown): Problem | undefined => {
  const metrics: unknown = (body as { readonly metrics?: unknown } | null)?.metrics;
  if (!Array.isArray(metrics)) return undefined;
  if (metrics.length > MAX_METRICS) return wrong('metrics.length', metrics.length, `at most ${MAX_METRICS}`);
  let values = 0;
  for (const [i, metric] of metrics.entries()) {
    const length: unknown = (metric as { readonly values?: { readonly length?: unknown } } | null)?.values?.length;
    if (typeof length !== 'number') continue;
    if (length > MAX_SAMPLES) return wrong(`metrics[${i}].values.length`, length, `at most ${MAX_SAMPLES}`);
    values += length;
  }
  return values > MAX_VALUES ? wrong('metrics', `${values} values`, `at most ${MAX_VALUES} values in all`) : undefined;
};

/** What a schema cannot say. */
export const windowProblem = ({ metrics }: PredictRequest): Problem | undefined => {
  const length = metrics[0]?.values.length ?? 0;
  for (const [i, { name, values }] of metrics.entries()) {
    if (values.length !== length) return wrong(`metrics[${i}].values.length`, values.length, `${length}, as many as in the first metric`);
    if (metrics.findIndex((other) => other.name === name) !== i) return wrong(`metrics[${i}].name`, name, 'used once');
  }
  return undefined;
};

const framesOf = ({ metrics, stepSeconds }: PredictRequest, endMs: number): readonly WorkloadFrame[] => {
  const key = { namespace: '', workload: 'window', workloadKind: '' };
  const layout: FrameLayout = {
    version: 'window',
    features: metrics.map(({ name, min, max }) => ({
      name,
      unit: unitOf(unitClassOf(name)),
      unitClass: unitClassOf(name),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    })),
  };
  const length = metrics[0]?.values.length ?? 0;
  return Array.from({ length }, (_, i) => ({
    key,
    timeMs: endMs - (length - 1 - i) * stepSeconds * 1000,
    layout,
    values: Float64Array.from(metrics, ({ values }) => values[i] ?? Number.NaN),
    replicas: 1,
  }));
};

export interface PredictorDeps {
  readonly createScorer: (options: Pick<ScorerOptions, 'stepSeconds' | 'contributorFloor'>) => Scorer;
  readonly pacer: Pacer;
}

/** Windows are scored one after another; more than these may not wait. */
const MOST_WAITING = 8;

/** Scores a window of metrics that nothing else knows of. Rejects with `overloaded` while too many wait. */
export const createPredictor = ({ createScorer, pacer }: PredictorDeps) => {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const run = async (request: PredictRequest, endMs: number): Promise<PredictResponse> => {
    const scorer = createScorer({ stepSeconds: request.stepSeconds, contributorFloor: -1 });
    const scores: (number | null)[] = [];
    let newest: Score | undefined;
    for (const frame of framesOf(request, endMs)) {
      newest = scorer.score([frame])[0];
      scores.push(orNull(newest?.value));
      await pacer.breathe();
    }
    return {
      score: orNull(newest?.value),
      ready: newest?.ready ?? false,
      reason: newest?.ready ? null : (newest?.reason ?? 'no_data'),
      margin: orNull(newest?.margin),
      detector: newest?.ready ? newest.detector : null,
      modelVersion: scorer.modelVersion,
      samples: scores.length,
      contributors: (newest?.contributors ?? []).map(contributorView),
      scores,
    };
  };

  return {
    predict: (request: PredictRequest, endMs: number): Promise<PredictResponse> => {
      if (waiting >= MOST_WAITING) throw new BellwetherError('overloaded', 'too many windows are being scored; try again in a second');
      waiting++;
      const turn = last.then(() => run(request, endMs)).finally(() => waiting--);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
};

export type Predictor = ReturnType<typeof createPredictor>;
