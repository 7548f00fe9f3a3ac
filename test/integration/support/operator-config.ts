import { load } from 'js-yaml';
import type { AlertMatcher, AlertmanagerConfigSpec } from '../../../src/synth/kinds/prometheus-operator.ts';

export type MatcherStrategy = 'OnNamespace' | 'OnNamespaceExceptForAlertmanagerNamespace' | 'None';

interface AlertmanagerConfigObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: AlertmanagerConfigSpec;
}

const text = ({ name, matchType, value }: AlertMatcher): string => `${name}${matchType}${JSON.stringify(value)}`;

/** What kube-prometheus begins with: a receiver for people at the root, one for nothing, and three inhibitions. */
const clusterConfig = () => ({
  route: {
    receiver: 'people',
    group_by: ['namespace'],
    routes: [
      { receiver: 'null', matchers: ['alertname="InfoInhibitor"'] },
      { receiver: 'null', matchers: ['alertname="Watchdog"'] },
      { receiver: 'on-call', matchers: ['severity="critical"'] },
    ] as unknown[],
  },
  receivers: [{ name: 'people' }, { name: 'on-call' }, { name: 'null' }] as unknown[],
  inhibit_rules: [
    { source_matchers: ['severity="critical"'], target_matchers: ['severity=~"warning|info"'], equal: ['namespace', 'alertname'] },
    { source_matchers: ['severity="warning"'], target_matchers: ['severity="info"'], equal: ['namespace', 'alertname'] },
    { source_matchers: ['alertname="InfoInhibitor"'], target_matchers: ['severity="info"'], equal: ['namespace'] },
  ] as unknown[],
});

/**
 * The configuration that the Prometheus operator makes for an Alertmanager in `alertmanagerNamespace` that selects the object: its route
 * comes first, goes on, and, unless the strategy says otherwise, sees alerts with the object's namespace alone; so do its inhibitions.
 * `catchAll` adds the route that docs/install.md asks for. After the operator's pkg/alertmanager/amcfg.go; its own fields of receivers are left out, because nothing is sent.
 */
export const operatorConfig = (yaml: string, strategy: MatcherStrategy, alertmanagerNamespace: string, catchAll = false) => {
  const { metadata, spec } = load(yaml) as AlertmanagerConfigObject;
  const enforced =
    strategy === 'OnNamespace' || (strategy === 'OnNamespaceExceptForAlertmanagerNamespace' && metadata.namespace !== alertmanagerNamespace)
      ? [`namespace=${JSON.stringify(metadata.namespace)}`]
      : [];
  const full = (name: string): string => `${metadata.namespace}/${metadata.name}/${name}`;
  const { route } = spec;
  const config = clusterConfig();
  if (catchAll) config.route.routes.push({ receiver: 'people' });
  config.route.routes.unshift({
    receiver: full(route.receiver),
    matchers: [...route.matchers.map(text), ...enforced],
    group_by: route.groupBy,
    continue: true,
    routes: route.routes?.map((child) => ({ receiver: full(child.receiver), matchers: child.matchers.map(text), group_by: child.groupBy })),
  });
  config.receivers.push(...spec.receivers.map(({ name }) => ({ name: full(name) })));
  for (const { sourceMatch, targetMatch, equal } of spec.inhibitRules)
    config.inhibit_rules.push({
      source_matchers: [...sourceMatch.map(text), ...enforced],
      target_matchers: [...targetMatch.map(text), ...enforced],
      equal,
    });
  return config;
};
