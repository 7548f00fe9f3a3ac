import { STATISTICS } from '../record/columns.ts';
import type { FlowState, Side } from './flow-state.ts';
import { TCP } from './packet.ts';
import { deviationOf, type Moments, varianceOf } from './running-moments.ts';

const SECOND_US = 1_000_000;

type Statistic = (flow: FlowState) => number;
type Statistics = Readonly<Record<string, Statistic>>;

const durationOf = ({ lastUs, startUs }: FlowState): number => lastUs - startUs;
const secondsOf = (flow: FlowState): number => durationOf(flow) / SECOND_US;

/** Mean, deviation and extremes; of nothing 0, or NaN for a flow of one packet, which has no time between packets. */
const spread = (prefix: string, of: (flow: FlowState) => Moments, nothing = 0): Statistics => {
  const orNothing =
    (value: (moments: Moments) => number): Statistic =>
    (flow) => {
      const moments = of(flow);
      return moments.count > 0 ? value(moments) : nothing;
    };
  return {
    [`${prefix} Mean`]: orNothing(({ sum, count }) => sum / count),
    [`${prefix} Std`]: orNothing(deviationOf),
    [`${prefix} Max`]: orNothing(({ most }) => most),
    [`${prefix} Min`]: orNothing(({ least }) => least),
  };
};

const sideOf = (name: 'Fwd' | 'Bwd', side: (flow: FlowState) => Side): Statistics => {
  const bulk =
    (value: (side: Side) => number, by: 'count' | 'durationUs'): Statistic =>
    (flow) => {
      const divisor = side(flow).bulk[by];
      return divisor > 0 ? Math.floor(value(side(flow)) / divisor) : 0;
    };
  return {
    ...spread(`${name} Packet Length`, (flow) => side(flow).lengths),
    [`${name} IAT Total`]: (flow) => side(flow).gaps.sum,
    ...spread(`${name} IAT`, (flow) => side(flow).gaps),
    [`${name} PSH Flags`]: (flow) => side(flow).psh,
    [`${name} URG Flags`]: (flow) => side(flow).urg,
    [`${name} RST Flags`]: (flow) => side(flow).rst,
    [`${name} Header Length`]: (flow) => side(flow).headerBytes,
    [`${name} Packets/s`]: (flow) => (durationOf(flow) > 0 ? side(flow).lengths.count / secondsOf(flow) : 0),
    [`${name} Segment Size Avg`]: (flow) => (side(flow).lengths.count > 0 ? side(flow).lengths.sum / side(flow).lengths.count : 0),
    [`${name} Bytes/Bulk Avg`]: bulk((each) => each.bulk.bytes, 'count'),
    [`${name} Packet/Bulk Avg`]: bulk((each) => each.bulk.packets, 'count'),
    [`${name} Bulk Rate Avg`]: bulk((each) => each.bulk.bytes * SECOND_US, 'durationUs'),
    // CICFlowMeter divides by a count of subflows that rises with every packet; models learn its numbers, so ours are the same.
    [`Subflow ${name} Packets`]: (flow) => Math.floor(side(flow).lengths.count / flow.lengths.count),
    [`Subflow ${name} Bytes`]: (flow) => Math.floor(side(flow).lengths.sum / flow.lengths.count),
  };
};

/** Each statistic as CICFlowMeter 4 defines it (docs/flows.md). */
const DEFINITIONS: Statistics = {
  'Flow Duration': durationOf,
  'Total Fwd Packet': ({ forward }) => forward.lengths.count,
  'Total Bwd packets': ({ backward }) => backward.lengths.count,
  'Total Length of Fwd Packet': ({ forward }) => forward.lengths.sum,
  'Total Length of Bwd Packet': ({ backward }) => backward.lengths.sum,
  // Infinite, or NaN without payload, for a flow that took no time.
  'Flow Bytes/s': (flow) => flow.lengths.sum / secondsOf(flow),
  'Flow Packets/s': (flow) => flow.lengths.count / secondsOf(flow),
  ...spread('Packet Length', ({ lengths }) => lengths),
  'Packet Length Variance': ({ lengths }) => varianceOf(lengths),
  ...spread('Flow IAT', ({ gaps }) => gaps, Number.NaN),
  ...sideOf('Fwd', ({ forward }) => forward),
  ...sideOf('Bwd', ({ backward }) => backward),
  'FIN Flag Count': ({ forward, backward }) => forward.fin + backward.fin,
  'SYN Flag Count': ({ syn }) => syn,
  'RST Flag Count': ({ forward, backward }) => forward.rst + backward.rst,
  'PSH Flag Count': ({ forward, backward }) => forward.psh + backward.psh,
  'ACK Flag Count': ({ ack }) => ack,
  'URG Flag Count': ({ forward, backward }) => forward.urg + backward.urg,
  'CWR Flag Count': ({ cwr }) => cwr,
  'ECE Flag Count': ({ ece }) => ece,
  'Down/Up Ratio': ({ forward, backward }) => (forward.lengths.count > 0 ? backward.lengths.count / forward.lengths.count : 0),
  'Average Packet Size': ({ lengths }) => lengths.sum / lengths.count,
  'FWD Init Win Bytes': ({ forward }) => forward.window,
  'Bwd Init Win Bytes': ({ backward }) => backward.window,
  'Fwd Act Data Pkts': ({ forwardData }) => forwardData,
  'Fwd Seg Size Min': ({ leastForwardHeader }) => leastForwardHeader,
  ...spread('Active', ({ active }) => active),
  ...spread('Idle', ({ idle }) => idle),
  'Total TCP Flow Time': (flow) => (flow.protocol === TCP ? flow.earlierUs + durationOf(flow) : 0),
};

const IN_ORDER: readonly Statistic[] = STATISTICS.map(({ name }) => DEFINITIONS[name]!);

/** The statistics of a flow in the order of `STATISTICS`; not finite where CICFlowMeter writes `NaN` or `Infinity`. */
export const statisticsOf = (flow: FlowState): Float64Array => {
  const out = new Float64Array(IN_ORDER.length);
  for (let i = 0; i < IN_ORDER.length; i++) out[i] = IN_ORDER[i]!(flow);
  return out;
};
