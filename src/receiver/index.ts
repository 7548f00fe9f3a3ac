export { createReceiverApp, type ReceiverApp, type ReceiverDeps } from './app.ts';
export { loadReceiverConfig } from './config/load-config.ts';
export { RECEIVER_CONFIG_SCHEMA, RECEIVER_LIVE_KEYS, type ReceiverConfigInput } from './config/schema.ts';
