import { ADMISSION_DECLARATION } from '../admission/declare.ts';
import { BACKGROUND_SCAN_DECLARATION } from '../background-scan/declare.ts';
import type { ModuleDeclaration } from '../conventions/index.ts';
import { EXPORTER_DECLARATION } from '../exporter/declare.ts';
import { MITIGATION_ALERTS } from '../mitigate/declare.ts';
import { RECEIVER_DECLARATION } from '../receiver/declare.ts';

/** Every process of the bundle; a new one is a line here. */
export const PROCESSES: readonly ModuleDeclaration[] = [
  EXPORTER_DECLARATION,
  { ...RECEIVER_DECLARATION, alerts: [...RECEIVER_DECLARATION.alerts, ...MITIGATION_ALERTS] },
  ADMISSION_DECLARATION,
];

/** Processes beside the others that nobody gets without asking: each is a component, `NAME` and `NAME-monitor`. Their alerts wait for series that nobody else has. */
export const OPT_IN_PROCESSES: readonly ModuleDeclaration[] = [BACKGROUND_SCAN_DECLARATION];
