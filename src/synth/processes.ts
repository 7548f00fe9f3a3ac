import { ADMISSION_DECLARATION } from '../admission/declare.ts';
import type { ModuleDeclaration } from '../conventions/index.ts';
import { EXPORTER_DECLARATION } from '../exporter/declare.ts';
import { RECEIVER_DECLARATION } from '../receiver/declare.ts';

/** Every process of the bundle; a new one is a line here. */
export const PROCESSES: readonly ModuleDeclaration[] = [EXPORTER_DECLARATION, RECEIVER_DECLARATION, ADMISSION_DECLARATION];
