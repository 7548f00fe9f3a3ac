import type { MetricDefinition } from './metric.ts';

/** What the background scan says about the live objects of its cluster, on its self port. Only the replica that leads shows them. */
export const BACKGROUND_SCAN_METRICS = {
  backgroundScanLeader: {
    name: 'bellwether_background_scan_leader',
    type: 'gauge',
    help: '1 on the replica that scans; the others wait.',
    labels: [],
  },
  backgroundScanFindings: {
    name: 'bellwether_background_scan_findings',
    type: 'gauge',
    help: 'Findings of the last scan, after exceptions. Beyond metrics.maxSeries the smallest are added up under policy and namespace "other"; objects without a namespace have an empty one.',
    labels: ['policy', 'severity', 'object_namespace'],
  },
  backgroundScanObjects: {
    name: 'bellwether_background_scan_objects',
    type: 'gauge',
    help: 'Objects that the last scan judged.',
    labels: [],
  },
  backgroundScanDuration: {
    name: 'bellwether_background_scan_duration_seconds',
    type: 'gauge',
    help: 'How long the last scan took.',
    labels: [],
  },
  backgroundScanUnread: {
    name: 'bellwether_background_scan_unread_kinds',
    type: 'gauge',
    help: 'Kinds that the last scan could not list. Where there is one, policies that look at several objects were left out.',
    labels: [],
  },
  backgroundScanLeftOut: {
    name: 'bellwether_background_scan_left_out_findings',
    type: 'gauge',
    help: 'Findings of the last scan that are counted but not in a report, by the bound: object, namespace, total, severity.',
    labels: ['bound'],
  },
  backgroundScanReports: {
    name: 'bellwether_background_scan_reports',
    type: 'gauge',
    help: 'Reports in the cluster after the last scan.',
    labels: [],
  },
  backgroundScanReportWrites: {
    name: 'bellwether_background_scan_report_writes_total',
    type: 'counter',
    help: 'Reports written or deleted; one that has not changed is not written.',
    labels: ['operation'],
  },
  backgroundScanReportFailures: {
    name: 'bellwether_background_scan_report_failures_total',
    type: 'counter',
    help: 'Reports that could not be written or deleted, by reason; not_found: the cluster has no such kind.',
    labels: ['reason'],
  },
  backgroundScanExceptions: {
    name: 'bellwether_background_scan_exceptions',
    type: 'gauge',
    help: 'Exceptions by what the last scan saw of them: used, unused, expired, expiring within a week, and invalid, which are not in force.',
    labels: ['state'],
  },
} as const satisfies Record<string, MetricDefinition>;
