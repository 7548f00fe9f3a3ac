import { ADMISSION_CASES } from './cases/admission-cases.ts';
import type { AlertCases } from './cases/alert-case.ts';
import { BACKGROUND_SCAN_CASES } from './cases/background-scan-cases.ts';
import { BUNDLE_CASES } from './cases/bundle-cases.ts';
import { EVENT_CASES } from './cases/event-cases.ts';
import { EXPORTER_CASES } from './cases/exporter-cases.ts';
import { EXPORTER_UPKEEP_CASES } from './cases/exporter-upkeep-cases.ts';
import { FLOW_CASES } from './cases/flow-cases.ts';
import { MITIGATION_CASES } from './cases/mitigation-cases.ts';
import { RECEIVER_CASES } from './cases/receiver-cases.ts';
import { TRAINING_CASES } from './cases/training-cases.ts';
import { WORKLOAD_CASES } from './cases/workload-cases.ts';

/** The cases of every alert; those of a process in a file of its own. */
export const ALERT_CASES: AlertCases = {
  ...WORKLOAD_CASES,
  ...EXPORTER_CASES,
  ...EXPORTER_UPKEEP_CASES,
  ...FLOW_CASES,
  ...ADMISSION_CASES,
  ...BACKGROUND_SCAN_CASES,
  ...RECEIVER_CASES,
  ...EVENT_CASES,
  ...MITIGATION_CASES,
  ...TRAINING_CASES,
  ...BUNDLE_CASES,
};
