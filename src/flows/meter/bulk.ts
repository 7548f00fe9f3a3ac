/** More than this between two packets of a side, and the next one begins a bulk anew. */
const PAUSE_US = 1_000_000;
/** Packets with payload in a row, without a bulk of the other side between, that make a bulk. */
const LEAST_PACKETS = 4;

/** Bulks of one side of a flow. */
export interface Bulk {
  count: number;
  packets: number;
  bytes: number;
  durationUs: number;
  /** Of the row of packets that is or may become a bulk; 0 = none. */
  startUs: number;
  lastUs: number;
  rowPackets: number;
  rowBytes: number;
}

export const newBulk = (): Bulk => ({ count: 0, packets: 0, bytes: 0, durationUs: 0, startUs: 0, lastUs: 0, rowPackets: 0, rowBytes: 0 });

/** A packet of this side; `other` is the opposite one. */
export const addToBulk = (own: Bulk, other: Bulk, timeUs: number, bytes: number): void => {
  if (other.lastUs > own.startUs) own.startUs = 0;
  if (bytes <= 0) return;
  if (own.startUs === 0 || timeUs - own.lastUs > PAUSE_US) {
    own.startUs = timeUs;
    own.lastUs = timeUs;
    own.rowPackets = 1;
    own.rowBytes = bytes;
    return;
  }
  own.rowPackets++;
  own.rowBytes += bytes;
  if (own.rowPackets === LEAST_PACKETS) {
    own.count++;
    own.packets += own.rowPackets;
    own.bytes += own.rowBytes;
    own.durationUs += timeUs - own.startUs;
  } else if (own.rowPackets > LEAST_PACKETS) {
    own.packets++;
    own.bytes += bytes;
    own.durationUs += timeUs - own.lastUs;
  }
  own.lastUs = timeUs;
};
