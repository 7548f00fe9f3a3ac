import type { COLLECTOR_METRICS } from '../conventions/index.ts';
import type { Instruments, ProcessInstruments } from '../web/index.ts';

export type CollectorInstruments = Instruments<typeof COLLECTOR_METRICS> & ProcessInstruments;
