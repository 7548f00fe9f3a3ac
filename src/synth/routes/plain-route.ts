import type { Bundle } from '../options/bundle.ts';
import { type Match, type Pace, routePlan } from './route-plan.ts';

const matcher = ({ name, type, value }: Match): string => `${name}${type}${JSON.stringify(value)}`;

const pace = ({ groupBy, groupWait, groupInterval, repeatInterval }: Pace) => ({
  group_by: groupBy,
  group_wait: groupWait,
  group_interval: groupInterval,
  repeat_interval: repeatInterval,
});

/**
 * The same route as a whole configuration of Alertmanager, to be merged into one's own: a receiver that drops, then ours. `continue`
 * lets the alerts reach one's own routes too; only the watchdog stops here.
 */
export const plainAlertmanagerConfig = (bundle: Bundle) => {
  const plan = routePlan(bundle);
  const { url, urlSecret, tokenSecret } = bundle.routing;
  const authorization = tokenSecret
    ? {
        http_config: {
          authorization: { type: 'Bearer', credentials_file: `/etc/alertmanager/secrets/${tokenSecret.name}/${tokenSecret.key}` },
        },
      }
    : {};
  const address = urlSecret ? { url_file: `/etc/alertmanager/secrets/${urlSecret.name}/${urlSecret.key}` } : { url };
  return {
    route: {
      receiver: 'null',
      routes: [
        { receiver: plan.receiver, matchers: [...plan.match, ...plan.watchdog.match].map(matcher), ...pace(plan.watchdog) },
        { receiver: plan.receiver, matchers: plan.match.map(matcher), continue: true, ...pace(plan) },
      ],
    },
    receivers: [
      { name: 'null' },
      {
        name: plan.receiver,
        webhook_configs: [
          {
            ...address,
            send_resolved: plan.webhook.sendResolved,
            max_alerts: plan.webhook.maxAlerts,
            timeout: plan.webhook.timeout,
            ...authorization,
          },
        ],
      },
    ],
    inhibit_rules: plan.inhibits.map(({ source, target, equal }) => ({
      source_matchers: source.map(matcher),
      target_matchers: target.map(matcher),
      equal,
    })),
  };
};
