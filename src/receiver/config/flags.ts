import { type ConfigFlag, number } from '../../command-line/index.ts';

export const RECEIVER_FLAGS: readonly ConfigFlag[] = [
  { flag: '--store <file>', key: 'store.path', help: 'file of the SQLite store' },
  { flag: '--host <address>', key: 'listen.host', help: 'address to listen on (default 127.0.0.1)' },
  { flag: '--api-port <port>', key: 'listen.apiPort', help: 'port of the webhook, the pages and the API (default 9467)', parse: number },
  { flag: '--self-port <port>', key: 'listen.selfPort', help: 'port of own metrics, /healthz, /readyz (default 9468)', parse: number },
  { flag: '--log-level <level>', key: 'log.level', help: 'trace, debug, info, warn, error, fatal or silent (default info)' },
];
