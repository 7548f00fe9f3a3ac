import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ethernetFrame, makePacket, pcapFile, pcapngFile, reply } from '../../testing/packet-builders.ts';
import { STATISTICS } from '../record/columns.ts';
import { createFlowReader } from '../record/flow-reader.ts';
import { createPacketDecoder } from './decode-packet.ts';
import { FLOW_CSV_HEADER, formatFlow } from './flow-csv.ts';
import { createFlowMeter, METER_DEFAULTS } from './flow-meter.ts';
import type { FlowState } from './flow-state.ts';
import { statisticsOf } from './flow-statistics.ts';
import { createCaptureMeter } from './meter-file.ts';
import { FLAG, type Packet } from './packet.ts';
import { createPcapReader } from './pcap-reader.ts';

const SYN = FLAG.syn;
const ACK = FLAG.ack;
const SECOND = 1_000_000;

const statisticsByName = (flow: FlowState): Record<string, number> => {
  const values = statisticsOf(flow);
  return Object.fromEntries(STATISTICS.map(({ name }, i) => [name, values[i]!]));
};
const measure = (packets: readonly Packet[], options = METER_DEFAULTS): FlowState[] => {
  const flows: FlowState[] = [];
  const meter = createFlowMeter((flow) => flows.push(flow), options);
  for (const packet of packets) meter.add(packet);
  meter.end();
  return flows;
};

/** Handshake, request of 100 bytes, answer of 300 in two packets, both close. */
const EXCHANGE: readonly Packet[] = [
  makePacket({ timeUs: 1000, flags: SYN, headerBytes: 40, window: 64_240 }),
  reply({ timeUs: 1100, flags: SYN | ACK, headerBytes: 40, window: 65_160 }),
  makePacket({ timeUs: 1200, headerBytes: 32 }),
  makePacket({ timeUs: 1300, flags: ACK | FLAG.psh, headerBytes: 32, payloadBytes: 100 }),
  reply({ timeUs: 1500, headerBytes: 32, payloadBytes: 200 }),
  reply({ timeUs: 1600, flags: ACK | FLAG.psh, headerBytes: 32, payloadBytes: 100, window: 509 }),
  makePacket({ timeUs: 1900, flags: ACK | FLAG.fin, headerBytes: 32 }),
  reply({ timeUs: 2000, flags: ACK | FLAG.fin, headerBytes: 32, window: 509 }),
  makePacket({ timeUs: 2100, headerBytes: 32 }),
];

/** Worked out with pencil and paper from the packets above. */
const BY_HAND: Readonly<Record<string, number>> = {
  'Flow Duration': 1100,
  'Total Fwd Packet': 5,
  'Total Bwd packets': 4,
  'Total Length of Fwd Packet': 100,
  'Total Length of Bwd Packet': 300,
  'Fwd Packet Length Max': 100,
  'Fwd Packet Length Min': 0,
  'Fwd Packet Length Mean': 20,
  'Fwd Packet Length Std': Math.sqrt(2000),
  'Bwd Packet Length Max': 200,
  'Bwd Packet Length Mean': 75,
  'Bwd Packet Length Std': Math.sqrt(27_500 / 3),
  'Flow Bytes/s': 400 / 0.0011,
  'Flow Packets/s': 9 / 0.0011,
  'Flow IAT Mean': 137.5,
  'Flow IAT Max': 300,
  'Flow IAT Min': 100,
  'Flow IAT Std': Math.sqrt((5 * 37.5 ** 2 + 62.5 ** 2 + 37.5 ** 2 + 162.5 ** 2) / 7),
  'Fwd IAT Total': 1100,
  'Fwd IAT Mean': 275,
  'Fwd IAT Max': 600,
  'Fwd IAT Min': 100,
  'Bwd IAT Total': 900,
  'Bwd IAT Mean': 300,
  'Fwd PSH Flags': 1,
  'Bwd PSH Flags': 1,
  'Fwd Header Length': 168,
  'Bwd Header Length': 136,
  'Fwd Packets/s': 5 / 0.0011,
  'Bwd Packets/s': 4 / 0.0011,
  'Packet Length Min': 0,
  'Packet Length Max': 200,
  'Packet Length Mean': 400 / 9,
  'Packet Length Variance': (60_000 - 9 * (400 / 9) ** 2) / 8,
  'FIN Flag Count': 2,
  'SYN Flag Count': 2,
  'RST Flag Count': 0,
  'PSH Flag Count': 2,
  'ACK Flag Count': 8,
  'Down/Up Ratio': 0.8,
  'Average Packet Size': 400 / 9,
  'Fwd Segment Size Avg': 20,
  'Bwd Segment Size Avg': 75,
  'Fwd Bytes/Bulk Avg': 0,
  'Subflow Fwd Packets': 0,
  'Subflow Fwd Bytes': 11,
  'Subflow Bwd Bytes': 33,
  'FWD Init Win Bytes': 64_240,
  'Bwd Init Win Bytes': 509,
  'Fwd Act Data Pkts': 1,
  'Fwd Seg Size Min': 32,
  'Active Mean': 0,
  'Idle Mean': 0,
  'Total TCP Flow Time': 1100,
};

describe('createFlowMeter', () => {
  it('measures what was worked out by hand', () => {
    const [flow, ...others] = measure(EXCHANGE);
    expect(others).toEqual([]);
    const values = statisticsByName(flow!);
    for (const [name, value] of Object.entries(BY_HAND)) expect([name, values[name]]).toEqual([name, expect.closeTo(value, 6)]);
  });

  it('has no rate and no time between packets for a single one', () => {
    const values = statisticsByName(measure([makePacket({ protocol: 17, headerBytes: 8, payloadBytes: 50 })])[0]!);
    expect(values).toMatchObject({ 'Flow Bytes/s': Infinity, 'Flow IAT Mean': Number.NaN, 'Flow IAT Max': Number.NaN });
    expect(values).toMatchObject({ 'Fwd IAT Mean': 0, 'Bwd Packet Length Min': 0, 'Fwd Act Data Pkts': 0, 'Total TCP Flow Time': 0 });
  });

  it('counts a bulk of four packets with payload and what goes on with it', () => {
    const data = [0, 1, 2, 3, 4].map((i) => makePacket({ timeUs: 10 + 100 * i, payloadBytes: 1000 }));
    const values = statisticsByName(measure(data)[0]!);
    expect(values).toMatchObject({ 'Fwd Bytes/Bulk Avg': 5000, 'Fwd Packet/Bulk Avg': 5, 'Fwd Bulk Rate Avg': 12_500_000 });
    const parted = data.flatMap((packet) => [packet, reply({ timeUs: packet.timeUs + 1, payloadBytes: 9 })]);
    expect(statisticsByName(measure(parted)[0]!)['Fwd Bytes/Bulk Avg']).toBe(0);
  });

  it('parts active and idle periods at pauses of more than five seconds', () => {
    const at = [0, 1, 2, 9, 10, 30].map((second) => makePacket({ timeUs: second * SECOND }));
    expect(statisticsByName(measure(at)[0]!)).toMatchObject({
      'Active Mean': 1.5 * SECOND,
      'Active Max': 2 * SECOND,
      'Idle Mean': 13.5 * SECOND,
      'Idle Min': 7 * SECOND,
    });
  });

  it('takes the first packet for the forward direction, but a SYN with ACK for the answer to one that was missed', () => {
    expect(measure([reply({ flags: ACK })])[0]).toMatchObject({ source: '10.0.0.2', sourcePort: 8080 });
    expect(measure([reply({ flags: SYN | ACK })])[0]).toMatchObject({ source: '10.0.0.1', sourcePort: 40_000, destinationPort: 8080 });
  });

  it('begins another flow with a SYN after the end, and counts late packets for a second', () => {
    const again = EXCHANGE.map((packet) => ({ ...packet, timeUs: packet.timeUs + 10_000 }));
    expect(measure([...EXCHANGE, ...again]).map(({ lengths }) => lengths.count)).toEqual([9, 9]);
    const late = makePacket({ timeUs: 5000, flags: FLAG.rst });
    expect(measure([...EXCHANGE, late]).map(({ lengths }) => lengths.count)).toEqual([10]);
    expect(measure([...EXCHANGE, { ...late, timeUs: 3 * SECOND }]).map(({ lengths }) => lengths.count)).toEqual([9, 1]);
    const reset = [makePacket({ flags: SYN }), reply({ timeUs: 5, flags: FLAG.rst | ACK }), makePacket({ timeUs: 9, flags: SYN })];
    expect(measure(reset).map(({ lengths }) => lengths.count)).toEqual([2, 1]);
  });

  it('cuts a long connection at the timeout, keeps its directions and adds up its time', () => {
    const packets = [0, 60, 119, 121, 200].map((second) => (second === 121 ? reply : makePacket)({ timeUs: second * SECOND }));
    const flows = measure(packets);
    expect(flows.map(({ source, lengths }) => [source, lengths.count])).toEqual([
      ['10.0.0.1', 3],
      ['10.0.0.1', 2],
    ]);
    expect(statisticsByName(flows[1]!)['Total TCP Flow Time']).toBe(200 * SECOND);
  });

  it('ends flows by the clock of others, and the oldest when there are too many', () => {
    const ended: FlowState[] = [];
    const meter = createFlowMeter((flow) => ended.push(flow), { timeoutUs: 120 * SECOND, maxFlows: 3 });
    meter.add(makePacket({ timeUs: 0 }));
    meter.add(makePacket({ timeUs: 130 * SECOND, sourcePort: 5 }));
    expect(ended).toHaveLength(1);
    for (let port = 10; port < 20; port++) meter.add(makePacket({ timeUs: 131 * SECOND, sourcePort: port }));
    expect(meter.underWay).toBeLessThanOrEqual(3);
    expect(meter.pressed).toBe(8);
    meter.end();
    expect(ended).toHaveLength(12);
  });

  const anyPacket = fc.record({
    gap: fc.integer({ min: -SECOND, max: 40 * SECOND }),
    port: fc.integer({ min: 1, max: 3 }),
    isReply: fc.boolean(),
    flags: fc.integer({ min: 0, max: 255 }),
    payloadBytes: fc.integer({ min: 0, max: 1460 }),
    protocol: fc.constantFrom(6, 17, 1),
  });
  it('loses no packet and no byte, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 60 }), (parts) => {
        let timeUs = 1e15;
        const packets = parts.map(({ gap, port, isReply, ...rest }) => {
          timeUs += gap;
          const ends = isReply ? reply({ destinationPort: port }) : makePacket({ sourcePort: port });
          return { ...ends, ...rest, timeUs };
        });
        const flows = measure(packets);
        const sum = (of: (flow: FlowState) => number): number => flows.reduce((total, flow) => total + of(flow), 0);
        expect(sum(({ forward, backward }) => forward.lengths.count + backward.lengths.count)).toBe(packets.length);
        expect(sum(({ lengths }) => lengths.sum)).toBe(packets.reduce((total, { payloadBytes }) => total + payloadBytes, 0));
        for (const flow of flows) {
          const values = statisticsByName(flow);
          expect(values['Packet Length Min']).toBeLessThanOrEqual(values['Packet Length Mean']! + 1e-9);
          expect(values['Packet Length Max']).toBeGreaterThanOrEqual(values['Packet Length Mean']! - 1e-9);
          expect(flow.gaps.count).toBe(flow.lengths.count - 1);
        }
      }),
    );
  });
});

const decodeAll = (file: Uint8Array, chunk: number): Packet[] => {
  const packets: Packet[] = [];
  const decoder = createPacketDecoder();
  const reader = createPcapReader((captured) => {
    const packet = decoder.decode(captured);
    if (typeof packet !== 'string') packets.push({ ...packet });
  });
  for (let at = 0; at < file.length; at += chunk) reader.push(file.subarray(at, at + chunk));
  reader.end();
  return packets;
};
const frames = EXCHANGE.map((packet) => ({ timeUs: packet.timeUs, bytes: ethernetFrame(packet) }));

describe('createPcapReader', () => {
  it.each([1, 7, 100, 65_536])('reads pcap and pcapng in pieces of %d bytes', (chunk) => {
    expect(decodeAll(pcapFile(frames), chunk)).toEqual(EXCHANGE);
    expect(decodeAll(pcapngFile(frames), chunk)).toEqual(EXCHANGE);
  });

  it('reads both byte orders and nanoseconds', () => {
    const file = pcapFile(frames.slice(0, 1));
    const view = new DataView(file.buffer);
    const swap = (at: number): void => view.setUint32(at, view.getUint32(at, true), false);
    for (const at of [0, 16, 20, 24, 28, 32, 36]) swap(at);
    view.setUint32(0, 0xa1b23c4d, false);
    view.setUint32(28, 1_000_999, false);
    expect(decodeAll(file, 1000)).toEqual([{ ...EXCHANGE[0], timeUs: 1000 }]);
  });

  it('says where a file breaks off, is damaged, or is none', () => {
    const whole = pcapFile(frames);
    const meter = createCaptureMeter(() => undefined);
    meter.push(whole.subarray(0, whole.length - 10));
    expect(meter.end()).toBeGreaterThan(0);
    expect(meter.finish()).toMatchObject({ packets: 8, flows: 1 });
    const damaged = whole.slice();
    new DataView(damaged.buffer).setUint32(24 + 8, 0xffffffff, true);
    expect(() => decodeAll(damaged, 1000)).toThrow('byte 24: a packet of 4294967295 bytes: the file is damaged here');
    expect(() => decodeAll(new TextEncoder().encode('Flow ID,Src IP'), 1000)).toThrow('this is no packet capture: it begins with 466c6f77');
    expect(() => decodeAll(new Uint8Array(0), 1)).toThrow('the file is empty');
    expect(() => decodeAll(whole.subarray(0, 10), 10)).toThrow('the file ends within its first header');
  });

  it('never fails otherwise on damaged bytes, and never reads beyond them', () => {
    const files = [pcapFile(frames), pcapngFile(frames)];
    const change = fc.record({ at: fc.nat(2000), to: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { maxLength: 12 }),
        fc.integer({ min: 1, max: 500 }),
        (file, changes, chunk) => {
          const bytes = file.slice();
          for (const { at, to } of changes) bytes[at % bytes.length] = to;
          const meter = createCaptureMeter((flow) => formatFlow(flow));
          try {
            for (let at = 0; at < bytes.length; at += chunk) meter.push(bytes.subarray(at, at + chunk));
            meter.end();
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_input' });
          }
          expect(meter.finish().packets).toBeLessThanOrEqual(frames.length + 200);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('createPacketDecoder', () => {
  const decode = (bytes: Uint8Array, linkType = 1) =>
    createPacketDecoder().decode({ bytes, start: 0, end: bytes.length, wireBytes: bytes.length, timeUs: 0, linkType });
  const frame = ethernetFrame(makePacket({ payloadBytes: 10 }));

  it('finds IP behind VLAN tags, in Linux cooked captures, on loopback and raw', () => {
    const ip = frame.subarray(14);
    const with_ = (head: number[]): Uint8Array => Uint8Array.from([...head, ...ip]);
    const macs = [...frame.subarray(0, 12)];
    const cases: [Uint8Array, number][] = [
      [with_([...macs, 0x81, 0, 0, 5, 8, 0]), 1],
      [with_([...macs, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0]), 1],
      [with_([...new Array<number>(14).fill(0), 8, 0]), 113],
      [with_([8, 0, ...new Array<number>(18).fill(0)]), 276],
      [with_([2, 0, 0, 0]), 0],
      [with_([]), 101],
    ];
    for (const [bytes, linkType] of cases) expect(decode(bytes, linkType)).toMatchObject({ sourcePort: 40_000, payloadBytes: 10 });
  });

  it('takes lengths from the headers, not from what was captured or padded', () => {
    expect(decode(frame.subarray(0, 54))).toMatchObject({ payloadBytes: 10 });
    expect(decode(Uint8Array.from([...frame, 0, 0, 0, 0, 0, 0]))).toMatchObject({ payloadBytes: 10 });
  });

  it('reads IPv6 behind extension headers', () => {
    const tcp = [...frame.subarray(34, 54)];
    const addresses = [0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 1, 0xfe, 0x80, ...new Array<number>(13).fill(0), 2];
    const extension = [6, 0, 0, 0, 0, 0, 0, 0];
    const ip = Uint8Array.from([0x60, 0, 0, 0, 0, 28, 0, 64, ...addresses, ...extension, ...tcp]);
    expect(decode(ip, 101)).toMatchObject({ source: '2001:db8::1', destination: 'fe80::2', destinationPort: 8080, payloadBytes: 0 });
  });

  it('says why a packet counts in no flow', () => {
    const arp = frame.slice();
    arp[13] = 6;
    expect(decode(arp)).toBe('not IP');
    expect(decode(frame, 147)).toBe('unknown link type');
    expect(decode(frame.subarray(0, 40))).toBe('headers cut off or wrong');
    const fragment = frame.slice();
    fragment[21] = 9;
    expect(decode(fragment)).toBe('later fragment');
  });
});

describe('formatFlow', () => {
  it('writes what the reader of flow files reads', () => {
    const [flow] = measure(EXCHANGE.map((packet) => ({ ...packet, timeUs: packet.timeUs + 1_767_225_600 * SECOND })));
    const [single] = measure([makePacket({ protocol: 17, headerBytes: 8, payloadBytes: 3 })]);
    const read: { startMs: number; sourcePort: number; statistics: Float64Array }[] = [];
    const reader = createFlowReader({}, { flow: (each) => read.push(each), problem: (problem) => expect(problem).toBeUndefined() });
    reader.push(new TextEncoder().encode(`${FLOW_CSV_HEADER}\n${formatFlow(flow!)}\n${formatFlow(single!)}\n`));
    reader.end();
    expect(read).toHaveLength(2);
    expect(read[0]).toMatchObject({ startMs: 1_767_225_600_001, sourcePort: 40_000 });
    const values = statisticsByName(flow!);
    expect([...read[0]!.statistics]).toEqual(STATISTICS.map(({ name }) => values[name]));
    expect(reader.gaps.get('Flow IAT Mean')).toBe(1);
  });
});
