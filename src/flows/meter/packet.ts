/** What the meter needs to know of a packet. Readers may give the same object again and again with other values. */
export interface Packet {
  /** Unix microseconds. */
  timeUs: number;
  /** As text, IPv6 in the short form. */
  source: string;
  destination: string;
  /** 0 where the protocol has none. */
  sourcePort: number;
  destinationPort: number;
  /** IANA number. */
  protocol: number;
  /** TCP flags as they lie in the header; 0 for other protocols. */
  flags: number;
  /** Bytes behind the headers, by the lengths that the headers tell: a capture may have cut them off. */
  payloadBytes: number;
  /** TCP header with options, 8 for UDP, else 0. */
  headerBytes: number;
  /** TCP window as it lies in the header, not scaled. */
  window: number;
}

export const TCP = 6;
export const UDP = 17;

/** Bits of the TCP flags (RFC 9293). */
export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;
