import type { MITIGATION_METRICS, RECEIVER_METRICS, RUNTIME_EVENT_METRICS } from '../conventions/index.ts';
import type { Instruments, ProcessInstruments } from '../web/index.ts';

/** Everything that the receiver counts. */
export type ReceiverInstruments = Instruments<typeof RECEIVER_METRICS> &
  Instruments<typeof MITIGATION_METRICS> &
  Instruments<typeof RUNTIME_EVENT_METRICS> &
  ProcessInstruments;
