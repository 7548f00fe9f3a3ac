import { BellwetherError } from '../../platform/index.ts';
import { columnKey, IDENTITIES, STATISTICS, statisticPlace } from '../record/columns.ts';

/** Raised whenever the same flow would give other numbers; models made for another version are refused. */
export const FLOW_CATALOG_VERSION = 'flows-1';

/** Columns that tell a model the answer, or the recording, instead of the flow. They can never be inputs. */
const LEAKS: readonly { readonly names: readonly string[]; readonly why: string }[] = [
  { names: ['Label', 'Capture', 'Family', 'Attack', 'Class'], why: 'it holds the answer' },
  { names: ['Timestamp'], why: 'the clock alone tells which recording a flow is from' },
  { names: ['Flow ID', 'Src IP', 'Dst IP'], why: 'addresses belong to the recording, and labels are often made from them' },
  { names: ['Src Port', 'Dst Port'], why: 'labels are often made from ports, so that a port rule looks like a detector' },
  { names: ['Protocol'], why: 'it is a part of the identity; the flags and headers say what matters of it' },
  { names: ['FWD Init Win Bytes', 'Bwd Init Win Bytes'], why: 'it shows the operating system of the client, not what it does' },
];
const REASONS: ReadonlyMap<string, string> = new Map(
  LEAKS.flatMap(({ names, why }) => names.map((name) => [columnKey(name), why] as const)),
);

/** Why a column may not be an input; undefined where it may. */
export const leakReason = (name: string): string | undefined => REASONS.get(columnKey(name));

/** A number made of a flow. */
export interface FlowFeature {
  readonly name: string;
  /** Place in `STATISTICS`. */
  readonly place: number;
  /** Rounded down to a quarter octave before the logarithm. */
  readonly isRounded: boolean;
}

const feature = (place: number): FlowFeature => {
  const { name, isPayloadSize } = STATISTICS[place]!;
  return { name, place, isRounded: isPayloadSize };
};

/** All statistics that may be inputs: 77. */
export const STRICT_FEATURES: readonly FlowFeature[] = STATISTICS.flatMap(({ name }, i) => (leakReason(name) ? [] : [feature(i)]));

/** Equal to another column up to rounding: they would count twice in a distance. */
const COPIES = new Set(['Average Packet Size', 'Fwd Segment Size Avg', 'Bwd Segment Size Avg']);
const SIZE_EXTRAS = new Set(['Flow Packets/s', 'Fwd Packets/s', 'Bwd Packets/s', 'Fwd Packet/Bulk Avg', 'Bwd Packet/Bulk Avg']);

/** What a flow carried and how fast: every packet-length, total-length, bulk and subflow-bytes column without copies, and the four rates. 27. */
export const SIZE_FEATURES: readonly FlowFeature[] = STRICT_FEATURES.filter(
  ({ name, isRounded }) => (isRounded && !COPIES.has(name)) || SIZE_EXTRAS.has(name),
);

/** Features by names in any style. Throws `invalid_input` for a column that leaks, and for one that is no statistic, with the reason. */
export const chooseFeatures = (names: readonly string[]): FlowFeature[] =>
  names.map((name) => {
    const leak = leakReason(name);
    if (leak !== undefined) throw new BellwetherError('invalid_input', `${name} cannot be an input: ${leak}`);
    const place = statisticPlace(name);
    if (place === undefined) {
      const known = [...IDENTITIES].some((identity) => columnKey(identity) === columnKey(name));
      throw new BellwetherError('invalid_input', `${name} cannot be an input: it is ${known ? 'an identity' : 'no flow statistic'}`);
    }
    return feature(place);
  });

const QUARTERS = 4;

/**
 * The value of a feature. Sizes are rounded down to a quarter octave, 2^(floor(4 log2(1 + x)) / 4) - 1, because their exact values are fingerprints of a
 * recording (a database dump of so many bytes); then sign(x) log(1 + |x|). A gap is 0: a flow of one packet has no rate and no time between packets.
 */
export const featureValue = ({ place, isRounded }: FlowFeature, statistics: Float64Array): number => {
  const x = statistics[place]!;
  // Also for NaN.
  if (!(x > 0)) return x < 0 && !isRounded ? -Math.log1p(-x) : 0;
  return isRounded ? (Math.floor(QUARTERS * Math.log2(1 + x)) / QUARTERS) * Math.LN2 : Math.log1p(x);
};

/** Writes the features of a flow into `out` from `offset` on. */
export const writeFeatures = (
  features: readonly FlowFeature[],
  statistics: Float64Array,
  out: Float32Array | Float64Array,
  offset = 0,
): void => {
  for (let i = 0; i < features.length; i++) out[offset + i] = featureValue(features[i]!, statistics);
};
