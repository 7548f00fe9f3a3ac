export { createExporterApp, type ExporterAddresses, type ExporterApp, type ExporterDeps } from './app.ts';
export { loadCatalog, loadReading, readConfig } from './config/config-file.ts';
export { loadConfig } from './config/load-config.ts';
export type { ConfigInput, ExporterConfig } from './config/schema.ts';
export { catalogOf } from './feature-catalog.ts';
