import type { Packet } from '../flows/index.ts';

/** Frame of a capture: when, and what. */
export interface Frame {
  readonly timeUs: number;
  readonly bytes: Uint8Array;
  /** On the wire, where the capture holds less. */
  readonly wireBytes?: number;
}

const address = (text: string): number[] => text.split('.').map(Number);

/** An Ethernet frame with IPv4 and TCP, UDP or another protocol, as the fields of the packet say. */
export const ethernetFrame = (packet: Packet): Uint8Array => {
  const isTcp = packet.protocol === 6;
  const header = isTcp || packet.protocol === 17 ? packet.headerBytes : 0;
  const bytes = new Uint8Array(14 + 20 + header + packet.payloadBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, 20 + header + packet.payloadBytes);
  view.setUint8(22, 64);
  view.setUint8(23, packet.protocol);
  bytes.set(address(packet.source), 26);
  bytes.set(address(packet.destination), 30);
  if (header === 0) return bytes;
  view.setUint16(34, packet.sourcePort);
  view.setUint16(36, packet.destinationPort);
  if (!isTcp) {
    view.setUint16(38, 8 + packet.payloadBytes);
    return bytes;
  }
  view.setUint8(46, (header / 4) << 4);
  view.setUint8(47, packet.flags);
  view.setUint16(48, packet.window);
  return bytes;
};

/** A classic capture file with little-endian microseconds. */
export const pcapFile = (frames: readonly Frame[], linkType = 1): Uint8Array => {
  const bytes = new Uint8Array(24 + frames.reduce((sum, frame) => sum + 16 + frame.bytes.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, linkType, true);
  let at = 24;
  for (const frame of frames) {
    view.setUint32(at, Math.floor(frame.timeUs / 1e6), true);
    view.setUint32(at + 4, frame.timeUs % 1e6, true);
    view.setUint32(at + 8, frame.bytes.length, true);
    view.setUint32(at + 12, frame.wireBytes ?? frame.bytes.length, true);
    bytes.set(frame.bytes, at + 16);
    at += 16 + frame.bytes.length;
  }
  return bytes;
};

const block = (type: number, body: Uint8Array): Uint8Array => {
  const length = 12 + Math.ceil(body.length / 4) * 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  view.setUint32(length - 4, length, true);
  return bytes;
};

/** A pcapng file with one Ethernet interface that counts nanoseconds, and a block of names between. */
export const pcapngFile = (frames: readonly Frame[]): Uint8Array => {
  const section = new Uint8Array(16);
  new DataView(section.buffer).setUint32(0, 0x1a2b3c4d, true);
  const face = new Uint8Array([1, 0, 0, 0, 0, 0, 4, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
  const packets = frames.map((frame) => {
    const body = new Uint8Array(20 + frame.bytes.length);
    const view = new DataView(body.buffer);
    const ticks = BigInt(frame.timeUs) * 1000n;
    view.setUint32(4, Number(ticks >> 32n), true);
    view.setUint32(8, Number(ticks & 0xffffffffn), true);
    view.setUint32(12, frame.bytes.length, true);
    view.setUint32(16, frame.wireBytes ?? frame.bytes.length, true);
    body.set(frame.bytes, 20);
    return block(6, body);
  });
  const parts = [block(0x0a0d0d0a, section), block(1, face), block(4, new Uint8Array(8)), ...packets];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** A packet of a made-up connection of 10.0.0.1:40000 to 10.0.0.2:8080. */
export const makePacket = (parts: Partial<Packet> = {}): Packet => ({
  timeUs: 0,
  source: '10.0.0.1',
  sourcePort: 40_000,
  destination: '10.0.0.2',
  destinationPort: 8080,
  protocol: 6,
  flags: 16,
  payloadBytes: 0,
  headerBytes: 20,
  window: 500,
  ...parts,
});

/** The same from the other side. */
export const reply = (parts: Partial<Packet> = {}): Packet =>
  makePacket({ source: '10.0.0.2', sourcePort: 8080, destination: '10.0.0.1', destinationPort: 40_000, ...parts });
