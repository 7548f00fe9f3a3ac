import { addPacket, type Ends, type FlowState, newFlow } from './flow-state.ts';
import { FLAG, type Packet, TCP } from './packet.ts';

export interface FlowMeterOptions {
  /** A flow is cut when a packet comes later than this after its first one. */
  readonly timeoutUs: number;
  /** Flows under way; with more, those that began first are ended. */
  readonly maxFlows: number;
}

/** As CICFlowMeter: two minutes. 200,000 flows under way need about 300 MB. */
export const METER_DEFAULTS: FlowMeterOptions = { timeoutUs: 120_000_000, maxFlows: 200_000 };

/** Late packets of a closed connection are its own for so long, unless another one begins. */
const LINGER_US = 1_000_000;
/** How often, in time of the capture, ends are looked for. */
const SWEEP_US = 5_000_000;

export interface FlowMeter {
  /** Packets in order of capture. One whose clock is behind the one before it is counted at its own time. */
  add(packet: Packet): void;
  /** Ends all flows under way. */
  end(): void;
  readonly underWay: number;
  /** Flows ended before their time because there were too many. */
  readonly pressed: number;
}

interface Entry {
  /** Undefined while a cut connection waits for its next packet. */
  flow: FlowState | undefined;
  readonly ends: Ends;
  /** Connection time until the flow was cut, and when. */
  earlierUs: number;
  cutUs: number;
  /** When both sides had said FIN and the last ACK came, or one RST. */
  closedUs: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Groups packets into flows with two directions.
 *
 * - One flow: the same two addresses and ports and the same protocol. Forward is the direction of its first packet; where that is a SYN with ACK, the other one.
 * - It ends when both sides have said FIN and the next ACK has come, or with RST; late packets of the next second still count, unless they open another connection (SYN).
 * - It is cut by the first packet that comes later than the timeout after its start; that packet begins the next flow, with the same directions.
 * - Ends are noticed by later packets of any flow, so that memory is that of the flows of two timeouts.
 */
export const createFlowMeter = (onFlow: (flow: FlowState) => void, options: FlowMeterOptions = METER_DEFAULTS): FlowMeter => {
  const { timeoutUs, maxFlows } = options;
  // In the order in which their flows began.
  const entries = new Map<string, Entry>();
  let sweptUs = Number.NEGATIVE_INFINITY;
  let pressed = 0;

  const finish = (entry: Entry): void => {
    if (entry.flow) onFlow(entry.flow);
    entry.flow = undefined;
  };
  const cut = (entry: Entry): void => {
    const { flow } = entry;
    if (!flow) return;
    entry.earlierUs += flow.lastUs - flow.startUs;
    entry.cutUs = flow.lastUs;
    finish(entry);
  };

  /** Ends what can get no more packets. The oldest lie first: the way stops at the first one that is young. */
  const sweep = (nowUs: number): void => {
    sweptUs = nowUs;
    for (const [key, entry] of entries) {
      const { flow } = entry;
      if (flow) {
        if (nowUs - entry.closedUs > LINGER_US) {
          finish(entry);
          entries.delete(key);
        } else if (nowUs - flow.startUs > timeoutUs) {
          cut(entry);
          // Behind those that began later: its end as a connection is two timeouts away.
          entries.delete(key);
          entries.set(key, entry);
        }
      } else if (nowUs - entry.cutUs > 2 * timeoutUs) entries.delete(key);
    }
  };
  const press = (): void => {
    for (const [key, entry] of entries) {
      if (entries.size < maxFlows) return;
      if (entry.flow) pressed++;
      finish(entry);
      entries.delete(key);
    }
  };

  const begin = (key: string, packet: Packet): Entry => {
    if (entries.size >= maxFlows) press();
    const isReply = packet.protocol === TCP && (packet.flags & (FLAG.syn | FLAG.ack)) === (FLAG.syn | FLAG.ack);
    const { source, sourcePort, destination, destinationPort, protocol } = packet;
    const ends: Ends = isReply
      ? { source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort, protocol }
      : { source, sourcePort, destination, destinationPort, protocol };
    const entry: Entry = { flow: newFlow(ends, packet.timeUs), ends, earlierUs: 0, cutUs: 0, closedUs: NEVER };
    entries.set(key, entry);
    return entry;
  };

  return {
    add: (packet) => {
      const { timeUs, flags } = packet;
      if (Math.abs(timeUs - sweptUs) > SWEEP_US) sweep(timeUs);
      const key = keyOf(packet);
      let entry = entries.get(key);
      const isOpening = packet.protocol === TCP && (flags & (FLAG.syn | FLAG.ack)) === FLAG.syn;
      if (entry && entry.closedUs !== NEVER && (isOpening || timeUs - entry.closedUs > LINGER_US)) {
        finish(entry);
        entries.delete(key);
        entry = undefined;
      }
      if (entry?.flow && timeUs - entry.flow.startUs > timeoutUs) cut(entry);
      entry ??= begin(key, packet);
      if (!entry.flow) {
        entry.flow = newFlow(entry.ends, timeUs, entry.earlierUs + (timeUs - entry.cutUs));
        entry.earlierUs += timeUs - entry.cutUs;
      }
      const { flow, ends } = entry;
      addPacket(flow, packet, packet.sourcePort === ends.sourcePort && packet.source === ends.source);
      if (packet.protocol !== TCP || entry.closedUs !== NEVER) return;
      if (flags & FLAG.rst || (flow.forward.fin > 0 && flow.backward.fin > 0 && flags & FLAG.ack && !(flags & FLAG.fin)))
        entry.closedUs = timeUs;
    },
    end: () => {
      for (const entry of entries.values()) finish(entry);
      entries.clear();
    },
    get underWay() {
      return entries.size;
    },
    get pressed() {
      return pressed;
    },
  };
};

/** The same for both directions. */
const keyOf = ({ source, sourcePort, destination, destinationPort, protocol }: Packet): string =>
  source < destination || (source === destination && sourcePort < destinationPort)
    ? `${source} ${sourcePort} ${destination} ${destinationPort} ${protocol}`
    : `${destination} ${destinationPort} ${source} ${sourcePort} ${protocol}`;
