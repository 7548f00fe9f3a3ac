import { type AlertCases, own } from './alert-case.ts';

// Samples come every 30 s; a time of a last hit is a constant until the next one.
const hit = (labels: string): string => `bellwether_runtime_policy_last_hit_timestamp_seconds{pod="p",${labels}}`;
const OURS = 'pod_namespace="shop",policy="bellwether-no-shell"';
// The namespace is that of the pod, not our own.
const HIT = { ...own('warning', { pod_namespace: 'shop', policy: 'bellwether-no-shell' }), namespace: 'shop' };
const decoy = 'bellwether_decoy_last_hit_timestamp_seconds{pod="p",technique="env-file"}';
const TOUCHED = own('warning', { technique: 'env-file' });
const sender = (name: string): string => `bellwether_runtime_event_sender_last_seen_timestamp_seconds{pod="p",sender="${name}"}`;
const STALE = own('warning', { sender: 'node-a' });

export const EVENT_CASES: AlertCases = {
  RuntimePolicyHit: [
    {
      kind: 'fires',
      what: 'a hook of a policy of ours was reached',
      series: { [hit(OURS)]: '_x4 120x30' },
      firing: { '1m30s': [], '2m': [HIT] },
      says: {
        summary: 'A process in shop did what the runtime policy bellwether-no-shell is about',
        description:
          'In the last ten minutes a hook of the policy was reached. `bellwether events list --policy bellwether-no-shell` names the processes.',
      },
    },
    {
      kind: 'quiet',
      what: 'it is a policy of somebody else',
      series: { [hit('pod_namespace="shop",policy="trace-all"')]: '120x30' },
      firing: { '5m': [] },
    },
    { kind: 'resolves', what: 'ten minutes without another', series: { [hit(OURS)]: '0x60' }, firing: { '9m30s': [HIT], '10m': [] } },
    { kind: 'missing', what: 'the receiver is gone', series: { [hit(OURS)]: '0x2 stale' }, firing: { '2m': [] } },
  ],
  DecoyTouched: [
    {
      kind: 'fires',
      what: 'somebody asked a decoy',
      series: { [decoy]: '_x4 120x40' },
      firing: { '1m30s': [], '2m': [TOUCHED] },
      says: {
        summary: 'Somebody asked a decoy for what nobody needs: env-file',
        description: 'No application has a reason to talk to a decoy. `bellwether events list --source decoy` shows the requests.',
      },
    },
    {
      kind: 'quiet',
      what: 'there is a decoy, and nobody asks',
      series: { 'bellwether_decoy_hits_total{pod="p",technique="env-file"}': '0x40' },
      firing: { '10m': [] },
    },
    {
      kind: 'resolves',
      what: 'a quarter of an hour without another',
      series: { [decoy]: '0x60' },
      firing: { '14m30s': [TOUCHED], '15m': [] },
    },
    { kind: 'missing', what: 'the receiver is gone', series: { [decoy]: '0x2 stale' }, firing: { '2m': [] } },
  ],
  BellwetherEventsStale: [
    {
      kind: 'fires',
      what: 'a collector is silent for ten minutes, and five more',
      series: { [sender('node-a')]: '0x60', [sender('node-b')]: '0+30x60' },
      firing: { '15m': [], '15m30s': [STALE] },
      says: {
        summary: 'The collector node-a has sent nothing for 15m 30s',
        description:
          'A collector that has nothing to tell says so each minute. What happens on its node is not seen; a node that is gone is forgotten after a day.',
      },
    },
    {
      kind: 'quiet',
      what: 'another replica of the receiver has heard of it',
      series: { [sender('node-a')]: '0x60', [sender('node-a').replace('"p"', '"q"')]: '0+30x60' },
      firing: { '30m': [] },
    },
    {
      kind: 'resolves',
      what: 'it sends again',
      series: { [sender('node-a')]: '0x39 1200+30x20' },
      firing: { '19m30s': [STALE], '20m': [] },
    },
    { kind: 'missing', what: 'the receiver is gone', series: { [sender('node-a')]: '0x2 stale' }, firing: { '30m': [] } },
  ],
};
