import { Registry } from 'prom-client';
import { ADMISSION_METRICS, PROCESS_METRICS, VERSION } from '../../conventions/index.ts';
import { createInstruments, type Instruments, type ProcessInstruments } from '../../web/index.ts';

export type AdmissionInstruments = Instruments<typeof ADMISSION_METRICS> & ProcessInstruments;

export interface AdmissionSelfMetrics {
  readonly registry: Registry;
  readonly instruments: AdmissionInstruments;
}

export const createSelfMetrics = (nodeVersion: string): AdmissionSelfMetrics => {
  const registry = new Registry();
  const instruments = createInstruments({ ...PROCESS_METRICS, ...ADMISSION_METRICS }, registry);
  instruments.buildInfo.set({ version: VERSION, nodeversion: nodeVersion }, 1);
  return { registry, instruments };
};
