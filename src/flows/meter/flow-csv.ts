import { formatTime } from '../../platform/index.ts';
import { IDENTITIES, STATISTICS } from '../record/columns.ts';
import type { Flow } from '../record/flow.ts';
import type { Ends, FlowState } from './flow-state.ts';
import { statisticsOf } from './flow-statistics.ts';

/** The columns of CICFlowMeter 4 without its label. */
export const FLOW_CSV_HEADER: string = [...IDENTITIES, ...STATISTICS.map(({ name }) => name)].join(',');

const MICRO = 1_000_000;

/** `2026-01-31 12:00:00.000001`, UTC. */
export const formatStart = (timeUs: number): string => {
  const seconds = Math.floor(timeUs / MICRO);
  const fraction = String(timeUs - seconds * MICRO).padStart(6, '0');
  return `${formatTime(seconds * 1000)
    .slice(0, 19)
    .replace('T', ' ')}.${fraction}`;
};

// NaN and Infinity are written as CICFlowMeter, and JavaScript, write them.
const numbers = (values: Float64Array): string => values.join(',');

const line = ({ source, sourcePort, destination, destinationPort, protocol }: Ends, startUs: number, statistics: Float64Array): string => {
  const id = `${source}-${destination}-${sourcePort}-${destinationPort}-${protocol}`;
  return `${id},${source},${sourcePort},${destination},${destinationPort},${protocol},${formatStart(startUs)},${numbers(statistics)}`;
};

/** One line of a flow file, without its end. */
export const formatFlow = (flow: FlowState): string => line(flow, flow.startUs, statisticsOf(flow));

/** The same for a flow that was read or made up. */
export const formatRecord = (flow: Flow): string => line(flow, Math.round(flow.startMs * 1000), flow.statistics);
