import { ADMISSION_DECLARATION } from '../admission/declare.ts';
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
