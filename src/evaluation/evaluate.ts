import { WORKLOAD_ALERT } from '../conventions/index.ts';
import type { FeatureStats } from '../features/index.ts';
import { type Random, seededRandom } from '../platform/index.ts';
import { joinVerdicts } from './audit/audit-recording.ts';
import type { AuditVerdict } from './audit/audit-table.ts';
import type { EventsFile } from './events-file.ts';
import { judgeKinds, type KindFigures } from './kinds/judge-kinds.ts';
import { type Classification, classify } from './metrics/class-figures.ts';
import type { EntityEvaluation } from './metrics/entity-evaluation.ts';
import { buildEntities, type ScoreSource, type SetOptions } from './metrics/evaluation-set.ts';
import { type CauseRanking, judgeMetricNaming, type MetricNaming, rankCauses } from './metrics/explanation.ts';
import { findOracle, type Oracle } from './metrics/oracle.ts';
import { judgeRule, type RuleFigures } from './metrics/rule-figures.ts';
import { type Summary, summarise } from './metrics/summary.ts';
import type { LoggedEntity, ScoreLog } from './replay/score-log.ts';
import type { ScoredRecording } from './replay/score-recording.ts';

/** The boundary is part of the score's meaning: it is not an option. */
const THRESHOLD = 1;
const DRAWS = 2000;
// A window in which at least this share of the samples must be at or above the boundary: the stricter form of the shipped rule.
const STRICT_SHARE = 0.5;

export interface ScoredPair {
  readonly events: EventsFile;
  readonly scored: ScoredRecording;
  /** Of the data and its labels. */
  readonly audit?: AuditVerdict;
}

export interface DetectorFigures {
  readonly name: string;
  readonly summary: Summary;
  /** Sample by sample at the boundary, of all entities together. */
  readonly samples: Classification;
}

/** Everything that is said about a set of recordings. */
export interface Evaluation {
  readonly names: readonly string[];
  readonly warnings: readonly string[];
  readonly score: DetectorFigures;
  /** The same figures of the margin (surprise over the bar, before the order below the boundary is refined), which is what an oracle is fair on. */
  readonly margin: { readonly vusPr: number | undefined; readonly oracleHalf: Oracle; readonly oracleOne: Oracle };
  readonly baselines: readonly DetectorFigures[];
  readonly rule: RuleFigures;
  readonly strictRule: RuleFigures;
  readonly naming: MetricNaming;
  /** Undefined where no event has its symptom elsewhere. */
  readonly causes: CauseRanking | undefined;
  /** Figures of the classifier, where there is one. */
  readonly kinds: KindFigures | undefined;
  /** Whether the data give the answer away; undefined where nobody looked. */
  readonly audit: AuditVerdict | undefined;
  /** What the extractor counted, per recording. */
  readonly inputs: readonly FeatureStats[];
}

export interface EvaluateOptions extends SetOptions {
  /** Of the bootstrap. */
  readonly seed: number;
  /** Names of a classifier's classes, in its order. */
  readonly classes?: readonly string[] | undefined;
}

/** Pools scored recordings into one set and judges the score, the shipped rule and the baselines by the same rules. */
export const evaluate = (pairs: readonly ScoredPair[], options: EvaluateOptions): Evaluation => {
  const random = (): Random => seededRandom(options.seed);
  const setOf = (logOf: (pair: ScoredPair) => ScoreSource) => {
    const built = pairs.map((pair) => buildEntities(pair.events, logOf(pair), options));
    return { entities: built.flatMap(({ entities }) => entities), warnings: built.flatMap(({ warnings }) => warnings) };
  };
  const figuresOf = (name: string, judged: readonly EntityEvaluation[]): DetectorFigures => ({
    name,
    summary: summarise(judged, { threshold: THRESHOLD, draws: DRAWS, random: random() }),
    samples: classifySamples(judged),
  });
  const judge = (name: string, logOf: (pair: ScoredPair) => ScoreSource): DetectorFigures => figuresOf(name, setOf(logOf).entities);

  const scores = (pair: ScoredPair): ScoreSource => asSource(pair.scored.log);
  const { entities, warnings } = setOf(scores);
  const margins = setOf((pair) => asSource(pair.scored.log, ({ margins: column }) => column)).entities;
  const baselineNames = [...(pairs[0]?.scored.baselineLogs.keys() ?? [])];
  const audits = pairs.flatMap(({ events, audit }) => (audit ? [{ name: events.name, verdict: audit }] : []));
  const causes = pairs
    .map((pair) => rankCauses(pair.events, scores(pair), pair.scored.deviations, random()))
    .filter(({ events }) => events > 0);
  return {
    names: pairs.map(({ events }) => events.name),
    warnings,
    score: figuresOf('bellwether', entities),
    margin: {
      vusPr: meanOf(margins.map((entity) => entity.vusPr)),
      oracleHalf: findOracle(margins, 0.5),
      oracleOne: findOracle(margins, 1),
    },
    baselines: baselineNames.map((name) => judge(name, (pair) => asSource(pair.scored.baselineLogs.get(name)!))),
    rule: judgeRule(entities, WORKLOAD_ALERT),
    strictRule: judgeRule(entities, { ...WORKLOAD_ALERT, share: STRICT_SHARE }),
    naming: judgeMetricNaming(
      pairs.flatMap(({ scored }) => scored.peaks),
      random(),
    ),
    causes: causes.length === 1 ? causes[0] : undefined,
    kinds: options.classes && judgeKindsOf(pairs, options.classes, random()),
    audit: audits.length > 0 ? joinVerdicts(audits) : undefined,
    inputs: pairs.map(({ scored }) => scored.stats),
  };
};

const judgeKindsOf = (pairs: readonly ScoredPair[], classes: readonly string[], random: Random): KindFigures => {
  const found = pairs.flatMap(({ scored }) => (scored.kinds ? [scored.kinds] : []));
  const given = {
    classes: Uint8Array.from(found.flatMap(({ given: own }) => [...own.classes])),
    abnormal: Float64Array.from(found.flatMap(({ given: own }) => [...own.abnormal])),
  };
  const stepSeconds = pairs[0]?.events.stepSeconds ?? 1;
  return judgeKinds(classes, Uint8Array.from(found.flatMap(({ truth }) => [...truth])), given, stepSeconds, random);
};

const classifySamples = (entities: readonly EntityEvaluation[]): Classification => {
  const truth = entities.flatMap(({ samples }) => [...samples.inEvent]);
  const scores = Float64Array.from(entities.flatMap(({ samples }) => [...samples.scores]));
  const given = Uint8Array.from(scores, (score) => (score >= THRESHOLD ? 1 : 0));
  return classify(['normal', 'event'], Uint8Array.from(truth), given, scores);
};

const asSource = (log: ScoreLog, column: (entity: LoggedEntity) => Float64Array = ({ scores }) => scores): ScoreSource => ({
  get: (name) => {
    const entity = log.get(name);
    return entity && { times: entity.times, scores: column(entity), ready: entity.ready };
  },
  names: () => log.entities().map(({ name }) => name),
});

const meanOf = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b) / known.length;
};
