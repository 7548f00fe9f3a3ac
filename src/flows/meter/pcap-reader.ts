import { BellwetherError } from '../../platform/index.ts';

/** Where a packet lies in the bytes that were pushed. */
export interface CapturedPacket {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** On the wire; the capture may hold less. */
  readonly wireBytes: number;
  /** Unix microseconds. */
  readonly timeUs: number;
  /** LINKTYPE_ number (tcpdump.org/linktypes.html). */
  readonly linkType: number;
}

export interface PcapReader {
  /**
   * Packets that are whole in the bytes so far. Throws `invalid_input` where the file is no capture, or is damaged: the place of the next packet is then
   * not known, and the message says where; packets before it have been given.
   */
  push(chunk: Uint8Array): void;
  /** Gives the number of bytes of a packet that the file broke off in; 0 for a whole one. Throws `invalid_input` for an empty file. */
  end(): number;
}

/** More than any interface has: jumbo frames are 9 kB, offloaded ones 64 kB, and tcpdump's own limit is this. */
const MAX_PACKET_BYTES = 262_144;
/** Blocks of pcapng that are no packets may hold names and secrets; a larger one is damage. */
const MAX_BLOCK_BYTES = 16 * 2 ** 20;
/** A machine has some hundreds; a file with more of them is damage that would be kept in memory. */
const MAX_INTERFACES = 65_536;
const MICRO = 1_000_000;

type Step = (view: DataView, bytes: Uint8Array, at: number) => number;

const fault = (offset: number, why: string): BellwetherError => new BellwetherError('invalid_input', `byte ${offset}: ${why}`);

/** Reads one capture format; a step gives the bytes it used, 0 where more are needed. */
interface Format {
  readonly step: (view: DataView, bytes: Uint8Array, at: number, offset: number) => number;
}

/** The classic format (draft-ietf-opsawg-pcap): microseconds or nanoseconds, either byte order. */
const classic = (view: DataView, isLittle: boolean, isNano: boolean, onPacket: (packet: CapturedPacket) => void): Format => {
  // The upper bits may tell the length of a frame check sequence.
  const linkType = view.getUint32(20, isLittle) & 0xffff;
  const perMicro = isNano ? 1000 : 1;
  return {
    step: (now, bytes, at, offset) => {
      if (bytes.length - at < 16) return 0;
      const captured = now.getUint32(at + 8, isLittle);
      if (captured > MAX_PACKET_BYTES) throw fault(offset, `a packet of ${captured} bytes: the file is damaged here`);
      if (bytes.length - at < 16 + captured) return 0;
      onPacket({
        bytes,
        start: at + 16,
        end: at + 16 + captured,
        wireBytes: now.getUint32(at + 12, isLittle),
        timeUs: now.getUint32(at, isLittle) * MICRO + Math.floor(now.getUint32(at + 4, isLittle) / perMicro),
        linkType,
      });
      return 16 + captured;
    },
  };
};

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const PACKET = 6;
const OPTION_RESOLUTION = 9;
const OPTION_OFFSET = 14;

interface Interface {
  readonly linkType: number;
  /** Ticks per second. */
  readonly ticks: number;
  readonly offsetSeconds: number;
}

const readInterface = (view: DataView, at: number, end: number, isLittle: boolean): Interface => {
  let ticks = MICRO;
  let offsetSeconds = 0;
  for (let option = at + 16; option + 4 <= end; ) {
    const code = view.getUint16(option, isLittle);
    const length = view.getUint16(option + 2, isLittle);
    if (code === 0 || option + 4 + length > end) break;
    if (code === OPTION_RESOLUTION && length >= 1) {
      const resolution = view.getUint8(option + 4);
      ticks = resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
    } else if (code === OPTION_OFFSET && length >= 8) offsetSeconds = Number(view.getBigInt64(option + 4, isLittle));
    option += 4 + length + ((4 - (length % 4)) % 4);
  }
  return { linkType: view.getUint16(at + 8, isLittle), ticks, offsetSeconds };
};

/** pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces with their own clocks. */
const nextGeneration = (onPacket: (packet: CapturedPacket) => void): Format => {
  let isLittle = true;
  let interfaces: Interface[] = [];
  let lastUs = 0;
  const packet = (view: DataView, bytes: Uint8Array, at: number, end: number, id: number, captured: number, offset: number): void => {
    const from = interfaces[id];
    if (!from) throw fault(offset, `a packet of interface ${id}, which the file does not describe`);
    if (captured > end - at - 32) throw fault(offset, `a packet of ${captured} bytes in a block of ${end - at}`);
    const ticks = view.getUint32(at + 12, isLittle) * 2 ** 32 + view.getUint32(at + 16, isLittle);
    lastUs = Math.floor((ticks / from.ticks) * MICRO) + from.offsetSeconds * MICRO;
    const wireBytes = view.getUint32(at + 24, isLittle);
    onPacket({ bytes, start: at + 28, end: at + 28 + captured, wireBytes, timeUs: lastUs, linkType: from.linkType });
  };
  return {
    step: (view, bytes, at, offset) => {
      if (bytes.length - at < 12) return 0;
      if (view.getUint32(at, true) === SECTION) {
        const order = view.getUint32(at + 8, true);
        if (order !== 0x1a2b3c4d && order !== 0x4d3c2b1a) throw fault(offset, 'a section without a byte order: the file is damaged here');
        isLittle = order === 0x1a2b3c4d;
      }
      const type = view.getUint32(at, isLittle);
      const length = view.getUint32(at + 4, isLittle);
      if (length < 12 || length % 4 !== 0 || length > MAX_BLOCK_BYTES)
        throw fault(offset, `a block of ${length} bytes: the file is damaged here`);
      if (bytes.length - at < length) return 0;
      if (view.getUint32(at + length - 4, isLittle) !== length) throw fault(offset, 'a block with two lengths: the file is damaged here');
      const end = at + length - 4;
      if (type === SECTION) interfaces = [];
      else if (type === INTERFACE && length >= 20) {
        if (interfaces.length >= MAX_INTERFACES) throw fault(offset, `more than ${MAX_INTERFACES} interfaces: the file is damaged`);
        interfaces.push(readInterface(view, at, end, isLittle));
      } else if (type === PACKET && length >= 32)
        packet(view, bytes, at, at + length, view.getUint32(at + 8, isLittle), view.getUint32(at + 20, isLittle), offset);
      else if (type === OLD_PACKET && length >= 32)
        packet(view, bytes, at, at + length, view.getUint16(at + 8, isLittle), view.getUint32(at + 20, isLittle), offset);
      else if (type === SIMPLE_PACKET && length >= 16 && interfaces[0]) {
        // Without a time of its own.
        const wireBytes = view.getUint32(at + 8, isLittle);
        const captured = Math.min(wireBytes, length - 16);
        onPacket({ bytes, start: at + 12, end: at + 12 + captured, wireBytes, timeUs: lastUs, linkType: interfaces[0].linkType });
      }
      return length;
    },
  };
};

const CLASSIC: ReadonlyMap<number, readonly [isLittle: boolean, isNano: boolean]> = new Map([
  [0xa1b2c3d4, [false, false]],
  [0xd4c3b2a1, [true, false]],
  [0xa1b23c4d, [false, true]],
  [0x4d3cb2a1, [true, true]],
]);

/** Reads a packet capture, pcap or pcapng, piece by piece; memory does not grow with it. */
export const createPcapReader = (onPacket: (packet: CapturedPacket) => void): PcapReader => {
  let rest: Uint8Array = new Uint8Array(0);
  let offset = 0;
  let format: Format | undefined;

  const open: Step = (view, bytes, at) => {
    if (bytes.length - at < 4) return 0;
    const magic = view.getUint32(at, false);
    const kind = CLASSIC.get(magic);
    if (magic === SECTION) format = nextGeneration(onPacket);
    else if (!kind) throw fault(0, `this is no packet capture: it begins with ${magic.toString(16).padStart(8, '0')}`);
    else {
      if (bytes.length - at < 24) return 0;
      format = classic(view, kind[0], kind[1], onPacket);
      return 24;
    }
    return 0;
  };

  return {
    push: (chunk) => {
      const bytes = new Uint8Array(rest.length + chunk.length);
      bytes.set(rest);
      bytes.set(chunk, rest.length);
      const view = new DataView(bytes.buffer);
      let at = 0;
      if (!format) at += open(view, bytes, at);
      if (format)
        for (
          let used = format.step(view, bytes, at, offset + at);
          used > 0;
          used = at < bytes.length ? format.step(view, bytes, at, offset + at) : 0
        )
          at += used;
      rest = bytes.slice(at);
      offset += at;
    },
    end: () => {
      if (!format) throw fault(0, offset + rest.length === 0 ? 'the file is empty' : 'the file ends within its first header');
      return rest.length;
    },
  };
};
