import { type AlertCases, type Labels, series } from './alert-case.ts';

const WEB = { namespace: 'shop', workload: 'web', workload_kind: 'Deployment' };
const web = { ...WEB, severity: 'warning', product: 'bellwether' };
const score = (labels: Labels = WEB): string => series('anomaly_score', labels);
const each = (count: number, make: (i: number) => Labels, values: string): Labels =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [score(make(i)), values]));
const shop = (i: number): Labels => ({ namespace: 'shop', workload: `w${i}`, workload_kind: 'Deployment' });
const node = (i: number): Labels => ({ workload: `n${i}`, workload_kind: 'Node' });
const storm = { namespace: 'shop', severity: 'info', product: 'bellwether' };

export const WORKLOAD_CASES: AlertCases = {
  WorkloadAnomalous: [
    {
      kind: 'fires',
      what: 'one sample at the boundary is enough',
      series: { [score()]: '0.2x9 1 0.2x60' },
      firing: { '5m': [web], '4m30s': [], '9m30s': [web] },
      says: {
        summary: 'Deployment shop/web behaves as it never has',
        description: 'Its anomaly score reached 1; 1 is the boundary. The page of the exporter names the metrics behind it.',
      },
    },
    { kind: 'quiet', what: 'just below the boundary', series: { [score()]: '0.999x60' }, firing: { '20m': [] } },
    {
      kind: 'resolves',
      what: 'ten minutes after the window is clean',
      series: { [score()]: '0.2x9 1 0.2x60' },
      firing: { '19m30s': [web], '20m': [] },
    },
    { kind: 'missing', what: 'the workload is gone', series: { [score()]: '1x3 stale' }, firing: { '30m': [] } },
  ],
  WorkloadAnomalousSustained: [
    {
      kind: 'fires',
      what: 'half of the window is at the boundary',
      series: { [score()]: '0.95x59 1x14 0.95x80' },
      firing: { '37m': [web], '36m30s': [] },
      says: {
        summary: 'Deployment shop/web has been anomalous for most of a while',
        description: 'Its anomaly score was at the boundary or above for 50% of the window.',
      },
    },
    { kind: 'quiet', what: 'a burst', series: { [score()]: '0.2x59 5x10 0.2x60' }, firing: { '40m': [] } },
    {
      kind: 'resolves',
      what: 'ten minutes after the share has fallen',
      series: { [score()]: '0.95x59 1x14 0.95x80' },
      firing: { '54m30s': [web], '55m': [] },
    },
    { kind: 'missing', what: 'no score counts as quiet', series: { [score()]: '1x10 stale' }, firing: { '15m': [] } },
  ],
  BellwetherNamespaceAnomalyStorm: [
    {
      kind: 'fires',
      what: 'ten workloads are at the boundary',
      series: each(10, shop, '0.2x9 1 0.2x60'),
      firing: { '5m': [storm], '4m30s': [] },
      says: {
        summary: '10 workloads of shop are anomalous at the same time',
        description: 'One cause behind all of them is likely. The alerts of the single workloads are held back while this one fires.',
      },
    },
    { kind: 'quiet', what: 'nine are', series: each(9, shop, '1x60'), firing: { '20m': [] } },
    { kind: 'quiet', what: 'ten are near it', series: each(10, shop, '0.95x60'), firing: { '20m': [] } },
    { kind: 'quiet', what: 'ten nodes, which have no namespace', series: each(10, node, '1x60'), firing: { '20m': [] } },
    {
      kind: 'resolves',
      what: 'ten minutes after the window is clean',
      series: each(10, shop, '0.2x9 1 0.2x60'),
      firing: { '19m30s': [storm], '20m': [] },
    },
    { kind: 'missing', what: 'the workloads are gone', series: each(10, shop, '1x3 stale'), firing: { '30m': [] } },
  ],
};
