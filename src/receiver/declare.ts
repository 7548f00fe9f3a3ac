import {
  ALERT_PATH_BROKEN,
  type AlertDeclaration,
  MITIGATION_METRICS,
  MITIGATION_RESOURCE,
  type ModuleDeclaration,
  PORTS,
  PROCESS_METRICS,
  RECEIVER_METRICS,
  RUNTIME_EVENT_METRICS,
  RUNTIME_POLICY_PREFIX,
} from '../conventions/index.ts';

const MINUTE = 60;
const m = RECEIVER_METRICS;
const e = RUNTIME_EVENT_METRICS;

/** What a person has to know about. A receiver that is gone is `BellwetherReceiverDown` alone. */
const ALERTS: readonly AlertDeclaration[] = [
  ALERT_PATH_BROKEN,
  {
    name: 'BellwetherReceiverDown',
    expr: `absent(${m.receiverReady.name})`,
    forSeconds: 2 * MINUTE,
    severity: 'critical',
    summary: 'No receiver is scraped: alerts are not kept and verdicts are not heard',
    description: 'Prometheus has had no metrics of the receiver for two minutes. Alertmanager goes on trying for about a minute per group.',
  },
  {
    name: 'BellwetherReceiverNotReady',
    expr: `max(${m.receiverReady.name}) == 0`,
    forSeconds: 5 * MINUTE,
    severity: 'critical',
    summary: 'No receiver takes alerts',
    description: 'The receiver answers 503. The metric bellwether_receiver_not_ready names the reason: its store, or no leader.',
  },
  {
    name: 'BellwetherStoreFailing',
    // changes, because increase() extrapolates one failure to a little more than one.
    expr: `changes(${m.storeFailures.name}[15m]) >= 2`,
    forSeconds: 2 * MINUTE,
    severity: 'critical',
    summary: 'The store of the receiver fails: {{ $labels.reason }}',
    description: 'Alertmanager is told to try again, so nothing acknowledged is lost, but alerts that resolve meanwhile are.',
  },
  {
    name: 'BellwetherStoreNearlyFull',
    expr: `${m.storeBytes.name} / ${m.storeLimit.name} > 0.85`,
    forSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: 'The store of the receiver is {{ $value | humanizePercentage }} full',
    description:
      'From nine tenths on, the oldest resolved alerts are removed before their time. Raise store.maxBytes or lower store.keepDays.',
  },
  {
    name: 'BellwetherVerdictBacklog',
    expr: `${m.verdictBacklog.name} > 0`,
    forSeconds: 15 * MINUTE,
    severity: 'warning',
    summary: '{{ $value }} verdicts have not reached the exporter',
    description:
      'Nobody has fetched the newest verdicts for a quarter of an hour, so they change no score. Look at the feedback section of the exporter.',
  },
  {
    name: 'BellwetherAlertmanagerUnreachable',
    expr: `${m.alertmanagerUp.name} == 0`,
    forSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: 'The receiver cannot read from Alertmanager at {{ $labels.instance }}',
    description: 'Silences become no verdicts, and silenced alerts that end are not seen.',
  },
  {
    name: 'BellwetherNoticesFailing',
    expr: `changes(${m.notices.name}{outcome="failed"}[1h]) > 0`,
    severity: 'warning',
    summary: 'Messages about alerts are not delivered: channel {{ $labels.channel }}',
    description:
      'They were refused, or tried for ten minutes and given up. The alerts themselves are kept, and are on the page of the receiver.',
  },
  {
    name: 'BellwetherSlackDisconnected',
    expr: `${m.slackConnected.name} == 0`,
    forSeconds: 10 * MINUTE,
    severity: 'warning',
    summary: 'The receiver has no connection to Slack: buttons do nothing',
    description: 'Socket Mode is configured, but no connection could be opened. Messages still go out; clicks on their buttons are lost.',
  },
  {
    name: 'BellwetherBulkSilence',
    expr: `${m.bulkSilences.name} > 0`,
    forSeconds: 5 * MINUTE,
    severity: 'info',
    summary: 'Silences that hold back so many alerts that their word does not count: {{ $value }}',
    description: 'A silence over this many workloads says nothing about a single one. If it is meant, give the verdicts one by one.',
  },
  {
    name: 'RuntimePolicyHit',
    // By the time of the last hit: a counter that begins at its first hit has no increase.
    // The namespace of the pod becomes that of the alert, by which routes and silences find it.
    expr: `label_replace(time() - max by (pod_namespace, policy) (${e.policyLastHit.name}{policy=~"${RUNTIME_POLICY_PREFIX}.+"}) < 600, "namespace", "$1", "pod_namespace", "(.*)")`,
    severity: 'warning',
    summary: 'A process in {{ $labels.pod_namespace }} did what the runtime policy {{ $labels.policy }} is about',
    description:
      'In the last ten minutes a hook of the policy was reached. `bellwether events list --policy {{ $labels.policy }}` names the processes.',
  },
  {
    name: 'DecoyTouched',
    expr: `time() - max by (technique) (${e.decoyLastHit.name}) < 900`,
    severity: 'warning',
    summary: 'Somebody asked a decoy for what nobody needs: {{ $labels.technique }}',
    description: 'No application has a reason to talk to a decoy. `bellwether events list --source decoy` shows the requests.',
  },
  {
    name: 'BellwetherEventsStale',
    expr: `time() - max by (sender) (${e.eventSenderSeen.name}) > 600`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'The collector {{ $labels.sender }} has sent nothing for {{ $value | humanizeDuration }}',
    description:
      'A collector that has nothing to tell says so each minute. What happens on its node is not seen; a node that is gone is forgotten after a day.',
  },
];

/** What the receiver needs from its cluster. Its tokens are in a Secret that the user makes; without it nobody is let in. */
export const RECEIVER_DECLARATION: ModuleDeclaration = {
  name: 'receiver',
  args: ['receiver', '--config', '/etc/bellwether/bellwether.yaml'],
  ports: [
    {
      name: 'api',
      port: PORTS.receiverApi,
      purpose: 'Webhook of Alertmanager, pages, verdicts.',
      from: ['own', 'alertmanager'],
      forPeople: true,
    },
    { name: 'self', port: PORTS.receiverSelf, purpose: 'Own metrics and probes.', scrape: { path: '/metrics', honorLabels: false } },
  ],
  rbac: [
    {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      verbs: ['get', 'create', 'update'],
      ownNamespace: true,
      reason: 'One of several replicas leads.',
    },
  ],
  metrics: [PROCESS_METRICS, RECEIVER_METRICS, RUNTIME_EVENT_METRICS, MITIGATION_METRICS].flatMap((group) => Object.values(group)),
  customResources: [MITIGATION_RESOURCE],
  alerts: ALERTS,
  probes: {
    // The check of a large store takes a while.
    startup: { port: 'self', path: '/healthz', periodSeconds: 2, failureThreshold: 60 },
    liveness: { port: 'self', path: '/healthz', periodSeconds: 10, failureThreshold: 6 },
    readiness: { port: 'self', path: '/readyz', periodSeconds: 5, failureThreshold: 2 },
  },
  volumes: [
    { name: 'config', mountPath: '/etc/bellwether', kind: 'config' },
    { name: 'tokens', mountPath: '/etc/bellwether-tokens', kind: 'secret', optional: true },
    // The file, its journal, and a copy of it while a backup is made.
    { name: 'state', mountPath: '/var/lib/bellwether', kind: 'persistent', size: '3Gi' },
  ],
  egress: [
    { to: 'alertmanager', port: 9093 },
    { to: 'own', port: PORTS.exporterApi },
    // Mail; other messengers and providers of tokens are reached by the port below, which is open by number alone.
    { to: 'anywhere', port: 587 },
    { to: 'kubernetes-api', port: 443 },
    { to: 'kubernetes-api', port: 6443 },
  ],
  resources: { cpuRequest: '50m', memoryRequest: '192Mi', memoryLimit: '384Mi' },
};
