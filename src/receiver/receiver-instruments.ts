import type { MITIGATION_METRICS, RECEIVER_METRICS } from '../conventions/index.ts';
import type { Instruments, ProcessInstruments } from '../web/index.ts';

/** Everything that the receiver counts. */
export type ReceiverInstruments = Instruments<typeof RECEIVER_METRICS> & Instruments<typeof MITIGATION_METRICS> & ProcessInstruments;
