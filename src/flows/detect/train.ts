import { BellwetherError, type Random } from '../../platform/index.ts';
import { type FlowTable, selectRows } from '../features/flow-table.ts';
import type { CurvePoint } from '../measure/training-curve.ts';
import type { FlowModel } from '../model/flow-model.ts';
import { fitAutoencoder, type OpenSession } from './autoencoder.ts';
import { fitBenign, fitNovelty } from './benign.ts';
import { fitSequence } from './sequence.ts';
import { fitSupervised } from './supervised.ts';
import { TIME_BLOCKS } from './time-blocks.ts';

export interface TrainDeps {
  readonly random: Random;
  /** Columns that a detector with attacks may use, as places in `STRICT_FEATURES`; absent = all. */
  readonly columns?: ArrayLike<number> | undefined;
  /** Share of the usual steps and trees, for trials; absent = 1. */
  readonly effort?: number | undefined;
  /** Told while a network learns. */
  readonly onCurve?: ((point: CurvePoint) => void) | undefined;
  /** Starts a session for the networks. */
  readonly open: OpenSession;
}

interface Trainer {
  readonly name: string;
  readonly summary: string;
  /** `benign` and `attacks` are rows in order of time. */
  fit(
    deps: TrainDeps,
    table: FlowTable,
    rows: { readonly benign: Int32Array; readonly attacks: Int32Array },
    quantile: number,
  ): Promise<FlowModel>;
}

/** Every detector that `flows train` knows. */
export const FLOW_TRAINERS: readonly Trainer[] = [
  {
    name: 'benign',
    summary: 'how many size fields disagree with the nearest kind of benign flow',
    fit: (_, table, { benign }, quantile) => fitBenign(table, benign, { quantile }),
  },
  {
    name: 'novelty',
    summary: 'the same, for conversations (client, service, port) that training never saw',
    fit: (_, table, { benign }, quantile) => fitNovelty(table, benign, { quantile }),
  },
  {
    name: 'autoencoder',
    summary: 'how many size fields a network of benign flows cannot give back',
    fit: (deps, table, { benign }, quantile) => fitAutoencoder(deps, table, benign, { quantile }),
  },
  {
    name: 'supervised',
    summary: 'extra trees that have seen attacks; needs labelled ones',
    fit: (deps, table, { benign, attacks }) => fitSupervised(table, benign, attacks, deps.random, deps),
  },
  {
    name: 'random-forest',
    summary: 'the same with trees that take the best cut, for comparison',
    fit: (deps, table, { benign, attacks }) => fitSupervised(table, benign, attacks, deps.random, { ...deps, isRandomForest: true }),
  },
  {
    name: 'sequence',
    summary: 'a C-LSTM over sixteen flows to one service, for floods and scans; needs labelled ones',
    fit: (deps, table) => fitSequence(deps, table),
  },
];

export const FLOW_DETECTOR_NAMES: readonly string[] = FLOW_TRAINERS.map(({ name }) => name);

/** Each block must say something of its time. */
const LEAST_BENIGN = 20 * TIME_BLOCKS;
const LEAST_ATTACKS = 5;
/** Learn from attacks, and from columns that can be chosen. */
const SUPERVISED = new Set(['supervised', 'random-forest']);
const WITH_ATTACKS = new Set([...SUPERVISED, 'sequence']);

/** Share of benign flows of other time below the threshold. */
export const DEFAULT_QUANTILE = 0.99;

/** Trains a detector on a table. Throws `invalid_input` for an unknown name, or too few flows of a kind it needs. */
export const trainFlowModel = (deps: TrainDeps, table: FlowTable, name: string, quantile = DEFAULT_QUANTILE): Promise<FlowModel> => {
  const trainer = FLOW_TRAINERS.find((each) => each.name === name);
  if (!trainer) throw new BellwetherError('invalid_input', `there is no detector ${name}; there are ${FLOW_DETECTOR_NAMES.join(', ')}`);
  const benign = selectRows(table, (row) => table.families[row] === '');
  const attacks = selectRows(table, (row) => table.families[row] !== '');
  if (benign.length < LEAST_BENIGN)
    throw new BellwetherError('invalid_input', `${benign.length} benign flows are too few, ${LEAST_BENIGN} are needed`);
  if (WITH_ATTACKS.has(name) && attacks.length < LEAST_ATTACKS)
    throw new BellwetherError(
      'invalid_input',
      `${attacks.length} flows of attacks are too few for ${name}, ${LEAST_ATTACKS} are needed; is --label-column right?`,
    );
  if (deps.columns && !SUPERVISED.has(name))
    throw new BellwetherError('invalid_input', `the inputs of ${name} are fixed; they can be chosen for ${[...SUPERVISED].join(' and ')}`);
  return trainer.fit(deps, table, { benign, attacks }, quantile);
};
