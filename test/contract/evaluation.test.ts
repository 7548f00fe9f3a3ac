import { describe, expect, it } from '@jest/globals';
import { readOpenMetrics, type ScoredRecording, scoreRecording } from '../../src/evaluation/index.ts';
import { catalogFromConfig, createFeatureExtractor, recordingCatalog } from '../../src/features/index.ts';
import { seededRandom } from '../../src/platform/index.ts';
import { createScorer } from '../../src/scoring/index.ts';

const STEP = 60;
const STEPS = 600;
const METRICS = ['cpu_usage_cores', 'memory_usage_bytes'] as const;
const NAME = { namespace: 'shop', workload: 'cart' };
const EVENTS = {
  name: '',
  stepSeconds: STEP,
  cleanUntil: undefined,
  faultFreeSpans: [],
  entities: [{ ...NAME, cleanUntil: undefined }],
  events: [],
};

type Sample = readonly [metric: string, seconds: number, value: number | string];

/** Ten hours of noise, one sample a minute; CPU triples in the minutes 500 to 509. */
const samples = (): Sample[] => {
  const random = seededRandom(11);
  const at = (i: number): number => 1_700_000_000 + i * STEP;
  return METRICS.flatMap((metric, m) =>
    Array.from({ length: STEPS }, (_, i): Sample => {
      const level = m === 0 ? (i >= 500 && i < 510 ? 3 : 1) : 1e9;
      return [metric, at(i), level * (1 + 0.1 * random())];
    }),
  );
};

const toText = (rows: readonly Sample[], type = 'gauge'): string =>
  [...new Set(rows.map(([metric]) => metric))]
    .flatMap((metric) => [
      `# TYPE ${metric.replace(/_total$/, '')} ${type}`,
      ...rows
        .filter((row) => row[0] === metric)
        .map(([, seconds, value]) => `${metric}{namespace="shop",workload="cart"} ${value} ${seconds}`),
    ])
    .concat('# EOF\n')
    .join('\n');

const replay = async (text: string, catalog = recordingCatalog(METRICS)): Promise<ScoredRecording> => {
  const bytes = async function* () {
    yield new TextEncoder().encode(text);
  };
  const recording = await readOpenMetrics(bytes(), { file: 'test.om' });
  const work = scoreRecording(recording, EVENTS, {
    extractor: createFeatureExtractor(catalog, { pace: 'samples', stepMs: STEP * 1000 }),
    scorer: createScorer({ stepSeconds: STEP, bank: true, seed: 1 }),
    baselines: new Map(),
  });
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
  }
};

/** Time to score, NaN where not ready. */
const scoresOf = (scored: ScoredRecording): Map<number, number> => {
  const entity = scored.log.get(NAME)!;
  return new Map(Array.from(entity.times, (time, i) => [time, entity.scores[i]!]));
};
const isAlarm = (scores: Map<number, number>, from: number, to: number): boolean =>
  [...scores].some(([time, score]) => time >= 1_700_000_000 + from * STEP && time < 1_700_000_000 + to * STEP && score >= 1);

describe('scoreRecording through the real extractor and scorer', () => {
  it('finds the fault, and nothing in the hour before it', async () => {
    const scores = scoresOf(await replay(toText(samples())));
    expect(scores.size).toBe(STEPS);
    expect([isAlarm(scores, 500, 510), isAlarm(scores, 400, 500)]).toEqual([true, false]);
  });

  it('scores a moment alike whether or not the recording goes on', async () => {
    const whole = scoresOf(await replay(toText(samples())));
    const rows = samples().filter(([, seconds]) => seconds < 1_700_000_000 + 505 * STEP);
    const cut = scoresOf(await replay(toText(rows)));
    expect(cut.size).toBe(505);
    for (const [time, score] of cut) expect(score).toBe(whole.get(time));
  });

  it('drops and counts late and doubled samples, without a change of any score', async () => {
    const disturbed = samples().flatMap((row, i): Sample[] => {
      const [metric, seconds] = row;
      if (i % STEPS > 10 && i % 7 === 0) return [row, [metric, seconds, 99]];
      if (i % STEPS > 10 && i % 11 === 0) return [row, [metric, seconds - 10 * STEP + 5, 99]];
      return [row];
    });
    const scored = await replay(toText(disturbed));
    expect(scoresOf(scored)).toEqual(scoresOf(await replay(toText(samples()))));
    expect(scored.stats.duplicateSamples).toBeGreaterThan(100);
    expect(scored.stats.lateSamples).toBeGreaterThan(50);
  });

  it('has no rows in a gap and does not alarm after it', async () => {
    const rows = samples().filter(([, seconds]) => seconds < 1_700_000_000 + 300 * STEP || seconds >= 1_700_000_000 + 420 * STEP);
    const scores = scoresOf(await replay(toText(rows)));
    expect(scores.size).toBe(STEPS - 120);
    expect(isAlarm(scores, 300, 500)).toBe(false);
    expect(isAlarm(scores, 500, 510)).toBe(true);
  });

  it('still scores where one metric is missing for a while', async () => {
    const rows = samples().filter(([metric, seconds]) => metric !== 'memory_usage_bytes' || seconds % 7 !== 0);
    expect(isAlarm(scoresOf(await replay(toText(rows))), 500, 510)).toBe(true);
  });

  it('gives no score that is not a number for poisoned samples', async () => {
    const poison = ['NaN', '+Inf', '-Inf', '1e308', '-1e308'];
    const rows = samples().map(([metric, seconds, value], i): Sample => [metric, seconds, i % 37 === 5 ? poison[i % 5]! : value]);
    const scored = await replay(toText(rows));
    const entity = scored.log.get(NAME)!;
    for (const [i, score] of entity.scores.entries()) if (entity.ready[i]) expect(Number.isFinite(score)).toBe(true);
    expect(scored.stats.badSamples).toBeGreaterThan(10);
  });

  it('takes restarts by what was added to them, not by their level', async () => {
    const restartsAt = (i: number): number => (i < 300 ? 21 : i < 400 ? 3 : i < 500 ? 4 : 5 + Math.min(3, i - 500));
    const rows = [
      ...samples().filter(([metric]) => metric === 'memory_usage_bytes'),
      ...Array.from({ length: STEPS }, (_, i): Sample => ['cluster_container_restarts', 1_700_000_000 + i * STEP, restartsAt(i)]),
    ];
    const scored = await replay(toText(rows), recordingCatalog(['memory_usage_bytes', 'cluster_container_restarts']));
    expect([isAlarm(scoresOf(scored), 300, 500), isAlarm(scoresOf(scored), 500, 504)]).toEqual([false, true]);
  });

  it('does not take the reset of a counter for a fault', async () => {
    const random = seededRandom(5);
    let total = 0;
    const rows = Array.from({ length: STEPS }, (_, i): Sample => {
      // The process starts anew and has counted for a minute when it is read.
      total = (i === 550 ? 0 : total) + 600 * (1 + 0.1 * random());
      return ['hits_total', 1_700_000_000 + i * STEP, total];
    });
    const catalog = catalogFromConfig([
      {
        name: 'hits_per_second',
        selector: [{ name: '__name__', type: '=', value: 'hits_total' }],
        kind: 'counter',
        entity: { by: 'workload' },
      },
    ]);
    const scored = await replay(toText(rows, 'counter'), catalog);
    expect(scored.stats.counterResets).toBe(1);
    expect(isAlarm(scoresOf(scored), 100, 600)).toBe(false);
  });
});
