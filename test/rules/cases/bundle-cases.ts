import { type AlertCases, own } from './alert-case.ts';

export const BUNDLE_CASES: AlertCases = {
  BellwetherRuleEvaluationFailing: [
    {
      kind: 'fires',
      what: 'an evaluation failed within ten minutes, five minutes ago',
      series: { 'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;bellwether-pods",pod="p"}': '0x9 0.5x60' },
      firing: { '10m': [own('warning', { rule_group: '/etc/rules/a.yaml;bellwether-pods' })], '9m30s': [], '4m30s': [] },
      says: {
        summary: 'Rules of Bellwether fail in Prometheus',
        description:
          'The group /etc/rules/a.yaml;bellwether-pods cannot be evaluated: what it records is missing, what it watches goes unseen.',
      },
    },
    {
      kind: 'quiet',
      what: "somebody else's rules fail",
      series: {
        'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;node.rules"}': '0+1x60',
        'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;bellwether-pods"}': '5x60',
      },
      firing: { '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'ten minutes after the last failure',
      series: { 'prometheus_rule_evaluation_failures_total{rule_group="/etc/rules/a.yaml;bellwether-pods",pod="p"}': '0x9 0.5x60' },
      firing: { '14m': [own('warning', { rule_group: '/etc/rules/a.yaml;bellwether-pods' })], '14m30s': [] },
    },
    { kind: 'missing', what: 'Prometheus does not watch itself', series: {}, firing: { '20m': [] } },
  ],
  BellwetherWatchdog: [
    {
      kind: 'fires',
      what: 'always',
      series: {},
      firing: { '0m': [own('none', {})], '60m': [own('none', {})] },
      says: {
        summary: 'This alert always fires',
        description: 'It shows that alerts of Bellwether get from Prometheus over Alertmanager to the receiver. Nobody has to act on it.',
      },
    },
  ],
};
