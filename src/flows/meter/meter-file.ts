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

export interface MeterSink {
  flow(flow: FlowState): void;
  /** Called after each piece of the file: the time to write what came out of it. */
  drain?(): Promise<void> | void;
}

/** What a meter counts of captured bytes that come piece by piece. */
export const createCaptureMeter = (onFlow: (flow: FlowState) => void, options: FlowMeterOptions = METER_DEFAULTS) => {
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
    const packet = decoder.decode(captured);
    if (typeof packet === 'string') skipped.set(packet, (skipped.get(packet) ?? 0) + 1);
    else meter.add(packet);
  });
  return {
    push: reader.push,
    /** Ends the flows under way. */
    finish: (problem?: string): MeterCounts => {
      meter.end();
      return { packets, flows, skipped, backwards, pressed: meter.pressed, ...(problem === undefined ? {} : { problem }) };
    },
    end: reader.end,
  };
};

/**
 * Measures the flows of a packet capture, `.pcap` or `.pcapng`, also `.gz`. One that is cut off or damaged is measured up to there, and `problem` says so. Rejects
 * with `not_found`, `forbidden`, and `invalid_input` where the file is no capture at all.
 */
export const meterFile = async (path: string, sink: MeterSink, options: FlowMeterOptions = METER_DEFAULTS): Promise<MeterCounts> => {
  const meter = createCaptureMeter((flow) => sink.flow(flow), options);
  let problem: string | undefined;
  let read = 0;
  try {
    for await (const chunk of openReadStream(path)) {
      meter.push(chunk as Buffer);
      read += (chunk as Buffer).length;
      await sink.drain?.();
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (error instanceof BellwetherError && read > 0) problem = error.message;
    else if (error instanceof BellwetherError) throw new BellwetherError(error.code, `${path}: ${error.message}`, error);
    else if (code.startsWith('Z_') && read > 0) problem = `the compressed file breaks off (${code})`;
    else throw fileError('read', path, error);
  }
  if (problem === undefined) {
    const left = meter.end();
    if (left > 0) problem = `the file breaks off within a packet: its last ${left} bytes are not measured`;
  }
  const counts = meter.finish(problem);
  await sink.drain?.();
  return counts;
};
