import type { MetricDefinition } from './metric.ts';

/** What the exporter tells about network flows, where it watches some. */
export const FLOW_METRICS = {
  flowCount: { name: 'bellwether_flows_total', type: 'counter', help: 'Network flows that were scored.', labels: [] },
  flowFindings: {
    name: 'bellwether_flow_findings_total',
    type: 'counter',
    help: 'Flows at or above the boundary of the model, by the family that it named; unknown where it knows no names.',
    labels: ['family'],
  },
  flowUnreadable: {
    name: 'bellwether_flow_unreadable_rows_total',
    type: 'counter',
    help: 'Rows of flow files that could not be read.',
    labels: [],
  },
  flowLastRead: {
    name: 'bellwether_flow_last_read_timestamp_seconds',
    type: 'gauge',
    help: 'When flows were last read from the watched folder; the start of the process before the first, 0 where none is watched.',
    labels: [],
  },
  flowUnmapped: {
    name: 'bellwether_flow_unmapped_ends_total',
    type: 'counter',
    help: 'Ends of flows whose address belongs to no known workload.',
    labels: [],
  },
  flowModelInfo: {
    name: 'bellwether_flow_model_info',
    type: 'gauge',
    help: 'Always 1; the label names the flow model at work.',
    labels: ['version'],
  },
} as const satisfies Record<string, MetricDefinition>;
