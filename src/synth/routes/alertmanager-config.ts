import type { AlertMatcher, AlertmanagerConfigSpec } from '../kinds/prometheus-operator.ts';
import type { Bundle } from '../options/bundle.ts';
import { type Match, routePlan } from './route-plan.ts';

const matcher = ({ name, type, value }: Match): AlertMatcher => ({ name, matchType: type, value });

/** The route as the Prometheus operator takes it. */
export const alertmanagerConfigSpec = (bundle: Bundle): AlertmanagerConfigSpec => {
  const { receiver, match, webhook, watchdog, inhibits, ...pace } = routePlan(bundle);
  const { url, urlSecret, tokenSecret } = bundle.routing;
  const { match: watchdogMatch, ...watchdogPace } = watchdog;
  const authorization = tokenSecret ? { httpConfig: { authorization: { type: 'Bearer', credentials: tokenSecret } } } : {};
  return {
    route: {
      receiver,
      matchers: match.map(matcher),
      ...pace,
      routes: [{ receiver, matchers: watchdogMatch.map(matcher), ...watchdogPace }],
    },
    receivers: [
      {
        name: receiver,
        webhookConfigs: [{ ...(url === undefined ? {} : { url }), ...(urlSecret ? { urlSecret } : {}), ...webhook, ...authorization }],
      },
    ],
    inhibitRules: inhibits.map(({ source, target, equal }) => ({
      sourceMatch: source.map(matcher),
      targetMatch: target.map(matcher),
      equal,
    })),
  };
};
