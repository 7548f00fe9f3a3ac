import { type AlertCases, own } from './alert-case.ts';

export const RECEIVER_CASES: AlertCases = {
  BellwetherAlertPathBroken: [
    {
      kind: 'fires',
      what: 'the watchdog has not come for ten minutes',
      series: { 'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0+30x20 600x80' },
      firing: { '22m30s': [own('critical', {})], '22m': [] },
      says: {
        summary: 'Alerts do not reach the receiver',
        description:
          'The alert that always fires was last received 12m 30s ago. No alert of Bellwether arrives: look at the route in Alertmanager.',
      },
    },
    {
      kind: 'quiet',
      what: 'one of two replicas receives it',
      series: {
        'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0+30x80',
        'bellwether_watchdog_last_received_timestamp_seconds{pod="q"}': '0x80',
      },
      firing: { '30m': [] },
    },
    {
      kind: 'resolves',
      what: 'it comes again',
      series: { 'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0x59 1800+30x20' },
      firing: { '29m30s': [own('critical', {})], '30m': [] },
    },
    {
      kind: 'missing',
      what: 'there is no receiver',
      series: { 'bellwether_watchdog_last_received_timestamp_seconds{pod="p"}': '0x2 stale' },
      firing: { '30m': [] },
    },
  ],
};
