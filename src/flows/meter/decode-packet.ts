import { type Packet, TCP, UDP } from './packet.ts';
import type { CapturedPacket } from './pcap-reader.ts';

/** Why a captured packet counts in no flow. */
export type SkipReason = 'not IP' | 'unknown link type' | 'headers cut off or wrong' | 'later fragment';

const ETHERNET = 1;
const V4 = 0x0800;
const V6 = 0x86dd;
const TAGS = new Set([0x8100, 0x88a8, 0x9100]);
const MAX_TAGS = 4;
/** Headers before the transport in IPv6: hop by hop, routing, destination options; fragment and authentication have lengths of their own. */
const EXTENSIONS = new Set([0, 43, 60]);
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const MAX_EXTENSIONS = 8;
/** Address texts that are remembered: making one costs more than all else. */
const MAX_TEXTS = 65_536;

const createTexts = () => {
  let v4 = new Map<number, string>();
  let v6 = new Map<string, string>();
  const shorten = (groups: readonly number[]): string => {
    // The longest run of zero groups as `::` (RFC 5952).
    let [from, length] = [-1, 1];
    for (let i = 0; i < 8; i++) {
      let run = 0;
      while (i + run < 8 && groups[i + run] === 0) run++;
      if (run > length) [from, length] = [i, run];
      i += run;
    }
    const hex = groups.map((group) => group.toString(16));
    return from < 0 ? hex.join(':') : `${hex.slice(0, from).join(':')}::${hex.slice(from + length).join(':')}`;
  };
  return {
    v4: (bytes: Uint8Array, at: number): string => {
      const key = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
      const known = v4.get(key);
      if (known !== undefined) return known;
      if (v4.size >= MAX_TEXTS) v4 = new Map();
      const text = `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
      v4.set(key, text);
      return text;
    },
    v6: (bytes: Uint8Array, at: number): string => {
      const groups = Array.from({ length: 8 }, (_, i) => (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!);
      const key = String.fromCharCode(...groups);
      const known = v6.get(key);
      if (known !== undefined) return known;
      if (v6.size >= MAX_TEXTS) v6 = new Map();
      const text = shorten(groups);
      v6.set(key, text);
      return text;
    },
  };
};

/** The network layer of a frame: its place and EtherType; undefined for a link type that is not known. */
const networkOf = (bytes: Uint8Array, start: number, linkType: number): readonly [type: number, at: number] | undefined => {
  const short = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const byVersion = (at: number): readonly [number, number] => [(bytes[at] ?? 0) >> 4 === 6 ? V6 : V4, at];
  switch (linkType) {
    case ETHERNET: {
      let at = start + 12;
      for (let tags = 0; tags < MAX_TAGS && TAGS.has(short(at)); tags++) at += 4;
      return [short(at), at + 2];
    }
    // Loopback of BSD: four bytes of address family, in the byte order of the host or of the network.
    case 0:
    case 108:
      return byVersion(start + 4);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return byVersion(start);
    // Captures on `any` under Linux.
    case 113:
      return [short(start + 14), start + 16];
    case 276:
      return [short(start), start + 20];
    default:
      return undefined;
  }
};

export interface PacketDecoder {
  /** The packet, in an object that is used again for the next one; or why it counts in no flow. */
  decode(captured: CapturedPacket): Packet | SkipReason;
}

/** Decodes frames down to TCP and UDP. Lengths are those that the headers tell, so that a capture of headers alone measures the same flows. */
export const createPacketDecoder = (): PacketDecoder => {
  const texts = createTexts();
  const packet: Packet = {
    timeUs: 0,
    source: '',
    destination: '',
    sourcePort: 0,
    destinationPort: 0,
    protocol: 0,
    flags: 0,
    payloadBytes: 0,
    headerBytes: 0,
    window: 0,
  };

  /** `bytes` behind the network header, by its own account. */
  const transport = (bytes: Uint8Array, at: number, end: number, length: number, protocol: number): Packet | SkipReason => {
    packet.protocol = protocol;
    packet.flags = 0;
    packet.window = 0;
    packet.sourcePort = 0;
    packet.destinationPort = 0;
    packet.headerBytes = 0;
    packet.payloadBytes = 0;
    const isTcp = protocol === TCP;
    if (!isTcp && protocol !== UDP) return packet;
    if (end - at < (isTcp ? 20 : 8)) return 'headers cut off or wrong';
    packet.sourcePort = (bytes[at]! << 8) | bytes[at + 1]!;
    packet.destinationPort = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    packet.headerBytes = isTcp ? (bytes[at + 12]! >> 4) * 4 : 8;
    if (packet.headerBytes < 8 || (isTcp && packet.headerBytes < 20) || packet.headerBytes > length) return 'headers cut off or wrong';
    packet.payloadBytes = length - packet.headerBytes;
    if (isTcp) {
      packet.flags = bytes[at + 13]!;
      packet.window = (bytes[at + 14]! << 8) | bytes[at + 15]!;
    }
    return packet;
  };

  const version4 = (bytes: Uint8Array, at: number, end: number, wireEnd: number): Packet | SkipReason => {
    if (end - at < 20 || bytes[at]! >> 4 !== 4) return 'headers cut off or wrong';
    const header = (bytes[at]! & 15) * 4;
    // 0 where the network card was to fill it in.
    const total = (bytes[at + 2]! << 8) | bytes[at + 3]! || wireEnd - at;
    if (header < 20 || header > total) return 'headers cut off or wrong';
    if ((((bytes[at + 6]! & 31) << 8) | bytes[at + 7]!) > 0) return 'later fragment';
    packet.source = texts.v4(bytes, at + 12);
    packet.destination = texts.v4(bytes, at + 16);
    return transport(bytes, at + header, end, total - header, bytes[at + 9]!);
  };

  const version6 = (bytes: Uint8Array, at: number, end: number, wireEnd: number): Packet | SkipReason => {
    if (end - at < 40 || bytes[at]! >> 4 !== 6) return 'headers cut off or wrong';
    const tail = at + 40 + ((bytes[at + 4]! << 8) | bytes[at + 5]! || wireEnd - at - 40);
    let next = bytes[at + 6]!;
    let from = at + 40;
    for (let count = 0; EXTENSIONS.has(next) || next === FRAGMENT || next === AUTHENTICATION; count++) {
      if (count === MAX_EXTENSIONS || end - from < 8) return 'headers cut off or wrong';
      if (next === FRAGMENT && ((bytes[from + 2]! << 8) | bytes[from + 3]!) >> 3 > 0) return 'later fragment';
      const length = next === FRAGMENT ? 8 : next === AUTHENTICATION ? (bytes[from + 1]! + 2) * 4 : (bytes[from + 1]! + 1) * 8;
      next = bytes[from]!;
      from += length;
    }
    if (from > tail) return 'headers cut off or wrong';
    packet.source = texts.v6(bytes, at + 8);
    packet.destination = texts.v6(bytes, at + 24);
    return transport(bytes, from, end, tail - from, next);
  };

  return {
    decode: ({ bytes, start, end, wireBytes, timeUs, linkType }) => {
      const network = networkOf(bytes, start, linkType);
      if (!network) return 'unknown link type';
      const [type, at] = network;
      if (type !== V4 && type !== V6) return 'not IP';
      packet.timeUs = timeUs;
      return (type === V4 ? version4 : version6)(bytes, at, end, Math.max(start + wireBytes, end));
    },
  };
};
