import { addToBulk, type Bulk, newBulk } from './bulk.ts';
import { FLAG, type Packet } from './packet.ts';
import { addNumber, type Moments, newMoments } from './running-moments.ts';

/** A pause longer than this parts two active periods; CICFlowMeter's activity timeout. */
const ACTIVITY_TIMEOUT_US = 5_000_000;

/** What is counted of one direction. */
export interface Side {
  readonly lengths: Moments;
  readonly gaps: Moments;
  readonly bulk: Bulk;
  headerBytes: number;
  psh: number;
  urg: number;
  rst: number;
  fin: number;
  lastUs: number;
  window: number;
}

/** A flow while its packets come. */
export interface FlowState {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly protocol: number;
  startUs: number;
  lastUs: number;
  readonly forward: Side;
  readonly backward: Side;
  readonly lengths: Moments;
  readonly gaps: Moments;
  readonly active: Moments;
  readonly idle: Moments;
  activeStartUs: number;
  activeEndUs: number;
  syn: number;
  ack: number;
  ece: number;
  cwr: number;
  /** Forward packets with payload, the first packet of the flow aside. */
  forwardData: number;
  leastForwardHeader: number;
  /** Of the connection before this flow began, where it goes on with one that was cut. */
  earlierUs: number;
}

const newSide = (): Side => ({
  lengths: newMoments(),
  gaps: newMoments(),
  bulk: newBulk(),
  headerBytes: 0,
  psh: 0,
  urg: 0,
  rst: 0,
  fin: 0,
  lastUs: 0,
  window: 0,
});

export type Ends = Pick<FlowState, 'source' | 'sourcePort' | 'destination' | 'destinationPort' | 'protocol'>;

/** A flow before its first packet, which begins at `startUs`. */
export const newFlow = (
  { source, sourcePort, destination, destinationPort, protocol }: Ends,
  startUs: number,
  earlierUs = 0,
): FlowState => ({
  source,
  sourcePort,
  destination,
  destinationPort,
  protocol,
  startUs,
  lastUs: startUs,
  forward: newSide(),
  backward: newSide(),
  lengths: newMoments(),
  gaps: newMoments(),
  active: newMoments(),
  idle: newMoments(),
  activeStartUs: startUs,
  activeEndUs: startUs,
  syn: 0,
  ack: 0,
  ece: 0,
  cwr: 0,
  forwardData: 0,
  leastForwardHeader: 0,
  earlierUs,
});

const passTime = (flow: FlowState, timeUs: number): void => {
  if (timeUs - flow.activeEndUs > ACTIVITY_TIMEOUT_US) {
    // The period that lasts when the flow ends is not counted, as CICFlowMeter does not.
    if (flow.activeEndUs > flow.activeStartUs) addNumber(flow.active, flow.activeEndUs - flow.activeStartUs);
    addNumber(flow.idle, timeUs - flow.activeEndUs);
    flow.activeStartUs = timeUs;
  }
  flow.activeEndUs = timeUs;
};

/** Counts a packet. */
export const addPacket = (flow: FlowState, packet: Packet, isForward: boolean): void => {
  const { timeUs, payloadBytes, headerBytes, flags } = packet;
  const isFirst = flow.lengths.count === 0;
  const [own, other] = isForward ? [flow.forward, flow.backward] : [flow.backward, flow.forward];
  addToBulk(own.bulk, other.bulk, timeUs, payloadBytes);
  if (!isFirst) {
    passTime(flow, timeUs);
    addNumber(flow.gaps, timeUs - flow.lastUs);
  }
  if (own.lengths.count > 0) addNumber(own.gaps, timeUs - own.lastUs);
  addNumber(own.lengths, payloadBytes);
  addNumber(flow.lengths, payloadBytes);
  own.lastUs = timeUs;
  flow.lastUs = timeUs;
  own.headerBytes += headerBytes;
  if (isForward) {
    if (!isFirst && payloadBytes > 0) flow.forwardData++;
    if (own.lengths.count === 1) {
      own.window = packet.window;
      flow.leastForwardHeader = headerBytes;
    } else if (headerBytes < flow.leastForwardHeader) flow.leastForwardHeader = headerBytes;
    // Named after the first window, it is the last one in CICFlowMeter.
  } else own.window = packet.window;
  if (flags === 0) return;
  if (flags & FLAG.psh) own.psh++;
  if (flags & FLAG.urg) own.urg++;
  if (flags & FLAG.rst) own.rst++;
  if (flags & FLAG.fin) own.fin++;
  if (flags & FLAG.syn) flow.syn++;
  if (flags & FLAG.ack) flow.ack++;
  if (flags & FLAG.ece) flow.ece++;
  if (flags & FLAG.cwr) flow.cwr++;
};
