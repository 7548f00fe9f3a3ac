import type { MetricDefinition, RecordingGroup } from '../src/conventions/index.ts';

/** A group of metrics of one exported constant of conventions. */
export interface MetricGroup {
  readonly constant: string;
  readonly metrics: readonly MetricDefinition[];
}

// What a reader has to know before the table. A group without an entry fails the test, so that nothing is documented without a word.
const INTRODUCTIONS: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  SCORE_METRICS: {
    title: 'Scores',
    text: 'On the scores port (9464), nothing else is there. The series carry the labels of the workload that is scored, so scrape this port with `honor_labels: true`. An entity of chosen labels (`entity:` in the configuration) has those labels in place of the three workload labels.',
  },
  SOURCE_METRICS: {
    title: 'Reading from Prometheus',
    text: 'On the self port of whatever reads (9465 of the exporter). A rung is a way of reading: streamed chunks, samples, then the query API.',
  },
  PROCESS_METRICS: {
    title: 'Every process about itself',
    text: 'On the self port of each process. Each loop (of the exporter: tick, backfill, snapshot, config) tells its cycles, its failures and its last success: silence is a failure too. Node adds its own `process_*` and `nodejs_*` families.',
  },
  ADMISSION_METRICS: {
    title: 'The admission webhook about itself',
    text: 'On the self port (9469), beside `/healthz` and `/readyz`, and beside what every process tells. [admission.md](admission.md) says what to watch.',
  },
  BACKGROUND_SCAN_METRICS: {
    title: 'The background scan',
    text: 'On the self port of `bellwether background-scan` (9475), beside what every process tells; its loop is background_scan. Only the replica that leads has them. [background-scan.md](background-scan.md) says what it judges.',
  },
  EXPORTER_METRICS: {
    title: 'The exporter about itself',
    text: 'On the self port (9465), beside `/healthz` and `/readyz`, and beside what every process tells.',
  },
  FLOW_METRICS: {
    title: 'Network flows',
    text: 'On the self port of the exporter (9465). They stay at 0 where no flows are watched (`flows.model`, `flows.folder`).',
  },
  RUNTIME_EVENT_METRICS: {
    title: 'Runtime events',
    text: 'On the self port of the receiver (9468). They stay at 0 where no collector sends anything: see [runtime-events.md](runtime-events.md).',
  },
  COLLECTOR_METRICS: {
    title: 'A collector about itself',
    text: 'On the self port of a collector (9471), beside `/healthz` and `/readyz`, and beside what every process tells. A decoy tells the same of what it sends.',
  },
  WORKLOAD_EVENT_METRICS: {
    title: 'Runtime events of pods',
    text: 'On the counts port of a collector (9472), nothing else is there. The series carry the labels of the pod they are about, so scrape this port with `honor_labels: true`. The feature pack `events` reads them.',
  },
  MITIGATION_METRICS: {
    title: 'Mitigations',
    text: 'On the self port of the receiver (9468). They stay at 0 where mitigations are off (`mitigation.enabled`). [mitigation.md](mitigation.md) says what guards there are.',
  },
  RECEIVER_METRICS: {
    title: 'The receiver about itself',
    text: 'On the self port of the receiver (9468), beside `/healthz` and `/readyz`, and beside what every process tells; its loops are watch, evidence, figures, retention and config. `bellwether_watchdog_last_received_timestamp_seconds`, beside them, closes the loop from rule to receiver: until the alert that always fires has come it is the time of the start.',
  },
};

const isMetric = (value: unknown): value is MetricDefinition =>
  typeof value === 'object' && value !== null && 'name' in value && 'type' in value && 'help' in value && 'labels' in value;

/** Finds every list or record of metric definitions among the exports of conventions. */
export const collectMetricGroups = (exports: Readonly<Record<string, unknown>>): readonly MetricGroup[] =>
  Object.entries(exports).flatMap(([constant, value]) => {
    const members = typeof value === 'object' && value !== null ? Object.values(value) : [];
    return members.length > 0 && members.every(isMetric) ? [{ constant, metrics: members }] : [];
  });

/** Names of groups that have no introduction here. */
export const groupsWithoutIntroduction = (groups: readonly MetricGroup[]): string[] =>
  groups.map(({ constant }) => constant).filter((constant) => !INTRODUCTIONS[constant]);

// A vertical bar would end the table's cell.
const cell = (text: string): string => text.replaceAll('|', '\\|');

const metricRow = ({ name, type, labels, help, buckets }: MetricDefinition): string => {
  const names = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${names} | ${cell(help)}${buckets ? ` Buckets: ${buckets.join(', ')}.` : ''} |`;
};

const metricSection = ({ constant, metrics }: MetricGroup): string => {
  const { title, text } = INTRODUCTIONS[constant] ?? { title: constant, text: '' };
  return [`## ${title}`, '', text, '', '| metric | type | labels | meaning |', '|---|---|---|---|', ...metrics.map(metricRow), ''].join(
    '\n',
  );
};

const ruleSection = (group: RecordingGroup): string =>
  [
    `### ${group.name}, every ${group.intervalSeconds} s`,
    '',
    '| record | meaning |',
    '|---|---|',
    ...group.rules.map(({ record, help }) => `| \`${record}\` | ${cell(help)} |`),
    '',
  ].join('\n');

/** docs/metrics.md as a whole. The order is that of INTRODUCTIONS. */
export const renderMetricDocs = (groups: readonly MetricGroup[], rules: readonly RecordingGroup[]): string => {
  const order = Object.keys(INTRODUCTIONS);
  const sorted = [...groups].sort((a, b) => order.indexOf(a.constant) - order.indexOf(b.constant));
  return [
    '<!-- generated from src/conventions by npm run docs; do not edit -->',
    '',
    '# Metrics',
    '',
    'Every family that Bellwether exposes, and every series it records.',
    '',
    ...sorted.map(metricSection),
    '## Recorded series',
    '',
    'Recording rules that Prometheus evaluates before Bellwether reads: fewer and smaller series travel. Without the rules the raw series are read instead.',
    '',
    ...rules.map(ruleSection),
  ].join('\n');
};
