import type { Prototypes } from '../detect/prototypes.ts';
import type { Scaler } from '../features/scaler.ts';
import type { CurvePoint } from '../measure/training-curve.ts';
import type { Forest } from '../trees/forest.ts';

/** What a model was made of, and what is known of its honesty. */
export interface FlowTraining {
  /** SHA-256 over the hashes of the files, in their order. */
  readonly dataSha256: string;
  readonly files: readonly string[];
  readonly benignFlows: number;
  readonly attackFlows: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Notes of the leakage audit; empty = nothing found. */
  readonly audit: readonly string[];
  /** How a network learnt; absent where none did. */
  readonly curve?: readonly CurvePoint[];
}

/** Thresholds of the distance to benign flows, by how many benign flows of other time lie below. */
export interface Gates {
  readonly q90: number;
  readonly q99: number;
  readonly q995: number;
  readonly q998: number;
}

/** The surroundings of labelled flows of the training files: examples drawn from these files keep them. */
export interface Surroundings {
  readonly keys: readonly string[];
  /** `CONTEXT_WIDTH` numbers per key. */
  readonly contexts: Float64Array;
}

/** How many size fields disagree with the nearest kind of benign flow. */
export interface BenignModel {
  readonly kind: 'benign';
  /** Share of benign flows of other time below the threshold. */
  readonly quantile: number;
  readonly prototypes: Prototypes;
  readonly threshold: number;
  readonly gates: Gates;
  readonly contextScaler: Scaler;
  readonly surroundings: Surroundings;
}

/** The same, for conversations that training never saw; others count a thousandth. */
export interface NoveltyModel {
  readonly kind: 'novelty';
  /** Share of benign flows of other time below the threshold. */
  readonly quantile: number;
  readonly prototypes: Prototypes;
  readonly threshold: number;
  readonly seen: readonly string[];
}

/** A stack of dense layers with tanh between. */
export interface DenseNetwork {
  readonly widths: readonly number[];
  readonly weights: Float32Array;
}

/** What an autoencoder does not give back. */
export interface AutoencoderModel {
  readonly kind: 'autoencoder';
  /** Share of benign flows of other time below the threshold. */
  readonly quantile: number;
  readonly scaler: Scaler;
  readonly network: DenseNetwork;
  readonly threshold: number;
}

/** Trees that have seen attacks. */
export interface SupervisedModel {
  readonly kind: 'supervised';
  readonly families: readonly string[];
  /** Class 0 is benign, then one per family. */
  readonly forest: Forest;
  /** Tells the families apart, of attacks alone. */
  readonly namer: Forest;
  /** Share of attack at which a flow scores 1. */
  readonly threshold: number;
}

/** A C-LSTM over windows of flows to one service. */
export interface SequenceModel {
  readonly kind: 'sequence';
  readonly families: readonly string[];
  readonly scaler: Scaler;
  readonly weights: Float32Array;
  /** Log odds of attack at which a flow scores 1. */
  readonly threshold: number;
}

export type Recipe = 'd' | 'g';

/** Benign flows and a handful of examples of attacks. */
export interface FewShotModel {
  readonly kind: 'few-shot';
  readonly recipe: Recipe;
  readonly base: BenignModel;
  /** Family per example. */
  readonly families: readonly string[];
  /** Rows of examples in deviations of the base's scaler. */
  readonly shots: Float64Array;
  /** Context per example, as log(1 + x). */
  readonly contexts: Float64Array;
  /** False: only what the flow itself says of its context is known. */
  readonly hasSurroundings: boolean;
  /** Example ids, so that one can be taken back. */
  readonly ids: readonly string[];
}

export type FlowModel = BenignModel | NoveltyModel | AutoencoderModel | SupervisedModel | SequenceModel | FewShotModel;

/** A model with where it comes from. */
export interface StoredFlowModel {
  readonly version: string;
  readonly training: FlowTraining;
  readonly model: FlowModel;
}
