export * from './app.ts';
export { loadConfig } from './config/load-config.ts';
export { ADMISSION_CONFIG_SCHEMA, type AdmissionConfig, type AdmissionConfigInput } from './config/schema.ts';
