import { deflateSync } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
// Bit by bit over the polynomial of ISO 3309: 256 entries, made once.
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
};

/** A grey picture as PNG (W3C, third edition): 8 bits, no interlace, no filter. `zoom` makes each pixel a square of so many. */
export const encodePng = (pixels: Uint8Array, width: number, height: number, zoom = 1): Uint8Array => {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width * zoom);
  view.setUint32(4, height * zoom);
  header.set([8, 0, 0, 0, 0], 8);
  const rowBytes = 1 + width * zoom;
  const raw = new Uint8Array(rowBytes * height * zoom);
  for (let y = 0; y < height * zoom; y++)
    for (let x = 0; x < width * zoom; x++) raw[y * rowBytes + 1 + x] = pixels[Math.floor(y / zoom) * width + Math.floor(x / zoom)]!;
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(raw)), chunk('IEND', new Uint8Array(0))]);
};
