import { RUNTIME_EVENT_METRICS } from '../../conventions/index.ts';
import type { DashboardPlan } from './dashboard.ts';
import { ALERT_ANNOTATION, CLUSTER_VARIABLE, NAMESPACE_VARIABLE, TOP } from './overview.ts';
import type { PanelText, SizedPanel } from './panel.ts';
import { series, table } from './panels.ts';

const CHOSEN = 'cluster=~"$cluster",namespace=~"$namespace"';
const RATE = '[$__rate_interval]';
const ABSENT = 'Not installed, or nothing seen';
const e = RUNTIME_EVENT_METRICS;

/** The largest over the whole picture, so that lines do not come and go. */
const byNamespace = (expr: string): string =>
  `sum by (namespace) (${expr}) and topk(${TOP}, avg_over_time(sum by (namespace) (${expr})[$__range:5m] @ end()))`;
const traffic = (text: PanelText, unit: string, record: string): SizedPanel =>
  series(text, unit, [{ expr: byNamespace(`${record}{${CHOSEN}}`), legend: '{{namespace}}' }], { min: 0, width: 8 });

const counted = (text: PanelText, unit: string, expr: string, legend: string): SizedPanel =>
  series(text, unit, [{ expr: `topk(${TOP}, ${expr})`, legend }], { min: 0, stacked: true, none: ABSENT, width: 12 });

/** Traffic of all pods, and what network and runtime tools see where they are installed. */
export const NETWORK_SECURITY: DashboardPlan = {
  name: 'networkSecurity',
  title: 'Bellwether / Network and runtime security',
  description: 'Traffic, drops and errors by namespace; flows, refusals and runtime events where Hubble, Tetragon or Falco are installed.',
  variables: [CLUSTER_VARIABLE, NAMESPACE_VARIABLE],
  annotations: [ALERT_ANNOTATION],
  rows: [
    {
      title: 'Traffic',
      panels: [
        traffic(
          { title: 'Received', description: 'Bytes per second of all pods.' },
          'Bps',
          'namespace_pod:container_network_receive_bytes:sum_rate2m',
        ),
        traffic(
          { title: 'Sent', description: 'Bytes per second of all pods. A rise to the outside alone may be a transfer of data.' },
          'Bps',
          'namespace_pod:container_network_transmit_bytes:sum_rate2m',
        ),
        traffic(
          { title: 'Packets sent', description: 'Many packets with few bytes look like a scan or a flood.' },
          'pps',
          'namespace_pod:container_network_transmit_packets:sum_rate2m',
        ),
        table(
          { title: `The ${TOP} pods that send most`, description: 'Bytes per second now.' },
          { expr: `topk(${TOP}, namespace_pod:container_network_transmit_bytes:sum_rate2m{${CHOSEN}})` },
          { columns: ['namespace', 'pod'], value: 'sent', unit: 'Bps' },
        ),
        series(
          { title: 'Dropped and broken packets', description: 'Per second, as cAdvisor counts them.' },
          'pps',
          [
            { expr: `sum(rate(container_network_receive_packets_dropped_total{${CHOSEN}}${RATE}))`, legend: 'dropped, received' },
            { expr: `sum(rate(container_network_transmit_packets_dropped_total{${CHOSEN}}${RATE}))`, legend: 'dropped, sent' },
            { expr: `sum(rate(container_network_receive_errors_total{${CHOSEN}}${RATE}))`, legend: 'errors, received' },
            { expr: `sum(rate(container_network_transmit_errors_total{${CHOSEN}}${RATE}))`, legend: 'errors, sent' },
          ],
          { min: 0 },
        ),
      ],
    },
    {
      title: 'Hubble',
      panels: [
        counted(
          { title: 'Dropped flows by reason', description: 'What Cilium refused.' },
          'cps',
          `sum by (reason) (rate(hubble_drop_total{cluster=~"$cluster"}${RATE}))`,
          '{{reason}}',
        ),
        counted(
          { title: 'Flows by verdict', description: 'All flows that Hubble saw.' },
          'cps',
          `sum by (verdict) (rate(hubble_flows_processed_total{cluster=~"$cluster"}${RATE}))`,
          '{{verdict}}',
        ),
        counted(
          { title: 'DNS queries', description: 'Names asked for; a rise of many different ones may be a tunnel.' },
          'cps',
          `sum by (qtypes) (rate(hubble_dns_queries_total{cluster=~"$cluster"}${RATE}))`,
          '{{qtypes}}',
        ),
      ],
    },
    {
      title: 'Tetragon and Falco',
      panels: [
        counted(
          { title: 'Tetragon events by kind', description: 'Processes begun and ended, calls seen.' },
          'cps',
          `sum by (type) (rate(tetragon_events_total{${CHOSEN}}${RATE}))`,
          '{{type}}',
        ),
        counted(
          { title: 'Tetragon policies that matched', description: 'By policy and workload.' },
          'cps',
          `sum by (policy, namespace, workload) (rate(tetragon_policy_events_total{${CHOSEN}}${RATE}))`,
          '{{policy}} {{namespace}}/{{workload}}',
        ),
        counted(
          { title: 'Falco rules that matched', description: 'By rule and priority.' },
          'cps',
          `sum by (rule_name, priority) (rate(falcosecurity_falco_rules_matches_total{cluster=~"$cluster"}${RATE}))`,
          '{{rule_name}} ({{priority}})',
        ),
      ],
    },
    {
      title: 'Runtime events and decoys',
      panels: [
        counted(
          { title: 'Runtime policies that were reached', description: 'By policy and namespace of the pod, as collectors brought them.' },
          'cps',
          `sum by (policy, pod_namespace) (rate(${e.policyHits.name}{cluster=~"$cluster"}${RATE}))`,
          '{{policy}} {{pod_namespace}}',
        ),
        counted(
          { title: 'Requests to decoys', description: 'By technique; nobody has a reason to send one.' },
          'cps',
          `sum by (technique) (rate(${e.decoyHits.name}{cluster=~"$cluster"}${RATE}))`,
          '{{technique}}',
        ),
        counted(
          { title: 'Runtime events stored', description: 'By source and type.' },
          'cps',
          `sum by (source, type) (rate(${e.events.name}{cluster=~"$cluster"}${RATE}))`,
          '{{source}} {{type}}',
        ),
      ],
    },
  ],
};
