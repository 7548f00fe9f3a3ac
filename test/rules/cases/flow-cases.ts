import { type AlertCases, own } from './alert-case.ts';

export const FLOW_CASES: AlertCases = {
  FlowAttackRecognised: [
    {
      kind: 'fires',
      what: 'ten flows of a family in ten minutes; one of no family does not count',
      series: {
        'bellwether_flow_findings_total{family="scan",pod="p"}': '0x40 10x60',
        'bellwether_flow_findings_total{family="unknown",pod="p"}': '0+100x100',
      },
      firing: { '20m': [], '20m30s': [{ family: 'scan', severity: 'warning', product: 'bellwether' }] },
      says: {
        summary: '10 network flows look like scan',
        description:
          'That many flows of the last ten minutes are of a family that the flow model has seen examples of. The log of findings names clients, services and reasons.',
      },
    },
    {
      kind: 'quiet',
      what: 'nine do not',
      series: { 'bellwether_flow_findings_total{family="scan",pod="p"}': '0x40 9x60' },
      firing: { '20m30s': [], '25m': [] },
    },
    {
      kind: 'resolves',
      what: 'ten minutes after the last ones have left the window',
      series: { 'bellwether_flow_findings_total{family="scan",pod="p"}': '0x40 10x100' },
      firing: { '39m': [{ family: 'scan', severity: 'warning', product: 'bellwether' }], '41m': [] },
    },
    { kind: 'missing', what: 'no flows are watched', series: {}, firing: { '30m': [] } },
  ],
  WorkloadFlowAttack: [
    {
      kind: 'fires',
      what: 'a known family is three tenths of a score at the boundary; one of no family, or a small part, does not count',
      series: {
        'anomaly_score{namespace="shop",workload="cart",workload_kind="Deployment"}': '0.95x5 1x20',
        'anomaly_score_contribution{namespace="shop",workload="cart",workload_kind="Deployment",metric="flows_dos"}': '0.3x60',
        'anomaly_score_contribution{namespace="shop",workload="cart",workload_kind="Deployment",metric="flows_unknown"}': '0.9x60',
        'anomaly_score{namespace="shop",workload="mail",workload_kind="Deployment"}': '2x60',
        'anomaly_score_contribution{namespace="shop",workload="mail",workload_kind="Deployment",metric="flows_dos"}': '0.28x60',
      },
      firing: {
        '2m30s': [],
        '3m': [
          {
            namespace: 'shop',
            workload: 'cart',
            workload_kind: 'Deployment',
            family: 'dos',
            severity: 'warning',
            product: 'bellwether',
          },
        ],
      },
      says: {
        summary: 'Network flows of Deployment shop/cart look like dos',
        description:
          'So many flows from or to it are of a family that the flow model knows that chance does not explain them; 30% of its score comes from them.',
      },
    },
    {
      kind: 'quiet',
      what: 'the score comes from metrics',
      series: {
        'anomaly_score{namespace="shop",workload="cart",workload_kind="Deployment"}': '2x60',
        'anomaly_score_contribution{namespace="shop",workload="cart",workload_kind="Deployment",metric="cpu"}': '0.9x60',
      },
      firing: { '10m': [] },
    },
    {
      kind: 'resolves',
      what: 'ten minutes after the flows have ended',
      series: {
        'anomaly_score{namespace="shop",workload="cart",workload_kind="Deployment"}': '2x60',
        'anomaly_score_contribution{namespace="shop",workload="cart",workload_kind="Deployment",metric="flows_dos"}': '0.6x10 stale',
      },
      firing: {
        '14m': [
          {
            namespace: 'shop',
            workload: 'cart',
            workload_kind: 'Deployment',
            family: 'dos',
            severity: 'warning',
            product: 'bellwether',
          },
        ],
        '17m': [],
      },
    },
    { kind: 'missing', what: 'no flows are watched', series: {}, firing: { '30m': [] } },
  ],
  BellwetherFlowsStale: [
    {
      kind: 'fires',
      what: 'nothing was read for a quarter of an hour and five minutes more',
      series: { 'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60x100' },
      firing: { '21m': [], '21m30s': [own('warning')] },
      says: {
        summary: 'No network flow has been read for 20m 30s',
        description: 'The folder of flow files has nothing new: the flow meter may have stopped, or the folder cannot be read.',
      },
    },
    {
      kind: 'quiet',
      what: 'flows come, or none are watched',
      series: {
        'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60+30x100',
        'bellwether_flow_last_read_timestamp_seconds{pod="q"}': '0x100',
      },
      firing: { '40m': [] },
    },
    {
      kind: 'resolves',
      what: 'they come again',
      series: { 'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60x50 1530+30x20' },
      firing: { '25m': [own('warning')], '25m30s': [] },
    },
    {
      kind: 'missing',
      what: 'the exporter is gone',
      series: { 'bellwether_flow_last_read_timestamp_seconds{pod="p"}': '60x2 stale' },
      firing: { '30m': [] },
    },
  ],
};
