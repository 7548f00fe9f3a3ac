import type { MetricDefinition } from './metric.ts';

/** Seconds; an HTTP answer comes from memory or a small query, save for replays. */
const HTTP_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];

/** What every process of ours says about itself, on its self port. `loop` names what it does again and again. */
export const PROCESS_METRICS = {
  buildInfo: { name: 'bellwether_build_info', type: 'gauge', help: 'Always 1; what is running.', labels: ['version', 'nodeversion'] },

  cycles: { name: 'bellwether_cycles_total', type: 'counter', help: 'Cycles begun, by loop.', labels: ['loop'] },
  cycleFailures: {
    name: 'bellwether_cycle_failures_total',
    type: 'counter',
    help: 'Cycles that failed, by loop and reason.',
    labels: ['loop', 'reason'],
  },
  cyclesSkipped: {
    name: 'bellwether_cycles_skipped_total',
    type: 'counter',
    help: 'Cycles left out because the one before was still running at their time, by loop.',
    labels: ['loop'],
  },
  cycleLastSuccess: {
    name: 'bellwether_cycle_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the loop last succeeded.',
    labels: ['loop'],
  },
  cycleInterval: {
    name: 'bellwether_cycle_interval_seconds',
    type: 'gauge',
    help: 'Time between two cycles of the loop.',
    labels: ['loop'],
  },

  eventLoopBlock: {
    name: 'bellwether_event_loop_block_seconds',
    type: 'gauge',
    help: 'Longest time that nothing else could run, since the last scrape.',
    labels: [],
  },

  configReloadOk: {
    name: 'bellwether_config_last_reload_successful',
    type: 'gauge',
    help: '1 when the configuration file as it is now was accepted; 0 while the last good one is kept.',
    labels: [],
  },
  configReloadTime: {
    name: 'bellwether_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a configuration was last accepted.',
    labels: [],
  },
  configRestartRequired: {
    name: 'bellwether_config_restart_required',
    type: 'gauge',
    help: 'Number of changed configuration keys that only a restart applies.',
    labels: [],
  },

  httpRequests: {
    name: 'bellwether_http_requests_total',
    type: 'counter',
    help: 'Answered requests, by server, route and status code.',
    labels: ['server', 'route', 'code'],
  },
  httpDuration: {
    name: 'bellwether_http_request_duration_seconds',
    type: 'histogram',
    help: 'Time to answer, by server and route.',
    labels: ['server', 'route'],
    buckets: HTTP_BUCKETS,
  },
} as const satisfies Record<string, MetricDefinition>;
