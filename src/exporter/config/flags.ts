import { type ConfigFlag, number } from '../../command-line/index.ts';

export const CONFIG_FLAGS: readonly ConfigFlag[] = [
  { flag: '--prometheus <url>', key: 'prometheus.url', help: 'address of Prometheus, for example http://127.0.0.1:9090' },
  { flag: '--interval <seconds>', key: 'intervalSeconds', help: 'time between two scoring cycles (default 30)', parse: number },
  { flag: '--backfill-hours <hours>', key: 'backfill.hours', help: 'past that is read at start (default 24)', parse: number },
  { flag: '--preset <name>', key: 'features.preset', help: 'raw, recorded or none (default raw)' },
  { flag: '--snapshot <file>', key: 'snapshot.path', help: 'keep what was learned in this file' },
  { flag: '--shards <count>', key: 'sharding.shards', help: 'exporters that share the workloads (default 1)', parse: number },
  { flag: '--shard <index>', key: 'sharding.index', help: 'which of them this is, from 0', parse: number },
  { flag: '--learned <mode>', key: 'scoring.learned', help: 'a learned model: off, shadow or on (default off)' },
  { flag: '--models <folder>', key: 'scoring.models', help: 'folder of models from train; {shard} in it is the number of this exporter' },
  { flag: '--feedback <url>', key: 'feedback.url', help: 'address of the receiver whose verdicts change the scores' },
  { flag: '--feedback-file <file>', key: 'feedback.file', help: 'verdicts in a file, beside a receiver or instead of one' },
  { flag: '--host <address>', key: 'listen.host', help: 'address to listen on (default 127.0.0.1)' },
  { flag: '--scores-port <port>', key: 'listen.scoresPort', help: 'port of the scores (default 9464)', parse: number },
  { flag: '--self-port <port>', key: 'listen.selfPort', help: 'port of own metrics, /healthz, /readyz (default 9465)', parse: number },
  { flag: '--api-port <port>', key: 'listen.apiPort', help: 'port of the page and the API (default 9466)', parse: number },
  { flag: '--token-file <file>', key: 'api.tokenFile', help: 'file with the token for pushed samples' },
  { flag: '--log-level <level>', key: 'log.level', help: 'trace, debug, info, warn, error, fatal or silent (default info)' },
];
