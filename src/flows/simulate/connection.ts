import type { Random } from '../../platform/index.ts';
import { createFlowMeter } from '../meter/flow-meter.ts';
import type { FlowState } from '../meter/flow-state.ts';
import { FLAG, type Packet, TCP } from '../meter/packet.ts';
import { between } from './draws.ts';

/** Who talks to whom. */
export interface Peers {
  readonly client: string;
  readonly service: string;
  readonly port: number;
}

/** A request and its answer. */
export interface Exchange {
  /** Before the request. */
  readonly waitUs: number;
  readonly up: number;
  /** Until the first byte of the answer. */
  readonly serverUs: number;
  readonly down: number;
}

export interface Connection extends Peers {
  readonly startUs: number;
  readonly clientPort: number;
  readonly roundTripUs: number;
  readonly exchanges: readonly Exchange[];
  /** `unanswered`: nobody replies to the SYN; `refused`: a RST does; `left`: nobody closes; `reset`: the client does so with RST. */
  readonly end?: 'closed' | 'reset' | 'left' | 'refused' | 'unanswered';
  readonly protocol?: number;
}

const SEGMENT = 1448;
/** Network cards hand large transfers over in pieces of this. */
const LARGE_SEGMENT = 15 * SEGMENT;
const LARGE = 200_000;
/** TCP header with time stamps, and of a SYN with its options. */
const HEADER = 32;
const SYN_HEADER = 40;

/** Plays a connection packet by packet through the flow meter: its statistics agree with each other as those of real ones do. */
export const playConnection = (connection: Connection, random: Random, onFlow: (flow: FlowState) => void): void => {
  const { client, service, port, clientPort, roundTripUs, exchanges, end = 'closed', protocol = TCP } = connection;
  const meter = createFlowMeter(onFlow);
  const isTcp = protocol === TCP;
  const packet: Packet = {
    timeUs: Math.round(connection.startUs),
    source: client,
    destination: service,
    sourcePort: clientPort,
    destinationPort: port,
    protocol,
    flags: 0,
    payloadBytes: 0,
    headerBytes: isTcp ? HEADER : 8,
    window: 502,
  };
  let nowUs = connection.startUs;
  const send = (isUp: boolean, flags: number, payloadBytes: number, headerBytes = isTcp ? HEADER : 8): void => {
    packet.timeUs = Math.round(nowUs);
    packet.source = isUp ? client : service;
    packet.destination = isUp ? service : client;
    packet.sourcePort = isUp ? clientPort : port;
    packet.destinationPort = isUp ? port : clientPort;
    packet.flags = isTcp ? flags : 0;
    packet.payloadBytes = payloadBytes;
    packet.headerBytes = headerBytes;
    meter.add(packet);
  };
  const half = (): number => (roundTripUs / 2) * between(random, 0.9, 1.3);
  const transfer = (isUp: boolean, bytes: number): void => {
    const size = bytes > LARGE ? LARGE_SEGMENT : SEGMENT;
    for (let left = bytes, sent = 1; left > 0; left -= size, sent++) {
      send(isUp, FLAG.ack | (left <= size ? FLAG.psh : 0), Math.min(left, size));
      nowUs += between(random, 5, 40) * (size / SEGMENT);
      if (isTcp && sent % 2 === 0) send(!isUp, FLAG.ack, 0);
    }
  };

  if (isTcp) {
    send(true, FLAG.syn, 0, SYN_HEADER);
    nowUs += half();
    if (end === 'unanswered') {
      // Linux asks again after one and after three seconds.
      for (const waitUs of random() < 0.5 ? [1e6, 2e6] : []) {
        nowUs += waitUs;
        send(true, FLAG.syn, 0, SYN_HEADER);
      }
      meter.end();
      return;
    }
    if (end === 'refused') {
      send(false, FLAG.rst | FLAG.ack, 0, 20);
      meter.end();
      return;
    }
    send(false, FLAG.syn | FLAG.ack, 0, SYN_HEADER);
    nowUs += half();
    send(true, FLAG.ack, 0);
  }
  for (const { waitUs, up, serverUs, down } of exchanges) {
    nowUs += waitUs;
    transfer(true, up);
    nowUs += half();
    if (isTcp && up > 0) send(false, FLAG.ack, 0);
    nowUs += serverUs;
    if (down === 0) continue;
    transfer(false, down);
    nowUs += half();
    if (isTcp) send(true, FLAG.ack, 0);
  }
  if (isTcp && end === 'closed') {
    send(true, FLAG.fin | FLAG.ack, 0);
    nowUs += half();
    send(false, FLAG.fin | FLAG.ack, 0);
    nowUs += half();
    send(true, FLAG.ack, 0);
  } else if (isTcp && end === 'reset') send(true, FLAG.rst | FLAG.ack, 0, 20);
  meter.end();
};
