import { BellwetherError, fileError, openReadStream } from '../../platform/index.ts';
import { createPacketDecoder } from './decode-packet.ts';
import { createFlowMeter, type FlowMeterOptions, METER_DEFAULTS } from './flow-meter.ts';
import type { FlowState } from './flow-state.ts';
import { createPcapReader } from './pcap-reader.ts';

export interface MeterCounts {
  readonly packets: number;
  readonly flows: number;
  /** Packets that count in no flow, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Flows ended early because too many were under way. */
  readonly pressed: number;
  /** Packets whose clock lies before that of the packet before them. */
  readonly backwards: number;
  /** What is wrong with the file from some place on; what came before was measured. */
  readonly problem?: string;
}

const SECOND_US = 1_000_000;
const TOO_MANY = 'more in one second than are measured';

export interface MeterSink {
  flow(flow: FlowState): void;
  /** Called after each piece of the file: the time to write what came out of it. */
  drain?(counts: MeterCounts): Promise<void> | void;
}

export interface CaptureOptions extends FlowMeterOptions {
  /** Packets of one second beyond this are counted and not measured; absent = all are. */
  readonly maxRate?: number | undefined;
}

/** What a meter counts of captured bytes that come piece by piece. */
export const createCaptureMeter = (onFlow: (flow: FlowState) => void, options: CaptureOptions = METER_DEFAULTS) => {
  const { maxRate = Number.POSITIVE_INFINITY } = options;
  let [second, inSecond] = [Number.NaN, 0];
  const skipped = new Map<string, number>();
  let [packets, flows, backwards, beforeUs] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  const decoder = createPacketDecoder();
  const meter = createFlowMeter((flow) => {
    flows++;
    onFlow(flow);
  }, options);
  const reader = createPcapReader((captured) => {
    packets++;
    if (captured.timeUs < beforeUs) backwards++;
    beforeUs = captured.timeUs;
    const now = Math.floor(captured.timeUs / SECOND_US);
    if (now !== second) [second, inSecond] = [now, 0];
    if (++inSecond > maxRate) {
      skipped.set(TOO_MANY, (skipped.get(TOO_MANY) ?? 0) + 1);
      return;
    }
    const packet = decoder.decode(captured);
    if (typeof packet === 'string') skipped.set(packet, (skipped.get(packet) ?? 0) + 1);
    else meter.add(packet);
  });
  return {
    push: reader.push,
    /** So far. */
    get counts(): MeterCounts {
      return { packets, flows, skipped, backwards, pressed: meter.pressed };
    },
    /** Ends the flows under way. */
    finish: (problem?: string): MeterCounts => {
      meter.end();
      return { packets, flows, skipped, backwards, pressed: meter.pressed, ...(problem === undefined ? {} : { problem }) };
    },
    end: reader.end,
  };
};

/** Measures what comes from a capture in pieces; `name` is for messages. Like `meterFile` otherwise. */
export const meterBytes = async (
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  sink: MeterSink,
  options: CaptureOptions = METER_DEFAULTS,
): Promise<MeterCounts> => {
  const meter = createCaptureMeter((flow) => sink.flow(flow), options);
  let problem: string | undefined;
  let read = 0;
  try {
    for await (const chunk of chunks) {
      meter.push(chunk);
      read += chunk.length;
      await sink.drain?.(meter.counts);
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (error instanceof BellwetherError && error.code === 'invalid_input' && read > 0) problem = error.message;
    else if (error instanceof BellwetherError) throw new BellwetherError(error.code, `${name}: ${error.message}`, error);
    else if (code.startsWith('Z_') && read > 0) problem = `the compressed file breaks off (${code})`;
    else throw fileError('read', name, error);
  }
  if (problem === undefined) {
    const left = meter.end();
    if (left > 0) problem = `the file breaks off within a packet: its last ${left} bytes are not measured`;
  }
  const counts = meter.finish(problem);
  await sink.drain?.(counts);
  return counts;
};

/**
 * Measures the flows of a packet capture, `.pcap` or `.pcapng`, also `.gz`. One that is cut off or damaged is measured up to there, and `problem` says so. Rejects
 * with `not_found`, `forbidden`, and `invalid_input` where the file is no capture at all.
 */
export const meterFile = (path: string, sink: MeterSink, options: CaptureOptions = METER_DEFAULTS): Promise<MeterCounts> =>
  meterBytes(openReadStream(path) as AsyncIterable<Uint8Array>, path, sink, options);
