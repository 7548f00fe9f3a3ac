import type { BackEnd, SignalQueries } from './back-end.ts';
import type { MitigationIntent } from './intent.ts';

/**
 * A counter of requests with a label for the client, made by whoever sees clients: Traefik with `headerLabels`, an exporter over access logs. No data
 * plane tells clients apart by itself.
 */
export interface ClientRates {
  readonly metric: string;
  readonly clientLabel: string;
  readonly namespaceLabel: string;
  readonly routeLabel: string;
  readonly codeLabel: string;
}

const WINDOW = '[2m]';

const clientQueries = (
  { metric, clientLabel, namespaceLabel, routeLabel, codeLabel }: ClientRates,
  { target, requestsPerSecond }: MitigationIntent,
): SignalQueries => {
  const rate = (more = ''): string =>
    `rate(${metric}{${namespaceLabel}=${JSON.stringify(target.namespace)},${routeLabel}=${JSON.stringify(target.name)}${more}}${WINDOW})`;
  const byClient = (more = ''): string => `sum by (${clientLabel}) (${rate(more)})`;
  return {
    clientRequestsPerSecond: `quantile(0.99, ${byClient()} > 0)`,
    largestClientShare: `max(${byClient()}) / sum(${rate()})`,
    // A token bucket turns nobody away for long who stays below its rate.
    politeRejectedRatio: `(count((${byClient(`,${codeLabel}="429"`)} > 0) and (${byClient()} <= ${requestsPerSecond})) or vector(0)) / count(${byClient()} > 0)`,
  };
};

/** What can be asked of Prometheus about a target: what its data plane measures, and what somebody else measures of its clients. */
export const queriesOf = (
  backEnd: Pick<BackEnd, 'signals'>,
  intent: MitigationIntent,
  clientRates: ClientRates | undefined,
): SignalQueries => ({
  ...(clientRates === undefined || intent.action !== 'rateLimit' ? {} : clientQueries(clientRates, intent)),
  ...backEnd.signals(intent),
});

/** What people should know about where the numbers of a limit come from. */
export const sourceNotes = ({ clientRequestsPerSecond, requestsPerSecond }: SignalQueries): readonly string[] =>
  clientRequestsPerSecond !== undefined
    ? []
    : requestsPerSecond === undefined
      ? ['Nobody measures the requests of this target: name a counter by client in mitigation.clientRates, or give the numbers.']
      : [
          'Nobody tells clients apart here, so that what all do together bounds each one: name a counter by client in mitigation.clientRates.',
        ];
