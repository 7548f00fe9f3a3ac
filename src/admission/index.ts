export type { AdmissionConfigInput } from './config/schema.ts';
